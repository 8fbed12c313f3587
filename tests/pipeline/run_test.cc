// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/run.h"

#include <gmock/gmock.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "scripted_commands.h"
#include "temporary_folder.h"

namespace ndr::pipeline {
namespace {

using arrow::Status;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const Pipeline& StreamingPipeline() { return Pipelines()[1]; }

RunOptions Options(const TemporaryFolder& root) {
  RunOptions options;
  options.values.set = {{"ProjectName", "acme"},
                        {"FeatureSpecVersion", "v1"},
                        {"MiniBatchId", "20240420T120000Z"},
                        {"BatchStartTsIso", "2024-04-20T12:00:00Z"},
                        {"BatchEndTsIso", "2024-04-20T12:15:00Z"},
                        {"RawParsedLogsPrefix", "logs"},
                        {"Root", root.path()}};
  return options;
}

std::vector<std::string> Outcomes(const RunResult& result) {
  std::vector<std::string> out;
  for (const StepResult& step : result.steps) {
    out.push_back(step.step + " " + std::string(NameOf(step.outcome)));
    if (!step.reason.empty()) out.back() += ": " + step.reason;
  }
  return out;
}

TEST(Run, RunsEveryStepAfterWhatItWaitsFor) {
  const TemporaryFolder root;
  ScriptedCommands commands;
  const auto result = pipeline::Run(StreamingPipeline(), Options(root), commands);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->status().ok());
  EXPECT_THAT(Outcomes(*result), ElementsAre("delta done", "pair_counts done", "fg_a done", "fg_c done"));
  EXPECT_EQ(commands.called().front(), "delta");
  EXPECT_THAT(commands.called(), UnorderedElementsAre("delta", "pair-counts", "fg-a", "fg-c"));
}

TEST(Run, RunsIndependentStepsTogether) {
  const TemporaryFolder root;
  ScriptedCommands commands;
  Gate pairs, windows;
  // Each waits until the other has begun.
  commands.verbs["pair-counts"] = [&] {
    pairs.Open();
    return windows.Wait() ? Status::OK() : Status::Invalid("fg-a did not begin");
  };
  commands.verbs["fg-a"] = [&] {
    windows.Open();
    return pairs.Wait() ? Status::OK() : Status::Invalid("pair-counts did not begin");
  };
  const auto result = pipeline::Run(StreamingPipeline(), Options(root), commands);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->status().ok()) << result->status();
}

TEST(Run, AFailedStepStopsItsDependantsAndNoOthers) {
  const TemporaryFolder root;
  ScriptedCommands commands;
  commands.verbs["fg-a"] = [] { return base::ContractViolation("the configuration changed"); };
  const auto result = pipeline::Run(StreamingPipeline(), Options(root), commands);
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(Outcomes(*result),
              ElementsAre("delta done", "pair_counts done", "fg_a failed", "fg_c skipped: fg_a failed"));
  EXPECT_EQ(base::ExitCode(result->status()), base::kExitContract);
  EXPECT_EQ(result->status().message(), "step fg_a failed: the configuration changed; skipped: fg_c");
}

TEST(Run, TheFirstFailedStepInOrderGivesTheExitCode) {
  const TemporaryFolder root;
  ScriptedCommands commands;
  Gate failed;
  commands.verbs["fg-a"] = [&] {
    failed.Open();
    return base::ContractViolation("changed");
  };
  // Ends last, and stands before fg_a in the pipeline.
  commands.verbs["pair-counts"] = [&] {
    return failed.Wait() ? Status::IOError("the disk is full") : Status::OK();
  };
  const auto result = pipeline::Run(StreamingPipeline(), Options(root), commands);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(base::ExitCode(result->status()), base::kExitFailure);
  EXPECT_EQ(result->status().message(),
            "step pair_counts failed: the disk is full; failed too: fg_a; skipped: fg_c");
}

TEST(Run, AnExceptionIsAFailure) {
  const TemporaryFolder root;
  ScriptedCommands commands;
  commands.verbs["delta"] = []() -> Status { throw std::runtime_error("boom"); };
  const auto result = pipeline::Run(StreamingPipeline(), Options(root), commands);
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(Outcomes(*result), ElementsAre("delta failed", "pair_counts skipped: delta failed",
                                             "fg_a skipped: delta failed", "fg_c skipped: delta failed"));
  EXPECT_EQ(base::ExitCode(result->status()), base::kExitFailure);
}

struct Refusal {
  const char* name;
  std::function<void(Values*)> change;
  const char* message;
};
class BeforeAnyStep : public testing::TestWithParam<Refusal> {};

TEST_P(BeforeAnyStep, IsRefused) {
  const TemporaryFolder root;
  ScriptedCommands commands;
  commands.unknown_flags = {"--wrong"};
  RunOptions options = Options(root);
  GetParam().change(&options.values);
  const arrow::Status status = pipeline::Run(StreamingPipeline(), options, commands).status();
  EXPECT_EQ(base::ExitCode(status), base::kExitUsage);
  EXPECT_EQ(status.message(), GetParam().message);
  EXPECT_THAT(commands.calls(), IsEmpty());
  EXPECT_FALSE(root.Has("_locks"));
}

const Refusal kRefusals[] = {
    {"UnsetParameters", [](Values* v) { v->set.erase("MiniBatchId"), v->set["BatchEndTsIso"] = ""; },
     "pipeline 'streaming_15m': nothing sets MiniBatchId, BatchEndTsIso; add -p MiniBatchId=... -p "
     "BatchEndTsIso=..."},
    {"UnknownParameter", [](Values* v) { v->set["MiniBatchID"] = "x"; },
     "pipeline 'streaming_15m' has no parameter 'MiniBatchID'; did you mean 'MiniBatchId'?"},
    {"PrefixAndFiles", [](Values* v) { v->inputs = {"a.log"}; },
     "pipeline 'streaming_15m' takes either --input or the parameter RawParsedLogsPrefix, not both"},
    {"ArgumentThatAStepRefuses", [](Values* v) { v->extra = {"--wrong"}; },
     "step delta: The following argument was not expected: --wrong"},
};
INSTANTIATE_TEST_SUITE_P(Run, BeforeAnyStep, testing::ValuesIn(kRefusals),
                         [](const auto& tested) { return tested.param.name; });

TEST(Run, FilesStandInForThePrefix) {
  const TemporaryFolder root;
  ScriptedCommands commands;
  RunOptions options = Options(root);
  options.values.set.erase("RawParsedLogsPrefix");
  options.values.inputs = {"a.log", "-b.log"};
  options.values.extra = {"--project=p.json"};
  ASSERT_TRUE(pipeline::Run(Pipelines()[0], options, commands).ok());
  EXPECT_THAT(
      commands.calls(),
      ElementsAre(ElementsAre("delta", "--project-name", "acme", "--feature-spec-version", "v1",
                              "--mini-batch-id", "20240420T120000Z", "--batch-start-ts-iso",
                              "2024-04-20T12:00:00Z", "--batch-end-ts-iso", "2024-04-20T12:15:00Z", "--input",
                              "a.log", "--input=-b.log", "--root", root.path(), "--project=p.json")));
}

TEST(Run, ASignalLetsRunningStepsEndAndBeginsNoOther) {
  const TemporaryFolder root;
  ScriptedCommands commands;
  std::atomic<int> signal = 0;
  commands.verbs["delta"] = [&] {
    signal = SIGTERM;
    return Status::OK();
  };
  RunOptions options = Options(root);
  options.stop = [&] { return signal.load(); };
  const auto result = pipeline::Run(StreamingPipeline(), options, commands);
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(Outcomes(*result), ElementsAre("delta done", "pair_counts skipped: stopped",
                                             "fg_a skipped: stopped", "fg_c skipped: stopped"));
  EXPECT_EQ(base::ExitCode(result->status()), 128 + SIGTERM);
}

TEST(Run, ASecondRunOfTheSameBatchIsRefused) {
  const TemporaryFolder root;
  ScriptedCommands commands, others;
  arrow::Status second, other_batch, other_version;
  commands.verbs["delta"] = [&] {
    RunOptions options = Options(root);
    second = pipeline::Run(StreamingPipeline(), options, others).status();
    options.values.set["MiniBatchId"] = "20240420T121500Z";
    other_batch = pipeline::Run(StreamingPipeline(), options, others).status();
    options = Options(root);
    options.values.set["FeatureSpecVersion"] = "v2";
    other_version = pipeline::Run(StreamingPipeline(), options, others).status();
    return Status::OK();
  };
  ASSERT_TRUE(pipeline::Run(StreamingPipeline(), Options(root), commands).ok());
  EXPECT_EQ(base::ExitCode(second), base::kExitContract);
  EXPECT_THAT(second.message(), HasSubstr("is held by pid " + std::to_string(::getpid()) + " on "));
  EXPECT_TRUE(other_batch.ok()) << other_batch;
  EXPECT_TRUE(other_version.ok()) << other_version;
  // And free again afterwards.
  EXPECT_TRUE(pipeline::Run(StreamingPipeline(), Options(root), others).ok());
}

TEST(Run, OneReferenceHasOneLockInEveryZone) {
  const TemporaryFolder root;
  ScriptedCommands commands, others;
  arrow::Status second;
  RunOptions options;
  options.values.set = {{"ProjectName", "acme"},
                        {"FeatureSpecVersion", "v1"},
                        {"ReferenceTimeIso", "2024-04-20T00:00:00Z"},
                        {"Root", root.path()}};
  commands.verbs["fg-b"] = [&] {
    RunOptions same = options;
    same.values.set["ReferenceTimeIso"] = "2024-04-20T02:00:00+02:00";
    second = pipeline::Run(Pipelines()[2], same, others).status();
    return Status::OK();
  };
  ASSERT_TRUE(pipeline::Run(Pipelines()[2], options, commands).ok());
  EXPECT_EQ(base::ExitCode(second), base::kExitContract) << second;
}

TEST(Run, ALostLockBeginsNoFurtherStep) {
  const TemporaryFolder root;
  ScriptedCommands commands;
  RunOptions options = Options(root);
  options.lease = std::chrono::milliseconds(90);
  const std::string path = root.path() + "/_locks/feature_spec_version=v1/acme/batch-20240420T120000Z.json";
  commands.verbs["delta"] = [&] {
    // Somebody else wrote the file, and the next renewal sees it.
    const std::string other =
        R"({"host":"other","machine":"m","pid":7,"started":1,"token":"t","expires":"2999-01-01T00:00:00Z"})";
    std::ofstream(path + ".other") << other;
    std::filesystem::rename(path + ".other", path);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    return Status::OK();
  };
  const auto result = pipeline::Run(StreamingPipeline(), options, commands);
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(commands.called(), ElementsAre("delta"));
  EXPECT_EQ(base::ExitCode(result->status()), base::kExitContract);
  EXPECT_THAT(result->status().message(), HasSubstr("was taken over by pid 7 on other"));
}

}  // namespace
}  // namespace ndr::pipeline
