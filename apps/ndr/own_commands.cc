// SPDX-License-Identifier: Apache-2.0
#include "own_commands.h"

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "ndr/base/exit_code.h"
#include "verbs.h"

namespace ndr::app {
namespace {

// A command line of its own for each call: what a parser holds belongs to one run.
arrow::Status ParseInto(const pipeline::Arguments& arguments, CLI::App* app, Action* action) {
  app->require_subcommand(1);
  AddVerbs(app, action);
  const std::string verb = arguments.empty() ? "" : arguments.front();
  if (app->get_subcommands([&](const CLI::App* known) { return known->get_name() == verb; }).empty())
    return base::UsageError("there is no verb '" + verb + "'");
  try {
    // The parser takes them from the back.
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app->parse(reversed);
  } catch (const CLI::ParseError& e) {
    return base::UsageError(WhatIsWrong(*app, e.what()));
  }
  return arrow::Status::OK();
}

}  // namespace

arrow::Status OwnCommands::Parse(const pipeline::Arguments& arguments) const {
  CLI::App app;
  Action action;
  return ParseInto(arguments, &app, &action);
}

arrow::Status OwnCommands::Execute(const pipeline::Arguments& arguments) const {
  CLI::App app;
  Action action;
  ARROW_RETURN_NOT_OK(ParseInto(arguments, &app, &action));
  return action();
}

}  // namespace ndr::app
