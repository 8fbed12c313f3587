// SPDX-License-Identifier: Apache-2.0
// FG-A where sums, counts and slice numbers come to the ends of their types.
#include <gtest/gtest.h>

#include "ndr/base/exit_code.h"
#include "ndr/catalogue/sessions.h"
#include "windows/fg_a_case.h"

namespace ndr::windows {
namespace {

using testing::Case;
using testing::FgA;
using testing::kA;
using testing::kB;
using testing::kX;
using testing::MakeTestContext;
using testing::Record;

TEST_F(FgA, SumsSaturate) {
  Run({{.slice = 0, .src = kA, .dst = kX, .port = 443, .bytes_src = INT64_MAX, .bytes_dst = 1},
       {.slice = 1, .src = kA, .dst = kX, .port = 443, .bytes_src = 5, .bytes_dst = 1}},
      2);
  EXPECT_EQ(Text("10.0.0.1", "outbound", "w_1h", "bytes_src_sum"), "9223372036854775807");
  EXPECT_EQ(Text("10.0.0.1", "outbound", "w_15m", "bytes_src_sum"), "5");
  EXPECT_EQ(builder_->counters().Get("saturated_cells"), 2);  // w_1h, w_8h
}

// At 01:00 of the second day the look-back of w_1h is a day, just enough for novelty; that of w_8h is less.
TEST_F(FgA, SaturatedNoveltyCountsWhereItIsWritten) {
  Run({{.slice = 0, .src = kA, .dst = kB, .port = 443, .bytes_src = 1, .bytes_dst = 1},
       {.slice = 98, .src = kA, .dst = kX, .port = 443, .bytes_src = INT64_MAX, .bytes_dst = 1},
       {.slice = 99, .src = kA, .dst = kX, .port = 443, .bytes_src = 5, .bytes_dst = 1}},
      100);
  EXPECT_EQ(Text("10.0.0.1", "outbound", "w_1h", "new_peer_bytes_sent_max"), "9223372036854775807");
  EXPECT_EQ(Text("10.0.0.1", "outbound", "w_8h", "new_peer_bytes_sent_max"), "null");
  // bytes_src_sum of w_1h and w_8h, new_peer_bytes_sent_max of w_1h.
  EXPECT_EQ(builder_->counters().Get("saturated_cells"), 3);
}

// (2^63 - 1) us and 2 s: 9223372036854.775807 s where both count, over 2 sessions; only the 2 s once the
// first is gone.
TEST_F(FgA, DurationsSaturate) {
  Run({{.slice = 0, .src = kA, .dst = kX, .port = 443, .duration_us = INT64_MAX},
       {.slice = 1, .src = kA, .dst = kX, .port = 443, .duration_us = 2'000'000}},
      2);
  EXPECT_EQ(Real("10.0.0.1", "outbound", "w_1h", "duration_sum"), 9223372036854.775807);
  EXPECT_EQ(Real("10.0.0.1", "outbound", "w_1h", "duration_mean"), 9223372036854.775807 / 2);
  EXPECT_EQ(Real("10.0.0.1", "outbound", "w_15m", "duration_sum"), 2);
  EXPECT_EQ(builder_->counters().Get("saturated_cells"), 2);  // w_1h, w_8h
}

// Three records of as many sessions as one can stand for, R = 2^31 - 1, with two peers on one port, and a
// single session on another: 3R + 1 sessions, of which the greater peer has 2R + 1 and the port 3R.
TEST_F(FgA, ManySessionsInOneRecord) {
  constexpr int64_t kMany = catalogue::kLargestRepeat;
  const std::vector<Record> records = {
      {.slice = 0, .src = kA, .dst = kX, .port = 443, .n = kMany, .bytes_dst = 200},
      {.slice = 1, .src = kA, .dst = kX, .port = 443, .n = kMany, .bytes_dst = 200},
      {.slice = 1, .src = kA, .dst = kB, .port = 443, .n = kMany, .denied = true},
      {.slice = 1, .src = kA, .dst = kX, .port = 80, .bytes_dst = 200}};
  Run(records, 2);
  const auto text = [&](const char* column) { return Text("10.0.0.1", "outbound", "w_1h", column); };
  const auto real = [&](const char* column) { return Real("10.0.0.1", "outbound", "w_1h", column); };
  constexpr double kAll = 3.0 * kMany + 1;
  EXPECT_EQ(text("sessions_cnt"), "6442450942");
  EXPECT_EQ(text("peer_ip_nunique"), "2");
  EXPECT_EQ(text("failed_ports_per_peer_max"), "1");
  EXPECT_EQ(real("peer_ip_top1_sessions_share"), (2.0 * kMany + 1) / kAll);
  EXPECT_EQ(real("peer_port_top1_sessions_share"), 3.0 * kMany / kAll);
  EXPECT_EQ(real("deny_ratio"), kMany / kAll);
  Run(records, 34);  // both slices have left the longest window
  EXPECT_EQ(Text("10.0.0.1", "outbound", "w_8h", "sessions_cnt"), "no row");
}

// What no log makes, but a file may hold.
TEST_F(FgA, RefusesWhatIsNoNumberOfSessions) {
  Run({}, 1);
  const std::vector<Record> records = {{.src = kA, .dst = kB, .port = 1, .n = INT64_MAX}};
  const auto start = builder_->end();
  const auto refusal = builder_->Advance(start, true, {}, {testing::PairBatch(*context_, start, records)});
  EXPECT_EQ(base::ExitCode(refusal), base::kExitContract);
  EXPECT_NE(refusal.message().find("'sessions_cnt' is 9223372036854775807"), std::string::npos);
  Run({}, 1);
  EXPECT_FALSE(builder_->Advance(start, true, {testing::HostBatch(*context_, start, records)}, {}).ok());
}

// The same clock from 1970 on, and over its midnight: after 5 h there are 15 active minutes and 14 gaps of
// 20, of which w_12h makes 2 * 280/719. No power of two, 48 slices meet another place where slice numbers go
// below 0.
TEST_F(FgA, BeaconAround1970) {
  const auto context = MakeTestContext({{"w_8h", 32}, {"w_12h", 48}}, 1);
  for (const int64_t first_slice : {0, -7}) {
    std::vector<Record> records;
    for (int minute = 5; minute < 300; minute += 20)
      records.push_back(
          {.slice = minute / 15, .minute = minute % 15, .src = kA, .dst = kX, .port = 443, .bytes_dst = 9});
    const base::Micros first = first_slice * base::kSliceMicros;
    Case history(context, first, records);
    builder_ = *WindowBuilder::Make(context, first, &history);
    ASSERT_TRUE(builder_->Start(first).ok());
    ASSERT_TRUE(history.Step(builder_.get(), 20).ok());
    context_ = context, rows_ = *builder_->Rows("b");
    EXPECT_EQ(Real("10.0.0.1", "outbound", "w_8h", "beacon_score_max"), 1) << first_slice;
    EXPECT_DOUBLE_EQ(Real("10.0.0.1", "outbound", "w_12h", "beacon_score_max"), 560.0 / 719) << first_slice;
  }
}

}  // namespace
}  // namespace ndr::windows
