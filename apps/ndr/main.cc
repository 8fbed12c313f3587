// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "ndr/base/exit_code.h"
#include "terminal.h"
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
    const std::string name = ndr::app::ChosenVerb(app);
    ndr::app::Say(stderr, "{}: {}\n'{} --help' shows every flag with an example.\n", name,
                  ndr::app::WhatIsWrong(app, e.what()), name);
    return ndr::base::kExitUsage;
  }
  const arrow::Status status = action();
  if (status.ok()) return 0;
  ndr::app::Say(stderr, "{}: {}\n", ndr::app::ChosenVerb(app), status.message());
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
