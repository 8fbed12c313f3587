// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/validate.h"

#include <gmock/gmock.h>

#include "ndr/pipeline/pipeline_json.h"
#include "scripted_commands.h"

namespace ndr::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// delta -> fg_a -> fg_c, with a root.
Pipeline Small() {
  return {"small",
          "",
          {{"Root", Kind::kRoot, "Where."}},
          {{"delta", "delta", "", {}, {{"--root", "Root", ""}}},
           {"fg_a", "fg-a", "", {"delta"}, {}},
           {"fg_c", "fg-c", "", {"fg_a"}, {{"--threads", "", "2"}}}}};
}

struct Case {
  const char* name;
  std::function<void(Pipeline*)> damage;
  std::vector<std::string> problems;
};

class Refused : public testing::TestWithParam<Case> {};

TEST_P(Refused, WithItsOwnMessage) {
  Pipeline pipeline = Small();
  GetParam().damage(&pipeline);
  ScriptedCommands commands;
  commands.unknown_flags = {"--wrong"};
  EXPECT_EQ(Problems(pipeline, commands), GetParam().problems);
  const arrow::Status status = Validate(pipeline, commands);
  EXPECT_EQ(base::ExitCode(status), base::kExitUsage);
  EXPECT_THAT(status.message(), HasSubstr(GetParam().problems.front()));
  EXPECT_THAT(commands.calls(), IsEmpty());
}

const Case kCases[] = {
    {"UndefinedParameter",
     [](Pipeline* p) {
       p->steps[1].arguments = {{"--root", "Rot", ""}};
     },
     {"step 'fg_a': --root takes the parameter 'Rot', which is not declared; did you mean 'Root'?"}},
    {"UnusedParameter",
     [](Pipeline* p) {
       p->parameters.push_back({"MiniBatchId", Kind::kBatch, ""});
     },
     {"parameter 'MiniBatchId' is used by no step"}},
    {"UndefinedStep",
     [](Pipeline* p) { p->steps[2].after = {"fgg_a"}; },
     {"step 'fg_c' waits for 'fgg_a', which is no step; did you mean 'fg_a'?"}},
    {"UnusedStep",
     [](Pipeline* p) {
       p->steps.push_back({"fg_b", "fg-b", "", {}, {}});
     },
     {"step 'fg_b' is unused: it waits for no step, and none waits for it"}},
    {"Cycle",
     [](Pipeline* p) { p->steps[0].after = {"fg_c"}; },
     {"steps wait for each other: delta -> fg_a -> fg_c -> delta"}},
    {"StepThatWaitsForItself",
     [](Pipeline* p) {
       p->steps[1].after = {"delta", "fg_a"};
     },
     {"steps wait for each other: fg_a -> fg_a"}},
    {"RepeatedStep", [](Pipeline* p) { p->steps.push_back(p->steps[2]); }, {"step 'fg_c' stands twice"}},
    {"RepeatedParameter",
     [](Pipeline* p) { p->parameters.push_back(p->parameters[0]); },
     {"parameter 'Root' stands twice"}},
    {"RepeatedFlag",
     [](Pipeline* p) {
       p->steps[0].arguments.push_back({"--root", "", "elsewhere"});
     },
     {"step 'delta': the flag '--root' stands twice"}},
    {"RepeatedDependency",
     [](Pipeline* p) {
       p->steps[1].after = {"delta", "delta"};
     },
     {"step 'fg_a': the dependency 'delta' stands twice"}},
    {"ArgumentThatTheCommandRefuses",
     [](Pipeline* p) {
       p->steps[1].arguments = {{"--wrong", "", ""}};
     },
     {"step 'fg_a': 'ndr fg-a' refuses its arguments: The following argument was not expected: --wrong"}},
    {"UnknownCommand",
     [](Pipeline* p) { p->steps[1].command = "fg-x"; },
     {"step 'fg_a': 'ndr fg-x' refuses its arguments: there is no verb fg-x"}},
    {"NameThatNoOrchestratorTakes",
     [](Pipeline* p) { p->steps[2].name = "fg c"; },
     {"step 'fg c' is no name: 1 to 64 letters, digits, '_' and '-'"}},
    {"NoSteps", [](Pipeline* p) { p->steps.clear(), p->parameters.clear(); }, {"there are no steps"}},
};
INSTANTIATE_TEST_SUITE_P(Validate, Refused, testing::ValuesIn(kCases),
                         [](const auto& tested) { return tested.param.name; });

TEST(Validate, TakesWhatIsRight) { EXPECT_THAT(Problems(Small(), ScriptedCommands()), IsEmpty()); }

TEST(Validate, TakesItsOwnPipelines) {
  for (const Pipeline& pipeline : Pipelines())
    EXPECT_THAT(Problems(pipeline, ScriptedCommands()), IsEmpty()) << pipeline.name;
}

TEST(Validate, ParsesWithASampleOfEachKind) {
  // A parser that wants one slice, and instants with zones, gets them.
  class Picky : public ScriptedCommands {
   public:
    arrow::Status Parse(const Arguments& arguments) const override {
      parsed.push_back(arguments);
      return arrow::Status::OK();
    }
    mutable std::vector<Arguments> parsed;
  } commands;
  EXPECT_THAT(Problems(Pipelines()[0], commands), IsEmpty());
  EXPECT_THAT(commands.parsed,
              ElementsAre(ElementsAre("delta", "--project-name", "acme", "--feature-spec-version", "v1",
                                      "--mini-batch-id", "20240420T120000Z", "--batch-start-ts-iso",
                                      "2024-04-20T12:00:00Z", "--batch-end-ts-iso", "2024-04-20T12:15:00Z",
                                      "--raw-parsed-logs-prefix", "logs", "--root", "out")));
}

TEST(Pipelines, AreTheOnesOfTheSpecification) {
  std::map<std::string, std::map<std::string, std::vector<std::string>>> steps;
  for (const Pipeline& pipeline : Pipelines())
    for (const Step& step : pipeline.steps) steps[pipeline.name][step.name] = step.after;
  const decltype(steps) expected = {
      {"delta_only", {{"delta", {}}}},
      {"streaming_15m", {{"delta", {}}, {"fg_a", {"delta"}}, {"fg_c", {"fg_a"}}, {"pair_counts", {"delta"}}}},
      {"fg_b_baseline", {{"fg_b", {}}}}};
  EXPECT_EQ(steps, expected);
}

TEST(Pipelines, AreFoundByName) {
  ASSERT_TRUE(FindPipeline("delta_only").ok());
  const arrow::Status status = FindPipeline("delta_onyl").status();
  EXPECT_EQ(base::ExitCode(status), base::kExitUsage);
  EXPECT_EQ(status.message(), "'delta_onyl' is no pipeline; did you mean 'delta_only'?");
}

TEST(PipelineJson, ComesBack) {
  for (const Pipeline& pipeline : Pipelines()) {
    const auto again = PipelineFromJson(ToJson(pipeline), "text");
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(*again, pipeline);
  }
}

TEST(PipelineJson, NamesWhatIsWrong) {
  const std::map<std::string, std::string> wrong = {
      {R"({"name": "x", "steps": []})", "own.json: parameters: is missing"},
      {R"({"name": "x", "parameters": [{"name": "A", "kind": "bach"}], "steps": []})",
       "own.json: parameters[0].kind: 'bach' is no kind of parameter; did you mean 'batch'?"},
      {R"({"name": "x", "parameters": [], "steps": [{"name": "a", "command": "delta", "arguments": [], "afer": []}]})",
       "own.json: steps[0].afer: unknown key; did you mean 'after'?"},
      {R"({"name": "x", "parameters": [], "steps": [{"name": "a", "command": "delta",
           "arguments": [{"flag": "--root", "parameter": "Root", "value": "out"}]}]})",
       "own.json: steps[0].arguments[0]: has a parameter and a value; leave one of them out"},
  };
  for (const auto& [text, message] : wrong) {
    const arrow::Status status = PipelineFromJson(text, "own.json").status();
    EXPECT_EQ(status.message(), message);
    EXPECT_EQ(base::ExitCode(status), base::kExitUsage);
  }
}

}  // namespace
}  // namespace ndr::pipeline
