// SPDX-License-Identifier: Apache-2.0
// The verbs of the command line. Each adds its flags to the parser and leaves in `action` what runs after
// parsing.
#pragma once

#include <arrow/status.h>

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace ndr::app {

using Action = std::function<arrow::Status()>;

/// All that follow.
void AddVerbs(CLI::App* app, Action* action);
/// `ndr spec put`: what was chosen, once `app` has parsed.
std::string ChosenVerb(const CLI::App& app);
/// In the place of what the parser said: a command that is none, or a flag that the verb does not have, which
/// is the likely reason for one that is missing, with the nearest that there is.
std::string WhatIsWrong(const CLI::App& app, const char* said);

void AddSimulate(CLI::App* app, Action* action);
void AddJobs(CLI::App* app, Action* action);
void AddReplay(CLI::App* app, Action* action);
void AddFindings(CLI::App* app, Action* action);
void AddShow(CLI::App* app, Action* action);
void AddExplain(CLI::App* app, Action* action);
void AddCatalogue(CLI::App* app, Action* action);
void AddPipeline(CLI::App* app, Action* action);
void AddWatch(CLI::App* app, Action* action);
void AddSpec(CLI::App* app, Action* action);
void AddFeatures(CLI::App* app, Action* action);
void AddVerify(CLI::App* app, Action* action);
void AddGc(CLI::App* app, Action* action);

}  // namespace ndr::app
