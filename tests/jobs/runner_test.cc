// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/runner.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "ndr/base/exit_code.h"

namespace ndr::jobs {
namespace {

using arrow::Status;
using testing::ElementsAre;
using testing::HasSubstr;

// Writes down its steps and fails in one of them.
class Scripted : public BaseRunner {
 public:
  Scripted(const RunState& run, std::string fails_in)
      : BaseRunner(run, spec::Job::kPairCounts), fails_in_(std::move(fails_in)) {}
  arrow::Result<bool> IsCurrent() override { return current; }

  bool current = false;
  std::vector<std::string> steps;

 protected:
  Status Read() override { return Take("read"); }
  Status CheckQuality() override { return Take("data quality"); }
  Status Build() override { return Take("build"); }
  Status Validate() override { return Take("validate"); }
  Status Stage(CommitGroup* group) override {
    storage::CommitRecord record = run_.published->Draft("pair_counts", "b1", 0);
    ARROW_ASSIGN_OR_RAISE(auto publication, run_.writer->Begin(record.key));
    group->Add(std::move(publication), std::move(record));
    return Take("write");
  }

 private:
  Status Take(const std::string& step) {
    steps.push_back(step);
    return step == fails_in_ ? base::ContractViolation("the cause") : Status::OK();
  }
  std::string fails_in_;
};

class RunnerTest : public testing::Test {
 protected:
  RunnerTest() : root_(testing::TempDir() + "/runner_test") {
    std::filesystem::remove_all(root_);
    context_ = *spec::MakeContext(spec::DefaultProject());
    writer_ = *storage::Writer::Open(root_);
    published_ = *Published::Read(root_, *context_);
    state_ = {context_, writer_.get(), published_.get(), &report_, nullptr, 0, "b1-0001"};
  }
  ~RunnerTest() override {
    writer_.reset();
    std::filesystem::remove_all(root_);
  }
  bool Committed() const {
    return std::filesystem::exists(root_ + "/_commits/pair_counts/feature_spec_version=v1/b1.json");
  }

  std::string root_;
  std::shared_ptr<const spec::Context> context_;
  std::unique_ptr<storage::Writer> writer_;
  std::unique_ptr<Published> published_;
  RunReport report_{"pair_counts_builder"};
  RunState state_;
};

TEST_F(RunnerTest, FiveStepsInOrderThenTheCommit) {
  Scripted job(state_, "");
  bool changed = false;
  ASSERT_TRUE(job.Run(false, &changed).ok());
  EXPECT_TRUE(changed);
  EXPECT_THAT(job.steps, ElementsAre("read", "data quality", "build", "validate", "write"));
  EXPECT_TRUE(Committed());
}

TEST_F(RunnerTest, AFailurePreventsTheLaterStepsPublishesNothingAndIsToldOnce) {
  const std::vector<std::string> all = {"read", "data quality", "build", "validate", "write"};
  for (size_t i = 0; i < all.size(); ++i) {
    RunReport report("pair_counts_builder");
    state_.report = &report;
    Scripted job(state_, all[i]);
    bool changed = false;
    const Status status = job.Run(false, &changed);
    EXPECT_EQ(base::ExitCode(status), base::kExitContract);
    EXPECT_EQ(status.message(),
              "pair_counts_builder (run b1-0001) failed in its step '" + all[i] + "': the cause");
    EXPECT_EQ(job.steps, std::vector<std::string>(all.begin(), all.begin() + static_cast<long>(i) + 1));
    EXPECT_FALSE(Committed()) << all[i];
    EXPECT_THAT(report.ToJson(), HasSubstr("\"cause\": \"the cause\""));
  }
}

TEST_F(RunnerTest, WhatIsCurrentIsLeftAloneUnlessReplaced) {
  Scripted job(state_, "");
  job.current = true;
  bool changed = true;
  ASSERT_TRUE(job.Run(false, &changed).ok());
  EXPECT_FALSE(changed);
  EXPECT_TRUE(job.steps.empty());
  ASSERT_TRUE(job.Run(true, &changed).ok());
  EXPECT_TRUE(changed);
  EXPECT_EQ(job.steps.size(), 5u);
}

}  // namespace
}  // namespace ndr::jobs
