// SPDX-License-Identifier: Apache-2.0
// The contracts of the jobs, each by its name. Those about numbers lie with
// their stages: cold start in tests/baselines (ColdStartDerivation), the choice of host, segment or network
// per row and per metric and that of pair rarity in tests/correlation (Baselines, PairRarity), MAD, IQR and
// resolution as scale in tests/stats (ScaleTest), abs_dev = abs(z) in tests/correlation (Transforms).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <type_traits>

#include "ndr/base/exit_code.h"
#include "ndr/baselines/table_checks.h"
#include "ndr/jobs/delta_builder.h"
#include "ndr/jobs/fg_a_builder.h"
#include "ndr/jobs/fg_b_builder.h"
#include "ndr/jobs/fg_c_builder.h"
#include "ndr/jobs/projection_builder.h"
#include "ndr/jobs/run_job.h"
#include "ndr/pipeline/validate.h"
#include "ndr/spec/job_spec.h"
#include "ndr/windows/window_builder.h"

namespace ndr {
namespace {

using arrow::Status;
using testing::HasSubstr;
using testing::IsEmpty;

template <class Builder, class Runtime>
constexpr bool kTakesContextSpecRuntime =
    std::is_constructible_v<Builder, const jobs::RunState&, const spec::JobSpec&, const Runtime&>&&
        std::is_base_of_v<jobs::BaseRunner, Builder>;

TEST(Contracts, OneConstructorSignature) {
  EXPECT_TRUE((kTakesContextSpecRuntime<jobs::DeltaBuilder, jobs::SliceRuntime>));
  EXPECT_TRUE((kTakesContextSpecRuntime<jobs::PairCountsBuilder, jobs::SliceRuntime>));
  EXPECT_TRUE((kTakesContextSpecRuntime<jobs::FgABuilder, jobs::SliceRuntime>));
  EXPECT_TRUE((kTakesContextSpecRuntime<jobs::FgBBuilder, jobs::BaselineRuntime>));
  EXPECT_TRUE((kTakesContextSpecRuntime<jobs::FgCBuilder, jobs::SliceRuntime>));
}

class StoredSpecs : public testing::Test {
 protected:
  StoredSpecs() : folder_(testing::TempDir() + "/contracts") {
    std::filesystem::remove_all(folder_);
    store_ = *spec::OpenStore({.store = "files:" + folder_});
  }
  ~StoredSpecs() override { std::filesystem::remove_all(folder_); }

  void Put(const std::string& version, const std::string& root) {
    ASSERT_TRUE(store_->Put({"acme", "project_parameters", version}, spec::Json::object(), false).ok());
    ASSERT_TRUE(
        store_->Put({"acme", "delta_builder", version}, spec::Json{{"outputs", {{"root", root}}}}, false)
            .ok());
  }

  std::string folder_;
  std::unique_ptr<spec::SpecStore> store_;
};

TEST_F(StoredSpecs, VersionAwareLookup) {
  Put("v1", "one");
  Put("v2", "two");
  EXPECT_EQ(spec::LoadJob(store_.get(), spec::Job::kDelta, "acme", "v1")->spec.root, "one");
  EXPECT_EQ(spec::LoadJob(store_.get(), spec::Job::kDelta, "acme", "v2")->spec.root, "two");
  const auto missing = spec::LoadJob(store_.get(), spec::Job::kDelta, "acme", "v3");
  EXPECT_EQ(base::ExitCode(missing.status()), base::kExitUsage);
  EXPECT_THAT(missing.status().message(), HasSubstr("v3"));
  EXPECT_FALSE(spec::LoadJob(store_.get(), spec::Job::kDelta, "acme", "").ok()) << "the version is mandatory";
}

// A program runs a job by its function, with what the command line would say, and gets status and report.
TEST_F(StoredSpecs, RuntimeConfigEntryPoints) {
  Put("v1", folder_ + "/out");
  jobs::SliceRuntime runtime;
  runtime.project_name = "acme", runtime.feature_spec_version = "v1", runtime.mini_batch_id = "b1";
  runtime.store.store = "files:" + folder_;
  runtime.batch_start = base::kMicrosPerDay, runtime.batch_end = base::kMicrosPerDay + base::kSliceMicros;
  runtime.raw_parsed_logs_prefix = folder_;
  jobs::RunReport report(jobs::JobName(spec::Job::kDelta));
  ASSERT_TRUE(jobs::RunDelta(runtime, &report).ok());
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/out/_commits/delta/feature_spec_version=v1/b1.json"));
  EXPECT_THAT(report.ToJson(), HasSubstr("\"job\": \"delta_builder\""));
  jobs::RunReport other(jobs::JobName(spec::Job::kFgA));
  const Status no_spec = jobs::RunFgA(runtime, &other);
  EXPECT_EQ(base::ExitCode(no_spec), base::kExitUsage);
  EXPECT_THAT(no_spec.message(), HasSubstr("fg_a_builder"));
  using OfSlice = Status (*)(const jobs::SliceRuntime&, jobs::RunReport*);
  for (const OfSlice run : {&jobs::RunPairCounts, &jobs::RunFgC}) EXPECT_NE(run, nullptr);
  EXPECT_TRUE(
      (std::is_same_v<decltype(&jobs::RunFgB), Status (*)(const jobs::BaselineRuntime&, jobs::RunReport*)>));
}

TEST_F(StoredSpecs, UnknownKeysAreRefusedOrNoted) {
  ASSERT_TRUE(store_->Put({"acme", "project_parameters", "v1"}, spec::Json{{"calender", 1}}, false).ok());
  ASSERT_TRUE(store_->Put({"acme", "delta_builder", "v1"}, spec::Json::object(), false).ok());
  jobs::SliceRuntime runtime;
  runtime.project_name = "acme", runtime.feature_spec_version = "v1", runtime.mini_batch_id = "b1";
  runtime.store.store = "files:" + folder_, runtime.root = folder_ + "/out";
  runtime.batch_start = base::kMicrosPerDay, runtime.batch_end = base::kMicrosPerDay + base::kSliceMicros;
  runtime.raw_parsed_logs_prefix = folder_;
  jobs::RunReport strict("delta_builder"), lenient("delta_builder");
  const Status refused = jobs::RunDelta(runtime, &strict);
  EXPECT_EQ(base::ExitCode(refused), base::kExitUsage);
  EXPECT_THAT(refused.message(), HasSubstr("did you mean 'calendar'"));
  runtime.lenient = true;
  ASSERT_TRUE(jobs::RunDelta(runtime, &lenient).ok());
  EXPECT_THAT(lenient.notes(), testing::Contains(HasSubstr("calender")));
}

class AnyCommand : public pipeline::Commands {
 public:
  Status Parse(const pipeline::Arguments&) const override { return Status::OK(); }
  Status Execute(const pipeline::Arguments&) const override { return Status::OK(); }
};

TEST(Contracts, PipelinesWithoutUndefinedNames) {
  for (const pipeline::Pipeline& one : pipeline::Pipelines())
    EXPECT_THAT(pipeline::Problems(one, AnyCommand()), IsEmpty()) << one.name;
  pipeline::Pipeline broken = pipeline::Pipelines().front();
  broken.parameters.erase(broken.parameters.begin());
  EXPECT_THAT(pipeline::Problems(broken, AnyCommand()), testing::Not(IsEmpty()));
}

// What delta/host sums is named in FG-A as it is there, and FG-A reads nothing of delta that delta does not
// write.
TEST(Contracts, DeltaToFgANaming) {
  const auto catalogue = *catalogue::Catalogue::Make({});
  const auto delta = catalogue->Schema(catalogue::Dataset::kDeltaHost);
  const auto fg_a = catalogue->Schema(catalogue::Dataset::kFgA);
  for (const std::string& name : catalogue->delta_counts()) {
    EXPECT_NE(delta->GetFieldIndex(name), -1) << name;
    EXPECT_NE(fg_a->GetFieldIndex(name), -1) << name;
  }
  for (const std::string& name : windows::HostColumns(*catalogue))
    EXPECT_NE(delta->GetFieldIndex(name), -1) << name;
}

TEST(Contracts, SchemaParityRefusal) {
  const auto catalogue = *catalogue::Catalogue::Make({});
  const auto host = catalogue->Schema(catalogue::Dataset::kFgBHost);
  for (const auto table : {catalogue::Dataset::kFgBSegment, catalogue::Dataset::kFgBGlobal}) {
    const auto schema = catalogue->Schema(table);
    EXPECT_TRUE(baselines::CheckParity(*catalogue, *host, table, *schema).ok());
    const int at = schema->GetFieldIndex("deny_cnt_mad");
    const auto fewer = *schema->RemoveField(at);
    EXPECT_THAT(baselines::CheckParity(*catalogue, *host, table, *fewer).message(),
                HasSubstr("deny_cnt_mad"));
    const auto other = *schema->SetField(at, arrow::field("deny_cnt_mad", arrow::int64()));
    EXPECT_FALSE(baselines::CheckParity(*catalogue, *host, table, *other).ok());
  }
}

}  // namespace
}  // namespace ndr
