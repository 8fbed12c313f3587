// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/export.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "ndr/base/exit_code.h"
#include "ndr/pipeline/series_parallel.h"

namespace ndr::pipeline {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const Pipeline& Streaming() { return Pipelines()[1]; }

// `a(b|c)d`: sequences as they stand, branches between bars.
std::string Shape(const Block& block) {
  if (block.shape == Block::Shape::kStep) return block.step->name;
  const bool parallel = block.shape == Block::Shape::kParallel;
  std::string out;
  for (const Block& part : block.parts) out += (parallel && !out.empty() ? "|" : "") + Shape(part);
  return parallel ? "(" + out + ")" : out;
}

// `b:a` waits for a; each step has one letter.
Pipeline Of(const std::vector<std::string>& steps) {
  Pipeline pipeline{"p", "", {}, {}};
  for (const std::string& text : steps) {
    Step step{text.substr(0, 1), "delta", "", {}, {}};
    for (size_t i = 2; i < text.size(); ++i) step.after.push_back(text.substr(i, 1));
    pipeline.steps.push_back(std::move(step));
  }
  return pipeline;
}

TEST(SeriesParallel, HasExactlyTheDependencies) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"a"}, "a"},
      {{"a", "b:a", "c:b"}, "abc"},
      // Out of order, and with a dependency that follows from others.
      {{"c:ba", "b:a", "a"}, "abc"},
      {{"a", "b:a", "c:a"}, "a(b|c)"},
      {{"a", "b:a", "c:a", "d:c"}, "a(b|cd)"},
      {{"a", "b:a", "c:a", "d:bc"}, "a(b|c)d"},
      {{"a", "b", "c:ab", "d:ab"}, "(a|b)(c|d)"},
      {{"a", "b:a", "c", "d:c"}, "(ab|cd)"},
      {{"a", "b:a", "c:b", "d:b", "e:cd", "f:a"}, "a(b(c|d)e|f)"},
  };
  for (const auto& [steps, shape] : cases) {
    const Pipeline pipeline = Of(steps);
    const auto block = AsSeriesParallel(pipeline);
    ASSERT_TRUE(block.ok()) << shape;
    EXPECT_EQ(Shape(*block), shape);
  }
}

TEST(SeriesParallel, RefusesWhatItCannotSayExactly) {
  // d waits for b alone, c for both.
  const arrow::Status status = AsSeriesParallel(Of({"a", "b", "c:ab", "d:b"})).status();
  EXPECT_EQ(base::ExitCode(status), base::kExitUsage);
  EXPECT_THAT(status.message(), HasSubstr("the dependencies of the steps a, b, c, d;"));
}

TEST(SageMaker, HasParametersWithoutDefaultsAndGetsThem) {
  const json definition = json::parse(*Export(Streaming(), Target::kSageMaker));
  EXPECT_EQ(definition["Version"], "2020-12-01");
  std::vector<std::string> parameters;
  for (const json& p : definition["Parameters"]) {
    parameters.push_back(p["Name"]);
    EXPECT_FALSE(p.contains("DefaultValue"));
  }
  EXPECT_EQ(parameters,
            (std::vector<std::string>{"ProjectName", "FeatureSpecVersion", "MiniBatchId", "BatchStartTsIso",
                                      "BatchEndTsIso", "RawParsedLogsPrefix", "Root", "ImageUri", "RoleArn",
                                      "InstanceType", "VolumeSizeInGB"}));
  ASSERT_EQ(definition["Steps"].size(), 4u);
  const json& fg_c = definition["Steps"][3];
  EXPECT_EQ(fg_c["Type"], "Processing");
  EXPECT_EQ(fg_c["DependsOn"], json({"fg_a"}));
  EXPECT_FALSE(definition["Steps"][0].contains("DependsOn"));
  const json& app = fg_c["Arguments"]["AppSpecification"];
  EXPECT_EQ(app["ContainerEntrypoint"], json({"ndr"}));
  EXPECT_EQ(app["ContainerArguments"][0], "fg-c");
  EXPECT_EQ(app["ContainerArguments"][1], "--project-name");
  EXPECT_EQ(app["ContainerArguments"][2], json({{"Get", "Parameters.ProjectName"}}));
}

TEST(SageMaker, TakesThePlatformFromOptions) {
  const json definition = json::parse(
      *Export(Streaming(), Target::kSageMaker, {"image:1", "arn:aws:iam::1:role/ndr", "ml.m5.xlarge"}));
  EXPECT_EQ(definition["Parameters"].size(), 8u);
  const json& arguments = definition["Steps"][0]["Arguments"];
  EXPECT_EQ(arguments["AppSpecification"]["ImageUri"], "image:1");
  EXPECT_EQ(arguments["RoleArn"], "arn:aws:iam::1:role/ndr");
  EXPECT_EQ(arguments["ProcessingResources"]["ClusterConfig"]["InstanceType"], "ml.m5.xlarge");
}

TEST(StepFunctions, RunsBranchesInParallelAndLetsThemEnd) {
  const json machine = json::parse(*Export(Streaming(), Target::kStepFunctions));
  const json& states = machine["States"];
  EXPECT_EQ(states[std::string(machine["StartAt"])]["Choices"][0]["Next"], "delta");
  EXPECT_EQ(states["delta"]["Next"], "Parallel 1");
  EXPECT_EQ(states["delta"]["Arguments"]["Overrides"]["ContainerOverrides"][0]["Command"][2],
            "{% $states.input.ProjectName %}");
  // Outside of branches an error ends the execution by itself.
  EXPECT_FALSE(states["delta"].contains("Catch"));
  const json& branches = states["Parallel 1"]["Branches"];
  ASSERT_EQ(branches.size(), 2u);
  EXPECT_EQ(branches[0]["StartAt"], "pair_counts");
  EXPECT_EQ(branches[1]["StartAt"], "fg_a");
  EXPECT_EQ(branches[1]["States"]["fg_a"]["Next"], "fg_c");
  EXPECT_EQ(branches[1]["States"]["fg_c"]["End"], true);
  // A failed step ends its branch, and the machine once the others have ended.
  EXPECT_EQ(branches[1]["States"]["fg_a"]["Catch"][0]["Next"], "Branch 2 of parallel 1 failed");
  EXPECT_EQ(states["Parallel 1"]["Next"], "Parallel 1 ended");
  EXPECT_EQ(states["Parallel 1 ended"]["Choices"][0]["Next"], "A step failed");
  EXPECT_EQ(states["Parallel 1 ended"]["Default"], "All done");
}

TEST(StepFunctions, OfOneStepHasNoBranches) {
  const std::string text = *Export(Pipelines()[2], Target::kStepFunctions);
  EXPECT_THAT(text, testing::Not(HasSubstr("Parallel")));
  EXPECT_THAT(text, testing::Not(HasSubstr("A step failed")));
}

TEST(Airflow, HandsValuesOverInTheEnvironment) {
  const std::string text = *Export(Streaming(), Target::kAirflow);
  EXPECT_THAT(text, HasSubstr("dag_id=\"streaming_15m\""));
  EXPECT_THAT(text, HasSubstr("\"NDR_ProjectName\": \"{{ params['ProjectName'] }}\""));
  EXPECT_THAT(text, HasSubstr("ndr 'fg-c' --project-name=\\\"$NDR_ProjectName\\\""));
  EXPECT_THAT(text, HasSubstr("steps[\"delta\"] >> steps[\"fg_a\"]\n"));
  EXPECT_THAT(text, HasSubstr("steps[\"fg_a\"] >> steps[\"fg_c\"]\n"));
  EXPECT_THAT(text, testing::Not(HasSubstr("default")));
}

TEST(Airflow, ALiteralIsOneWordWhateverItHolds) {
  Pipeline pipeline = Of({"a"});
  pipeline.steps[0].arguments = {{"--note", "", "it's {{ ds }}; rm"}, {"--replace", "", ""}};
  EXPECT_THAT(*Export(pipeline, Target::kAirflow),
              HasSubstr(R"(--note={% raw %}'it'\\''s {{ ds }}; rm'{% endraw %} --replace")"));
}

TEST(Export, GivesTheSameBytesAgain) {
  for (const Pipeline& pipeline : Pipelines())
    for (const Target target : {Target::kSageMaker, Target::kStepFunctions, Target::kAirflow})
      EXPECT_EQ(*Export(pipeline, target), *Export(Pipeline(pipeline), target));
}

}  // namespace
}  // namespace ndr::pipeline
