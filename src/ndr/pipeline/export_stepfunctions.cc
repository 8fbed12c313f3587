// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "ndr/pipeline/export.h"
#include "ndr/pipeline/series_parallel.h"

namespace ndr::pipeline {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kTimeoutSeconds = 24 * 60 * 60;
// In the execution's input beside the pipeline's own parameters. Names of steps have no spaces, those of
// other states do.
constexpr const char* kPlatform[] = {"Cluster", "TaskDefinition", "Subnets", "SecurityGroups"};
constexpr char kSucceeded[] = "All done", kFailed[] = "A step failed", kUnset[] = "A parameter is not set";

// A JSONata expression of one member of the input.
std::string Member(std::string_view name) {
  const bool plain = std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_'; }) &&
                     !std::isdigit(static_cast<unsigned char>(name.front()));
  return plain ? fmt::format("$states.input.{}", name) : fmt::format("$states.input.`{}`", name);
}
std::string Input(std::string_view name) { return "{% " + Member(name) + " %}"; }

Json CommandJson(const Step& step) {
  Json json = Json::array({step.command});
  for (const Argument& argument : step.arguments) {
    json.push_back(argument.flag);
    if (!argument.parameter.empty()) json.push_back(Input(argument.parameter));
    if (!argument.value.empty()) json.push_back(argument.value);
  }
  return json;
}

Json TaskJson(const Step& step) {
  Json json = {{"Type", "Task"}};
  if (!step.meaning.empty()) json["Comment"] = step.meaning;
  json["Resource"] = "arn:aws:states:::ecs:runTask.sync";
  json["TimeoutSeconds"] = kTimeoutSeconds;
  const Json network = {{"Subnets", Input("Subnets")},
                        {"SecurityGroups", Input("SecurityGroups")},
                        {"AssignPublicIp", "DISABLED"}};
  const Json container = {{"Name", "ndr"}, {"Command", CommandJson(step)}};
  json["Arguments"] = {{"Cluster", Input("Cluster")},
                       {"TaskDefinition", Input("TaskDefinition")},
                       {"LaunchType", "FARGATE"},
                       {"NetworkConfiguration", {{"AwsvpcConfiguration", network}}},
                       {"Overrides", {{"ContainerOverrides", Json::array({container})}}}};
  // The next step reads the same parameters.
  json["Output"] = "{% $states.input %}";
  return json;
}

// States of one scope: of the machine, or of one branch of a Parallel state.
class Scope {
 public:
  // `on_failure` empty: an error of a step ends the execution as it is.
  Scope(std::string on_failure, int* parallels) : on_failure_(std::move(on_failure)), parallels_(parallels) {}

  // Adds the block; after it comes the state `next`, empty: the scope's end. Returns the block's first state.
  std::string Add(const Block& block, const std::string& next) {
    if (block.shape == Block::Shape::kStep) return AddStep(*block.step, next);
    if (block.shape == Block::Shape::kParallel) return AddParallel(block, next);
    // The names of later states are known once they stand, so the last part comes first; the order is put
    // right in States.
    std::string following = next;
    for (auto part = block.parts.rbegin(); part != block.parts.rend(); ++part)
      following = Add(*part, following);
    return following;
  }

  void Put(const std::string& name, Json state) { states_.emplace_back(name, std::move(state)); }

  // In the order in which they run.
  Json States() const {
    Json json = Json::object();
    for (auto state = states_.rbegin(); state != states_.rend(); ++state) json[state->first] = state->second;
    return json;
  }

 private:
  static void GoOn(const std::string& next, Json* state) {
    if (next.empty()) (*state)["End"] = true;
    if (!next.empty()) (*state)["Next"] = next;
  }

  std::string AddStep(const Step& step, const std::string& next) {
    Json task = TaskJson(step);
    if (!on_failure_.empty()) {
      const Json any = {{"ErrorEquals", Json::array({"States.ALL"})}, {"Next", on_failure_}};
      task["Catch"] = Json::array({any});
    }
    GoOn(next, &task);
    Put(step.name, std::move(task));
    return step.name;
  }

  Json BranchJson(const Block& block, const std::string& name) {
    const std::string failed = name + " failed";
    Scope scope(failed, parallels_);
    scope.Put(failed, {{"Type", "Pass"}, {"Output", {{"StepFailed", true}}}, {"End", true}});
    const std::string first = scope.Add(block, "");
    return {{"StartAt", first}, {"States", scope.States()}};
  }

  std::string AddParallel(const Block& block, const std::string& next) {
    const std::string number = std::to_string(++*parallels_);
    std::string name = "Parallel " + number;
    const std::string judged = "Parallel " + number + " ended", done = "Parallel " + number + " done";
    if (next.empty()) Put(done, {{"Type", "Succeed"}});
    const Json failed = {{"Condition", "{% $states.input.StepFailed %}"},
                         {"Next", on_failure_.empty() ? kFailed : on_failure_}};
    Put(judged,
        {{"Type", "Choice"}, {"Choices", Json::array({failed})}, {"Default", next.empty() ? done : next}});
    Json branches = Json::array();
    for (size_t i = 0; i < block.parts.size(); ++i)
      branches.push_back(BranchJson(block.parts[i], fmt::format("Branch {} of parallel {}", i + 1, number)));
    Put(name, {{"Type", "Parallel"},
               {"Branches", std::move(branches)},
               {"Output", "{% $merge([$states.input, {'StepFailed': true in $states.result.StepFailed}]) %}"},
               {"Next", judged}});
    return name;
  }

  std::string on_failure_;
  int* parallels_;
  std::vector<std::pair<std::string, Json>> states_;
};

// Parameters have no defaults: an unset one ends the execution before any step.
Json ParametersAreSet(const Pipeline& pipeline, const std::string& first) {
  std::vector<std::string> set;
  for (const Parameter& parameter : pipeline.parameters)
    set.push_back("$exists(" + Member(parameter.name) + ")");
  for (const char* name : kPlatform) set.push_back("$exists(" + Member(name) + ")");
  const Json all = {{"Condition", fmt::format("{{% {} %}}", fmt::join(set, " and "))}, {"Next", first}};
  return {{"Type", "Choice"}, {"Choices", Json::array({all})}, {"Default", kUnset}};
}

bool HasBranches(const Block& block) {
  return block.shape == Block::Shape::kParallel || std::ranges::any_of(block.parts, HasBranches);
}

}  // namespace

arrow::Result<std::string> ExportStepFunctions(const Pipeline& pipeline) {
  ARROW_ASSIGN_OR_RAISE(const Block block, AsSeriesParallel(pipeline));
  int parallels = 0;
  Scope scope("", &parallels);
  scope.Put(kUnset, {{"Type", "Fail"},
                     {"Error", "ParameterNotSet"},
                     {"Cause", "The execution's input lacks a parameter: none has a default."}});
  // A state that nothing leads to would be an error.
  if (HasBranches(block))
    scope.Put(kFailed,
              {{"Type", "Fail"}, {"Error", "StepFailed"}, {"Cause", "See the events of the branches."}});
  scope.Put(kSucceeded, {{"Type", "Succeed"}});
  const std::string first = scope.Add(block, kSucceeded);
  scope.Put("Parameters are set", ParametersAreSet(pipeline, first));
  Json json = {{"Comment", pipeline.name + ": " + pipeline.meaning},
               {"QueryLanguage", "JSONata"},
               {"StartAt", "Parameters are set"},
               {"States", scope.States()}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ndr::pipeline
