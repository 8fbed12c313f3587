// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "ndr/base/exit_code.h"
#include "ndr/catalogue/catalogue.h"
#include "verbs.h"

namespace {

constexpr char kAbout[] =
    "ndr turns network session logs into behaviour features and explained findings.\n\n"
    "A first look at your own logs:\n"
    "  ndr replay --input /path/to/logs --root out      which hosts stand out, and why\n"
    "  ndr findings --root out                          the same again, at any time\n"
    "  ndr explain --root out --host 10.1.2.3 --at 2026-03-10T14:15:00Z\n\n"
    "No logs at hand:\n"
    "  ndr simulate --out logs && ndr replay --input logs --root out";

// `ndr spec put`: the verb that was chosen.
CLI::App* Chosen(CLI::App* app, std::string* name) {
  *name = app->get_name();
  while (!app->get_subcommands().empty()) {
    app = app->get_subcommands().front();
    *name += " " + app->get_name();
  }
  return app;
}

// A flag that the verb does not have, with the nearest that it has; empty: there is none. It is the likely
// reason for one that is missing.
std::string UnknownFlag(const CLI::App& verb) {
  std::vector<std::string> known;
  for (const CLI::Option* option : verb.get_options())
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  for (const std::string& argument : verb.remaining()) {
    if (!argument.starts_with("--") || argument == "--") continue;
    const std::string flag = argument.substr(0, argument.find('='));
    const std::string nearest = ndr::catalogue::Nearest(flag, known);
    return flag + " is no flag of this command" + (nearest.empty() ? "" : "; did you mean " + nearest + "?");
  }
  return "";
}

int Run(int argc, char** argv) {
  CLI::App app(kAbout, "ndr");
  app.require_subcommand(1);
  app.set_version_flag("--version", NDR_VERSION);
  app.failure_message(CLI::FailureMessage::help);
  ndr::app::Action action;
  ndr::app::AddVerbs(&app, &action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    // Help and version are no errors.
    if (e.get_exit_code() == 0) return app.exit(e);
    std::string name;
    const std::string unknown = UnknownFlag(*Chosen(&app, &name));
    std::fprintf(stderr, "%s: %s\n'%s --help' shows every flag with an example.\n", name.c_str(),
                 unknown.empty() ? e.what() : unknown.c_str(), name.c_str());
    return ndr::base::kExitUsage;
  }
  const arrow::Status status = action();
  if (status.ok()) return 0;
  std::string name;
  Chosen(&app, &name);
  std::fprintf(stderr, "%s: %s\n", name.c_str(), status.message().c_str());
  return ndr::base::ExitCode(status);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Run(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "ndr: %s\n", e.what());
    return ndr::base::kExitFailure;
  }
}
