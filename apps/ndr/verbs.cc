// SPDX-License-Identifier: Apache-2.0
#include "verbs.h"

#include <CLI/CLI.hpp>
#include <vector>

#include "ndr/catalogue/catalogue.h"

namespace ndr::app {
namespace {

// A flag that the verb, or what was chosen of it, does not have, with the nearest that it has; empty: there
// is none.
std::string UnknownFlag(const CLI::App& verb) {
  std::vector<std::string> known;
  for (const CLI::Option* option : verb.get_options())
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  for (const std::string& argument : verb.remaining()) {
    if (!argument.starts_with("-") || argument == "--" || argument == "-") continue;
    const std::string flag = argument.substr(0, argument.find('='));
    const std::string nearest = catalogue::Nearest(flag, known);
    return flag + " is no flag of this command" + (nearest.empty() ? "" : "; did you mean " + nearest + "?");
  }
  const auto chosen = verb.get_subcommands();
  return chosen.empty() ? "" : UnknownFlag(*chosen.front());
}

// A command that is none, with the nearest of those that stand in its place; empty: there is none.
std::string UnknownVerb(const CLI::App& verb) {
  const auto chosen = verb.get_subcommands();
  if (!chosen.empty()) return UnknownVerb(*chosen.front());
  const std::vector<std::string> rest = verb.remaining();
  std::vector<std::string> known;
  for (const CLI::App* sub : verb.get_subcommands({})) known.push_back(sub->get_name());
  if (known.empty() || rest.empty() || rest.front().starts_with("-")) return "";
  const std::string nearest = catalogue::Nearest(rest.front(), known);
  std::string all;
  for (const std::string& name : known) all += (all.empty() ? "" : ", ") + name;
  return "'" + rest.front() + "' is no command" +
         (nearest.empty() ? "; there are " + all : "; did you mean '" + nearest + "'?");
}

}  // namespace

void AddVerbs(CLI::App* app, Action* action) {
  for (const auto add : {AddReplay, AddFindings, AddExplain, AddShow, AddJobs, AddPipeline, AddWatch,
                         AddCatalogue, AddSpec, AddFeatures, AddVerify, AddGc, AddSimulate})
    add(app, action);
}

std::string ChosenVerb(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app.get_name() : app.get_name() + " " + ChosenVerb(*chosen.front());
}

std::string WhatIsWrong(const CLI::App& app, const char* said) {
  std::string unknown = UnknownVerb(app);
  if (unknown.empty()) unknown = UnknownFlag(app);
  return unknown.empty() ? said : unknown;
}

}  // namespace ndr::app
