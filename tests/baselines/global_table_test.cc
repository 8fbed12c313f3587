// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/global_table.h"

#include <gtest/gtest.h>

#include "fg_a_rows.h"
#include "memory_spill.h"
#include "ndr/baselines/table_checks.h"

namespace ndr::baselines {
namespace {

const Range kTenDays{"all", AtSlice(1000), AtSlice(1960), AtSlice(1960)};

class GlobalTableTest : public ::testing::Test {
 protected:
  // Sessions 1 to `n` of one host, in consecutive slices.
  GlobalPart Part(int network, int n) {
    SegmentRows rows(plan_, kTenDays);
    std::vector<FgARow> lines;
    for (int i = 1; i <= n; ++i)
      lines.push_back({"10.0." + std::to_string(network) + ".1", 1000 + i, {{"sessions_cnt", i}}});
    for (FgARow& line : lines) line.segment = "10.0." + std::to_string(network) + ".0/24";
    EXPECT_TRUE(rows.Add(*FgABatch(*context_->catalogue, lines)).ok());
    return MakeSegmentTables(rows, kTenDays, bands_, {}, 1)->global;
  }
  static std::vector<base::Micros> Committed() {
    std::vector<base::Micros> slices;
    for (int64_t s = 1000; s < 1960; ++s) slices.push_back(AtSlice(s));
    return slices;
  }

  std::shared_ptr<const spec::Context> context_ = MakeTestContext();
  std::shared_ptr<const Plan> plan_ = *Plan::Make(context_);
  BandSlices bands_{context_->calendar, context_->catalogue->windows(), Committed(), kTenDays.start,
                    kTenDays.end};
};

// 1 2 3 4 and 1 2: in order 1 1 2 2 3 4. Median 2 (4 of 6 are at most 2, 2 of 6 at most 1), p25 1, p75 3 (5
// of 6), p95 4. Distances from 2: 0 0 1 1 1 2, half of them reached at 1.
TEST_F(GlobalTableTest, AnswersOverAllSegments) {
  GlobalTable table(plan_, kTenDays, 0, nullptr);
  ASSERT_TRUE(table.Add(Part(1, 4)).ok());
  ASSERT_TRUE(table.Add(Part(0, 2)).ok());
  const auto global = *table.Finish(bands_, 1);
  ASSERT_EQ(global->num_rows(), 1);
  EXPECT_EQ(Cell(*global, 0, "role"), "outbound");
  EXPECT_EQ(Number(*global, 0, "hosts_cnt"), 2);
  EXPECT_EQ(Number(*global, 0, "sessions_cnt_median"), 2);
  EXPECT_EQ(Number(*global, 0, "sessions_cnt_p25"), 1);
  EXPECT_EQ(Number(*global, 0, "sessions_cnt_p75"), 3);
  EXPECT_EQ(Number(*global, 0, "sessions_cnt_p95"), 4);
  EXPECT_EQ(Number(*global, 0, "sessions_cnt_mad"), 1);
  EXPECT_EQ(Number(*global, 0, "sessions_cnt_support_count"), 6);
  EXPECT_EQ(Number(*global, 0, "sessions_cnt_cold_start_flag"), 1);
  EXPECT_TRUE(CheckParity(*context_->catalogue, *context_->catalogue->Schema(catalogue::Dataset::kFgBHost),
                          catalogue::Dataset::kFgBGlobal, *global->schema())
                  .ok());
}

// Part i holds 3 + i distinct values of sessions_cnt and one of each other metric, 16 bytes each: 80, 96,
// 112, 128, 144. The fourth exceeds 300 bytes: the 12 runs of four parts are spilled, the 3 of the last are
// not.
TEST_F(GlobalTableTest, SpillingChangesNothingButTheCounters) {
  GlobalTable held(plan_, kTenDays, 0, nullptr);
  MemorySpill spill;
  GlobalTable spilled(plan_, kTenDays, 300, &spill);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(held.Add(Part(i, 3 + i)).ok());
    ASSERT_TRUE(spilled.Add(Part(i, 3 + i)).ok());
  }
  EXPECT_EQ(spilled.counters().Get("global_runs"), 15);
  EXPECT_EQ(spilled.counters().Get("global_runs_spilled"), 12);
  EXPECT_EQ(spilled.counters().Get("global_bytes_spilled"), 80 + 96 + 112 + 128);
  EXPECT_EQ(held.counters().Get("global_runs_spilled"), 0);
  EXPECT_TRUE((*held.Finish(bands_, 1))->Equals(**spilled.Finish(bands_, 2)));
}

TEST_F(GlobalTableTest, RefusesASegmentThatComesTwice) {
  GlobalTable table(plan_, kTenDays, 0, nullptr);
  ASSERT_TRUE(table.Add(Part(1, 4)).ok());
  const auto status = table.Add(Part(1, 2));
  EXPECT_TRUE(status.IsInvalid());
  EXPECT_NE(status.message().find("10.0.1.0/24"), std::string::npos);
}

TEST_F(GlobalTableTest, NoPartsMakeAnEmptyTable) {
  EXPECT_EQ((*GlobalTable(plan_, kTenDays, 0, nullptr).Finish(bands_, 1))->num_rows(), 0);
}

// A table whose catalogue baselines other metrics is refused, and the column named.
TEST_F(GlobalTableTest, ParityNamesTheColumnThatDiffers) {
  spec::Project project;
  project.catalogue.baselined_metrics = {"sessions_cnt", "bytes_src_sum"};
  const auto other = MakeTestContext(project)->catalogue;
  const auto status =
      CheckParity(*context_->catalogue, *context_->catalogue->Schema(catalogue::Dataset::kFgBHost),
                  catalogue::Dataset::kFgBGlobal, *other->Schema(catalogue::Dataset::kFgBGlobal));
  EXPECT_TRUE(status.IsInvalid());
  EXPECT_NE(status.message().find("deny_ratio_median"), std::string::npos) << status.message();
}

}  // namespace
}  // namespace ndr::baselines
