// SPDX-License-Identifier: Apache-2.0
// The metrics of one row, without the state that they come from.
#include "ndr/windows/row_metrics.h"

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace ndr::windows {
namespace {

using ::testing::HasSubstr;

// A schema of the metrics alone.
std::shared_ptr<arrow::Schema> MetricSchema(const catalogue::Catalogue& catalogue) {
  const auto fg_a = catalogue.Schema(catalogue::Dataset::kFgA);
  arrow::FieldVector fields;
  for (const auto& metric : catalogue.metrics()) fields.push_back(fg_a->GetFieldByName(metric.column));
  return arrow::schema(fields);
}

class RowMetricsTest : public ::testing::Test {
 protected:
  RowMetricsTest() {
    spec::Project project = spec::DefaultProject();
    project.port_sets.emplace_back("MAIL_PORTS", std::vector<uint16_t>{25});
    context_ = *spec::MakeContext(std::move(project));
    // 1, 2, 3, ... of every count and of the duration; sessions_cnt comes first.
    for (size_t i = 0; i <= context_->catalogue->delta_counts().size(); ++i) sums_.push_back(i + 1);
  }

  __int128& Sum(std::string_view name) {
    const auto& counts = context_->catalogue->delta_counts();
    return sums_[static_cast<size_t>(std::find(counts.begin(), counts.end(), name) - counts.begin())];
  }
  __int128& Duration() { return sums_.back(); }

  std::shared_ptr<arrow::RecordBatch> Written(RowInput input = {}) {
    input.sums = sums_.data();
    FeatureColumns columns(*context_->catalogue, 1);
    RowMetrics(*context_).Write(input, 0, &columns);
    catalogue::BatchBuilder batch(MetricSchema(*context_->catalogue), 1);
    columns.MoveTo(&batch);
    return batch.Finish().ValueOrDie();
  }
  static double Real(const arrow::RecordBatch& batch, const std::string& name) {
    const auto& column = static_cast<const arrow::DoubleArray&>(*batch.GetColumnByName(name));
    return column.IsNull(0) ? std::nan("") : column.Value(0);
  }
  static int Flag(const arrow::RecordBatch& batch, const std::string& name) {
    return static_cast<const arrow::Int8Array&>(*batch.GetColumnByName(name)).Value(0);
  }

  std::shared_ptr<const spec::Context> context_;
  std::vector<__int128> sums_;
};

// 8 sessions of 4.000002 s together: 2 denied, 5 over TCP, 3 over UDP, none over ICMP; 99 bytes one way and 9
// back.
TEST_F(RowMetricsTest, WhatFollowsFromOtherMetricsIsMadeAsTheCatalogueSays) {
  Sum("sessions_cnt") = 8, Sum("deny_cnt") = 2, Sum("tcp_cnt") = 5, Sum("udp_cnt") = 3, Sum("icmp_cnt") = 0;
  Sum("bytes_src_sum") = 99, Sum("bytes_dst_sum") = 9, Sum("high_risk_port_sessions_cnt") = 0;
  Duration() = 4'000'002;
  pairs::HostSums pairs;
  pairs.high_risk_segment_sessions = 1;
  RowInput input{};
  input.pairs = &pairs;
  const auto row = Written(input);
  EXPECT_DOUBLE_EQ(Real(*row, "duration_mean"), 4.000002 / 8);
  EXPECT_EQ(Real(*row, "deny_ratio"), 0.25);
  EXPECT_EQ(Real(*row, "tcp_ratio"), 0.625);
  EXPECT_EQ(Real(*row, "udp_ratio"), 0.375);
  EXPECT_EQ(Real(*row, "icmp_ratio"), 0);
  EXPECT_EQ(Real(*row, "bytes_asymmetry_ratio"), 9.9);
  EXPECT_DOUBLE_EQ(Real(*row, "bytes_asymmetry_log"), std::log(10));
  EXPECT_EQ(Flag(*row, "has_high_risk_port_activity"), 0);
  EXPECT_EQ(Flag(*row, "has_high_risk_segment_interaction"), 1);
  Sum("high_risk_port_sessions_cnt") = 1;
  EXPECT_EQ(Flag(*Written(), "has_high_risk_port_activity"), 1);
  EXPECT_EQ(Flag(*Written(), "has_high_risk_segment_interaction"), 0);
}

TEST_F(RowMetricsTest, OverNoSessionsThereIsNoRatio) {
  for (__int128& sum : sums_) sum = 0;
  Sum("threat_cnt") = 1;
  const auto row = Written();
  for (const auto& metric : catalogue::kMetrics)
    EXPECT_TRUE(metric.nulls != catalogue::NullRule::kNoSessions ||
                row->GetColumnByName(std::string(metric.name))->IsNull(0))
        << metric.name;
}

// A row in which everything happened: no metric is 0 or null. What is declared and computed by nobody is.
TEST_F(RowMetricsTest, EveryDeclaredMetricIsComputed) {
  pairs::HostSums p;
  p.peers = p.ports = 2, p.segments = 1;
  p.sessions = p.port_sessions = 4;
  p.bytes = p.port_bytes = 10;
  p.high_risk_ports = p.high_risk_port_peers = p.admin_port_peers = 1;
  p.high_risk_segment_sessions = p.high_risk_segment_peers = 1;
  p.new_peers = p.new_ports = p.new_pairs = p.new_segments = 1;
  p.rare_peers = p.rare_ports = p.rare_pairs = 1;
  p.reached_new_peers = p.reached_new_ports = 1;
  p.reach_peers = 9;  // above the failed ones
  p.past_sessions = p.past_port_sessions = 5, p.past_peers = p.past_ports = 2;
  p.strong_beacons = 1;
  for (const int64_t sessions : {1, 3}) p.peer_sessions.Add(sessions), p.port_sessions_by_port.Add(sessions);
  for (const int64_t past : {1, 4}) p.peer_past.Add(past), p.port_past.Add(past);
  RowInput input{};
  input.busiest_minute = 2;
  input.pairs = &p;
  input.maxima = {.peer_bytes = 7,
                  .port_bytes = 7,
                  .failed_ports = 1,
                  .failed_peers = 1,
                  .new_sent = 7,
                  .beacon = 0.9,
                  .failed_ports_at = base::Address::V4(0x0a000002),
                  .new_sent_at = {},
                  .failed_peers_at = 443};
  input.lookback_days_covered = 30;
  input.beacons = true;
  const auto row = Written(input);
  for (int i = 0; i < row->num_columns(); ++i) {
    const auto cell = row->column(i)->GetScalar(0).ValueOrDie();
    EXPECT_TRUE(cell->is_valid) << row->column_name(i) << " is null: no stage sets it";
    EXPECT_NE(cell->ToString(), "0") << row->column_name(i) << ": no stage sets it, or this row has none";
  }
}

TEST(FeatureColumns, AMetricThatIsNeverNullMustBeSet) {
  const auto catalogue = catalogue::Catalogue::Make({}).ValueOrDie();
  FeatureColumns columns(*catalogue, 1);
  catalogue::BatchBuilder batch(MetricSchema(*catalogue), 1);
  columns.MoveTo(&batch);
  EXPECT_THAT(batch.Finish().status().message(), HasSubstr("column 'sessions_cnt' has nulls"));
}

}  // namespace
}  // namespace ndr::windows
