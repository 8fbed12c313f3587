// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/segment_tables.h"

#include <gtest/gtest.h>

#include <cmath>

#include "fg_a_rows.h"
#include "ndr/baselines/table_checks.h"
#include "ndr/catalogue/validate.h"

namespace ndr::baselines {
namespace {

using catalogue::Dataset;

// The horizon is the slices 1000 to 1959 (ten days); all of them are committed.
constexpr int64_t kFirst = 1000, kSlices = 960;

class SegmentTablesTest : public ::testing::Test {
 protected:
  SegmentTables Make(const std::vector<FgARow>& rows, spec::Project project = {},
                     const MachineNames& machines = {}) {
    context_ = MakeTestContext(std::move(project));
    const auto plan = *Plan::Make(context_);
    SegmentRows columns(plan, range_);
    EXPECT_TRUE(columns.Add(*FgABatch(*context_->catalogue, rows)).ok());
    return *MakeSegmentTables(columns, range_, Bands(), machines, 1);
  }
  BandSlices Bands() {
    std::vector<base::Micros> committed;
    for (int64_t s = kFirst - 100; s < kFirst + kSlices; ++s) committed.push_back(AtSlice(s));
    return BandSlices(context_->calendar, context_->catalogue->windows(), committed, range_.start,
                      range_.end);
  }
  // One row per value of a metric, at consecutive slices.
  static std::vector<FgARow> Rows(const std::string& host, const std::string& metric,
                                  const std::vector<double>& values) {
    std::vector<FgARow> rows;
    for (const double x : values)
      rows.push_back({host, kFirst + 1 + static_cast<int64_t>(rows.size()), {{metric, x}}});
    return rows;
  }

  Range range_{"7d", AtSlice(kFirst), AtSlice(kFirst + kSlices), AtSlice(kFirst + kSlices + 192)};
  std::shared_ptr<const spec::Context> context_;
};

std::vector<FgARow> operator+(std::vector<FgARow> a, const std::vector<FgARow>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::vector<double> Times(size_t n, double x) { return std::vector<double>(n, x); }

// deny_ratio 0.1 0.2 0.2 0.4 and a null: over the four values the median and p25 are 0.2 (2 of 4) and 0.1 (1
// of 4), p75 0.2 (3 of 4), p95 and p99 0.4; distances from 0.2 are 0.1 0 0 0.2, half of them reached at 0;
// IQR 0.1.
TEST_F(SegmentTablesTest, StatisticsOfAHostAreThoseOfItsNonNullSlices) {
  const auto tables = Make(Rows("10.0.0.1", "deny_ratio", {0.2, 0.4, NAN, 0.1, 0.2}));
  const arrow::RecordBatch& host = *tables.host;
  ASSERT_EQ(host.num_rows(), 1);
  EXPECT_EQ(Cell(host, 0, "host_ip"), "10.0.0.1");
  EXPECT_EQ(Cell(host, 0, "role"), "outbound");
  EXPECT_EQ(Cell(host, 0, "segment_id"), "10.0.0.0/24");
  EXPECT_EQ(Cell(host, 0, "time_band"), "WD_NIGHT");
  EXPECT_EQ(Cell(host, 0, "window_label"), "w_15m");
  EXPECT_EQ(Number(host, 0, "baseline_start_ts"), static_cast<double>(range_.start));
  EXPECT_EQ(Number(host, 0, "baseline_end_ts"), static_cast<double>(range_.end));
  EXPECT_EQ(Number(host, 0, "baseline_row_last_update_ts"), static_cast<double>(range_.reference));
  EXPECT_EQ(Number(host, 0, "deny_ratio_median"), 0.2);
  EXPECT_EQ(Number(host, 0, "deny_ratio_p25"), 0.1);
  EXPECT_EQ(Number(host, 0, "deny_ratio_p75"), 0.2);
  EXPECT_EQ(Number(host, 0, "deny_ratio_p95"), 0.4);
  EXPECT_EQ(Number(host, 0, "deny_ratio_p99"), 0.4);
  EXPECT_EQ(Number(host, 0, "deny_ratio_mad"), 0);
  EXPECT_EQ(Number(host, 0, "deny_ratio_iqr"), 0.2 - 0.1);
  EXPECT_EQ(Number(host, 0, "deny_ratio_support_count"), 4);
  EXPECT_EQ(Number(host, 0, "deny_ratio_cold_start_flag"), 1);
  EXPECT_EQ(Number(host, 0, "sessions_cnt_support_count"), 5);
}

TEST_F(SegmentTablesTest, AMetricWithoutAValueIsNullAndCold) {
  const auto tables = Make(Rows("10.0.0.1", "deny_ratio", {NAN, NAN}));
  for (const auto& table : {tables.host, tables.segment}) {
    EXPECT_TRUE(std::isnan(Number(*table, 0, "deny_ratio_median")));
    EXPECT_TRUE(std::isnan(Number(*table, 0, "deny_ratio_iqr")));
    EXPECT_EQ(Number(*table, 0, "deny_ratio_support_count"), 0);
    EXPECT_EQ(Number(*table, 0, "deny_ratio_cold_start_flag"), 1);
    EXPECT_EQ(Number(*table, 0, "sessions_cnt_median"), 0);
  }
}

// Window ends in (start, end]; a window of 96 slices is covered by 92 (95.8 %), not by 91 (94.8 %).
TEST_F(SegmentTablesTest, TakesCoveredRowsOfTheHorizonOnly) {
  std::vector<FgARow> rows;
  for (const int64_t end : {kFirst, kFirst + 1, kFirst + kSlices, kFirst + kSlices + 1})
    rows.push_back({"10.0.0.1", end, {}});
  for (const int covered : {91, 92}) {
    rows.push_back({"10.0.0.1", kFirst + 5, {}});
    rows.back().window = "w_24h";
    rows.back().covered = covered;
  }
  const auto tables = Make(rows);
  ASSERT_EQ(tables.host->num_rows(), 2);
  EXPECT_EQ(Number(*tables.host, 0, "sessions_cnt_support_count"), 2);
  EXPECT_EQ(Cell(*tables.host, 1, "window_label"), "w_24h");
  EXPECT_EQ(Number(*tables.host, 1, "sessions_cnt_support_count"), 1);
  EXPECT_EQ(tables.counters.Get("baseline_rows"), 3);
  EXPECT_EQ(tables.counters.Get("baseline_rows_outside"), 2);
  EXPECT_EQ(tables.counters.Get("baseline_rows_uncovered"), 1);
}

// A quiet host (sessions 10 x 60) and a busy one (1000 x 40), both with enough slices to judge themselves.
// Segment: median 10, MAD 0, IQR 990, so z of 1000 is 1: nothing is capped. Then one slice of 20,000: z 20.2
// for the segment, 19,000 for the host.
TEST_F(SegmentTablesTest, CapsASliceThatIsAnomalousForHostAndSegment) {
  const auto rows =
      Rows("10.0.0.1", "sessions_cnt", Times(60, 10)) + Rows("10.0.0.2", "sessions_cnt", Times(40, 1000));
  EXPECT_EQ(Make(rows).counters.Get("slices_capped_host"), 0);
  auto odd = rows;
  odd.push_back({"10.0.0.2", kFirst + 500, {{"sessions_cnt", 20'000}}});
  const auto tables = Make(odd);
  EXPECT_EQ(tables.counters.Get("slices_capped_host"), 1);
  EXPECT_EQ(tables.counters.Get("slices_capped_segment"), 1);
  // Of the host's 40 x 1000 + 100 = 40,100 in weight 40,000 stand at 1000: 99.75 %, so p99 is 1000; the
  // support counts 41.
  EXPECT_EQ(Number(*tables.host, 1, "sessions_cnt_p99"), 1000);
  EXPECT_EQ(Number(*tables.host, 1, "sessions_cnt_support_count"), 41);
}

// Host 2 has 1000 sessions in 20 of 120 slices of the segment, all others 10: median 10, MAD 0, IQR 0 (the
// resolution 1 is the scale), so the segment calls them anomalous (z 990); the host calls them its own norm.
TEST_F(SegmentTablesTest, ABusyHostIsNormalToItselfAtHostLevelOnly) {
  std::vector<FgARow> rows;
  for (int i = 0; i < 100; ++i) rows.push_back({"10.0.0.1", kFirst + 1 + i, {{"sessions_cnt", 10}}});
  for (int i = 0; i < 20; ++i)
    rows.push_back({"10.0.0.2", kFirst + 1 + i, {{"sessions_cnt", i == 0 ? 1005.0 : 1000.0}}});
  spec::Project project;
  project.support_min.by_default = 10;
  auto tables = Make(rows, project);
  EXPECT_EQ(tables.counters.Get("slices_capped_segment"), 20);
  EXPECT_EQ(tables.counters.Get("slices_capped_host"), 0);
  // Too short a history of its own (20 slices, the default minimum is 50): the segment judges.
  tables = Make(rows);
  EXPECT_EQ(tables.counters.Get("slices_capped_host"), 20);
  project.capping.at_segment_level = true;
  tables = Make(rows, project);
  EXPECT_EQ(tables.counters.Get("slices_capped_host"), 20);
}

// Metric by metric: sessions_cnt has 20 slices of the host's own, deny_ratio 5 only; with a minimum of 10 its
// value of 0.5 is judged by the segment (median 0, scale 0.01: z 50), where the host itself would call it
// normal.
TEST_F(SegmentTablesTest, JudgesAMetricByTheSegmentWhereTheHostHasTooFewValues) {
  std::vector<FgARow> rows;
  for (int i = 0; i < 100; ++i) rows.push_back({"10.0.0.1", kFirst + 1 + i, {{"deny_ratio", 0}}});
  for (int i = 0; i < 20; ++i)
    rows.push_back({"10.0.0.2", kFirst + 1 + i, {{"deny_ratio", i < 5 ? 0.5 : NAN}}});
  spec::Project project;
  project.support_min.by_default = 10;
  EXPECT_EQ(Make(rows, project).counters.Get("slices_capped_host"), 5);
}

// z is above z_max, not at it: sessions 0 ... with scale 1, 6 is not capped and 7 is.
TEST_F(SegmentTablesTest, CapsAboveTheLimitOnly) {
  std::vector<double> values = Times(100, 0);
  values.push_back(6);
  values.push_back(7);
  const auto tables = Make(Rows("10.0.0.1", "sessions_cnt", values));
  EXPECT_EQ(tables.counters.Get("slices_capped_host"), 1);
}

// Weight 0 drops the slice: from the statistics and from the support. 0 x 100 and 7: support 100, p99 0.
TEST_F(SegmentTablesTest, WeightZeroDropsASliceFromTheSupportToo) {
  std::vector<double> values = Times(30, 0);
  values.push_back(7);
  spec::Project project;
  project.capping.w_anom_thousandths = 0;
  const auto tables = Make(Rows("10.0.0.1", "sessions_cnt", values), project);
  for (const auto& table : {tables.host, tables.segment}) {
    EXPECT_EQ(Number(*table, 0, "sessions_cnt_support_count"), 30);
    EXPECT_EQ(Number(*table, 0, "sessions_cnt_p99"), 0);
  }
  // What the host did stays in its metadata.
  EXPECT_EQ(Number(*tables.ip_metadata, 0, "sessions_total"), 7);
  ASSERT_EQ(tables.global.runs.size(), 3u);
  EXPECT_EQ(tables.global.runs[0].support, 30);
}

// Every slice of the second host is capped: its row is there, without a value.
TEST_F(SegmentTablesTest, AHostWhoseEverySliceIsDroppedKeepsItsRow) {
  spec::Project project;
  project.capping.w_anom_thousandths = 0;
  const auto tables =
      Make(Rows("10.0.0.1", "sessions_cnt", Times(100, 0)) + Rows("10.0.0.2", "sessions_cnt", Times(5, 50)),
           project);
  ASSERT_EQ(tables.host->num_rows(), 2);
  EXPECT_EQ(Number(*tables.host, 1, "sessions_cnt_support_count"), 0);
  EXPECT_TRUE(std::isnan(Number(*tables.host, 1, "sessions_cnt_median")));
  EXPECT_EQ(Number(*tables.segment, 0, "hosts_cnt"), 2);
}

// At a tenth of the weight: 30 x 1000 + 10 x 100 = 31,000; 95 % is 29,450 <= 30,000, so p95 is 0; 99 % is
// 30,690: p99 is 9.
TEST_F(SegmentTablesTest, CappedSlicesWeighATenth) {
  const auto tables =
      Make(Rows("10.0.0.1", "sessions_cnt", Times(30, 0)) + Rows("10.0.0.2", "sessions_cnt", Times(10, 9)));
  EXPECT_EQ(Number(*tables.segment, 0, "sessions_cnt_p95"), 0);
  EXPECT_EQ(Number(*tables.segment, 0, "sessions_cnt_p99"), 9);
  EXPECT_EQ(Number(*tables.segment, 0, "sessions_cnt_support_count"), 40);
  // All of the second host's slices are capped alike, so only its own values count there.
  EXPECT_EQ(Number(*tables.host, 1, "sessions_cnt_median"), 9);
}

TEST_F(SegmentTablesTest, RowsAreSortedByKey) {
  std::vector<FgARow> rows;
  for (const char* host : {"10.0.0.10", "10.0.0.9"}) {
    for (const char* window : {"w_24h", "w_15m"}) {
      rows.push_back({host, kFirst + 1, {}});
      rows.back().window = window;
      rows.back().covered = 96;
      rows.back().role = catalogue::Role::kInbound;
      rows.push_back(rows.back());
      rows.back().role = catalogue::Role::kOutbound;
      rows.back().band = base::TimeBand::kWdWorking;
    }
  }
  const auto tables = Make(rows);
  std::string order;
  for (int64_t i = 0; i < tables.host->num_rows(); ++i)
    order += Cell(*tables.host, i, "host_ip") + " " + Cell(*tables.host, i, "role") + " " +
             Cell(*tables.host, i, "window_label") + "\n";
  EXPECT_EQ(
      order,
      "10.0.0.9 outbound w_15m\n10.0.0.9 outbound w_24h\n10.0.0.9 inbound w_15m\n10.0.0.9 inbound w_24h\n"
      "10.0.0.10 outbound w_15m\n10.0.0.10 outbound w_24h\n10.0.0.10 inbound w_15m\n10.0.0.10 inbound "
      "w_24h\n");
  EXPECT_EQ(tables.segment->num_rows(), 4);
  EXPECT_EQ(Number(*tables.segment, 0, "hosts_cnt"), 2);
  for (const auto& [table, batch] :
       {std::pair(Dataset::kFgBHost, tables.host), std::pair(Dataset::kFgBSegment, tables.segment)}) {
    EXPECT_TRUE(catalogue::CheckUniqueKeys(*context_->catalogue, table, {batch}).ok());
    EXPECT_TRUE(catalogue::CheckUniqueKeys(*context_->catalogue, table, {batch, batch}).IsInvalid());
  }
  EXPECT_TRUE(CheckParity(*context_->catalogue, *tables.host->schema(), Dataset::kFgBSegment,
                          *tables.segment->schema())
                  .ok());
}

TEST_F(SegmentTablesTest, RefusesRowsOfAnotherSegmentAndUnknownWords) {
  context_ = MakeTestContext();
  const auto plan = *Plan::Make(context_);
  const auto add = [&](std::vector<FgARow> rows) {
    return SegmentRows(plan, range_).Add(*FgABatch(*context_->catalogue, rows));
  };
  FgARow row{"10.0.0.1", kFirst + 1, {}}, other = row;
  other.segment = "10.0.1.0/24";
  EXPECT_TRUE(add({row, row}).ok());
  EXPECT_TRUE(add({row, other}).IsInvalid());
  other = row;
  other.window = "w_9h";
  EXPECT_TRUE(add({other}).IsInvalid());
}

TEST_F(SegmentTablesTest, NoRowsMakeEmptyTables) {
  const auto tables = Make({});
  EXPECT_EQ(tables.host->num_rows(), 0);
  EXPECT_EQ(tables.segment->num_rows(), 0);
  EXPECT_EQ(tables.ip_metadata->num_rows(), 0);
}

// 60 slices of 3 sessions, the support minimum is 50: a full history; 49 is none.
TEST_F(SegmentTablesTest, MetadataTellsWhatAHostIs) {
  MachineNames machines({" vdi-"});
  machines.Add(*base::ParseAddress("10.0.0.2"), "VDI-0042");
  machines.Add(*base::ParseAddress("10.0.0.1"), "printer");
  auto rows = Rows("10.0.0.1", "sessions_cnt", Times(60, 3));
  std::swap(rows[0], rows[30]);  // neither the first nor the last row to arrive is the earliest or latest
  std::swap(rows[59], rows[20]);
  const auto tables = Make(
      rows + Rows("10.0.0.2", "sessions_cnt", Times(60, 3)) + Rows("10.0.0.3", "sessions_cnt", Times(49, 3)),
      {}, machines);
  const arrow::RecordBatch& m = *tables.ip_metadata;
  ASSERT_EQ(m.num_rows(), 3);
  EXPECT_EQ(Cell(m, 0, "machine_name"), "printer");
  EXPECT_EQ(Number(m, 0, "first_seen_ts"), static_cast<double>(AtSlice(kFirst + 1)));
  EXPECT_EQ(Number(m, 0, "last_seen_ts"), static_cast<double>(AtSlice(kFirst + 60)));
  EXPECT_EQ(Number(m, 0, "sessions_total"), 180);
  const auto flags = [&](int64_t row) {
    return Cell(m, row, "is_full_history") + Cell(m, row, "is_non_persistent_machine") +
           Cell(m, row, "is_cold_start");
  };
  EXPECT_EQ(flags(0), "100");
  EXPECT_EQ(flags(1), "111");
  EXPECT_EQ(flags(2), "001");
  EXPECT_EQ(Cell(m, 2, "machine_name"), "null");
  EXPECT_EQ(tables.counters.Get("hosts_unmapped"), 1);
  EXPECT_EQ(tables.counters.Get("rows_cold_start"), 2);
}

// Every combination of a full history (60 slices, the minimum is 50; 49 are none) and a non-persistent
// machine.
// 3 * 2^62 sessions over three rows are more than int64 holds.
TEST_F(SegmentTablesTest, SessionsSaturate) {
  const double quarter = static_cast<double>(int64_t{1} << 62);
  const auto tables = Make(Rows("10.0.0.1", "sessions_cnt", {quarter, quarter, quarter}) +
                           Rows("10.0.0.2", "sessions_cnt", {1, 2}));
  ASSERT_EQ(tables.ip_metadata->num_rows(), 2);
  EXPECT_EQ(Cell(*tables.ip_metadata, 0, "sessions_total"), "9223372036854775807");
  EXPECT_EQ(Cell(*tables.ip_metadata, 1, "sessions_total"), "3");
  EXPECT_EQ(tables.counters.Get("saturated_cells"), 1);
}

TEST_F(SegmentTablesTest, ColdStartDerivation) {
  MachineNames machines({"vdi-"});
  for (const char* host : {"10.0.0.3", "10.0.0.4"}) machines.Add(*base::ParseAddress(host), "vdi-1");
  const auto tables = Make(
      Rows("10.0.0.1", "sessions_cnt", Times(60, 3)) + Rows("10.0.0.2", "sessions_cnt", Times(49, 3)) +
          Rows("10.0.0.3", "sessions_cnt", Times(60, 3)) + Rows("10.0.0.4", "sessions_cnt", Times(49, 3)),
      {}, machines);
  const arrow::RecordBatch& m = *tables.ip_metadata;
  std::vector<std::string> found;
  for (int64_t row = 0; row < m.num_rows(); ++row)
    found.push_back(Cell(m, row, "is_full_history") + Cell(m, row, "is_non_persistent_machine") +
                    Cell(m, row, "is_cold_start"));
  EXPECT_EQ(found, (std::vector<std::string>{"100", "001", "111", "011"}));
}

TEST_F(SegmentTablesTest, EveryRequiredMetricNeedsItsSupport) {
  spec::Project project;
  project.baseline_required_metrics = {"sessions_cnt", "deny_ratio"};
  auto rows = Rows("10.0.0.1", "deny_ratio", Times(60, 0.5));
  EXPECT_EQ(Cell(*Make(rows, project).ip_metadata, 0, "is_full_history"), "1");
  for (size_t i = 0; i < 11; ++i) rows[i].values["deny_ratio"] = NAN;
  EXPECT_EQ(Cell(*Make(rows, project).ip_metadata, 0, "is_full_history"), "0");
}

}  // namespace
}  // namespace ndr::baselines
