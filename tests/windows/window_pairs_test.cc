// SPDX-License-Identifier: Apache-2.0
// What correlation sees of the pairs, roll-ups, and the wide export.
#include <gtest/gtest.h>

#include "ndr/windows/wide.h"
#include "ndr/windows/window_builder.h"
#include "windows/window_case.h"

namespace ndr::windows {
namespace {

using catalogue::Role;
using testing::Case;
using testing::CellText;
using testing::kA;
using testing::kB;
using testing::kFirst;
using testing::kWindows;
using testing::kX;
using testing::MakeTestContext;
using testing::Record;

std::unique_ptr<WindowBuilder> At(std::shared_ptr<const spec::Context> context, Case* history, int end) {
  auto builder = *WindowBuilder::Make(std::move(context), kFirst, history);
  EXPECT_TRUE(builder->Start(kFirst).ok());
  EXPECT_TRUE(history->Step(builder.get(), end).ok());
  return builder;
}

TEST(WindowPairs, SumsAndRhythm) {
  const auto context = MakeTestContext(kWindows, 1);
  // Every 10 minutes 0 .. 100 in slices 0 to 6, the last two denied; B goes to X too; a ping besides.
  std::vector<Record> records;
  for (int minute = 0; minute <= 100; minute += 10)
    records.push_back({.slice = minute / 15,
                       .minute = minute % 15,
                       .src = kA,
                       .dst = kX,
                       .port = 443,
                       .bytes_src = 7,
                       .bytes_dst = 200,
                       .denied = minute >= 90});
  records.push_back({.slice = 1, .src = kB, .dst = kX, .port = 80, .bytes_dst = 200});
  records.push_back({.slice = 6, .src = kA, .dst = kX, .transport = "icmp"});
  Case history(context, kFirst, records);
  const auto builder = At(context, &history, 7);
  const auto& pairs = builder->pairs();
  int seen = 0;
  pairs.Visit(kA, Role::kOutbound, [&](const pairs::WindowPair& pair) {
    EXPECT_EQ(pair.peer, kX);
    ++seen;
    if (pair.port == pairs::kNoPort) {
      EXPECT_EQ(pair.sessions[0], 1);
      EXPECT_EQ(pairs.Rhythm(pair, 2).active_minutes, 1);
      EXPECT_FALSE(pairs.Rhythm(pair, 2).has_gap);
      return;
    }
    EXPECT_EQ(pair.port, 443);
    EXPECT_EQ(pair.sessions[0], 2);  // minutes 90, 100
    EXPECT_EQ(pair.sessions[1], 6);  // 50 .. 100
    EXPECT_EQ(pair.sessions[2], 11);
    const auto sums = pairs.Sums(pair, 1);
    EXPECT_EQ(sums.sessions, 6);
    EXPECT_EQ(sums.bytes_src, 42);
    EXPECT_EQ(sums.bytes_dst, 1200);
    EXPECT_EQ(sums.deny, 2);
    EXPECT_EQ(sums.failed, 2);
    EXPECT_EQ(sums.replied, 4);
    const auto rhythm = pairs.Rhythm(pair, 2);
    EXPECT_EQ(rhythm.active_minutes, 11);
    EXPECT_EQ(rhythm.gap_median, 10);
    EXPECT_TRUE(rhythm.scored);
    EXPECT_DOUBLE_EQ(rhythm.beacon_score, 200.0 / 479);
    EXPECT_FALSE(pairs.Rhythm(pair, 1).scored);
  });
  EXPECT_EQ(seen, 2);
  EXPECT_EQ(pairs.PeerHosts(Role::kOutbound, kX, 2), 2);
  EXPECT_EQ(pairs.PeerHosts(Role::kOutbound, kX, 0), 1);  // B was there in slice 1
  EXPECT_EQ(pairs.PeerHosts(Role::kInbound, kX, 2), 0);
  pairs.Visit(kX, Role::kInbound, [&](const pairs::WindowPair&) { FAIL() << "X is no host"; });
}

// Every 10 minutes: port 443 in 0 .. 80, 8 gaps, port 80 in 0 .. 70, 7 gaps.
TEST(WindowPairs, EightGapsAreScoredAndSevenAreNot) {
  const auto context = MakeTestContext(kWindows, 1);
  std::vector<Record> records;
  for (int minute = 0; minute <= 80; minute += 10)
    for (const int port : {80, 443})
      if (port == 443 || minute <= 70)
        records.push_back({.slice = minute / 15, .minute = minute % 15, .src = kA, .dst = kX, .port = port});
  Case history(context, kFirst, records);
  const auto builder = At(context, &history, 7);
  int seen = 0;
  builder->pairs().Visit(kA, Role::kOutbound, [&](const pairs::WindowPair& pair) {
    EXPECT_EQ(builder->pairs().Rhythm(pair, 2).scored, pair.port == 443);
    ++seen;
  });
  EXPECT_EQ(seen, 2);
}

TEST(WindowPairs, SlotsAreGivenBackOnceADay) {
  const auto context = MakeTestContext(kWindows, 1);
  Case history(context, kFirst, {{.slice = 0, .src = kA, .dst = kX, .port = 443}});
  const auto builder = At(context, &history, 95);
  const uint64_t before = builder->pairs().generation();
  ASSERT_TRUE(history.Step(builder.get(), 1).ok());
  EXPECT_EQ(builder->pairs().generation(), before + 1);
  // Window and look-back of two days forget the pair: nothing is left, and what comes anew is new.
  ASSERT_TRUE(history.Step(builder.get(), 200).ok());
  Record again{.slice = 296, .src = kA, .dst = kX, .port = 443, .bytes_dst = 500};
  const base::Micros start = builder->end();
  ASSERT_TRUE(builder
                  ->Advance(start, true, {testing::HostBatch(*context, start, {again})},
                            {testing::PairBatch(*context, start, {again})})
                  .ok());
  const auto rows = *builder->Rows("b");
  const int64_t row = testing::FindRow(*rows, "10.0.0.1", "outbound", "w_15m");
  ASSERT_GE(row, 0);
  EXPECT_EQ(CellText(*rows, "new_peer_cnt_lookback1d", row), "1");
  EXPECT_EQ(CellText(*rows, "pair_rarity_score_max_lookback1d", row), "0");  // -ln (0 + 1)/(0 + 0 + 1)
}

TEST(WindowPairs, StartReadsSealedDays) {
  const auto context = MakeTestContext(kWindows, 2);
  std::vector<Record> records;
  for (int slice = 0; slice < 400; slice += 7)
    records.push_back({.slice = slice, .src = kA, .dst = kX, .port = 443, .bytes_dst = 500});
  Case history(context, kFirst, records);
  history.sealed_until = history.Start(288);
  auto builder = *WindowBuilder::Make(context, kFirst, &history);
  ASSERT_TRUE(builder->Start(history.Start(330)).ok());
  // The look-back of w_15m begins in slice 137, window w_8h in slice 298: day three, 192 to 287, lies whole
  // in all look-backs.
  EXPECT_EQ(history.days_read, 1);
  EXPECT_TRUE((*builder->Rows("b"))->Equals(**At(context, &history, 330)->Rows("b")));
}

TEST(Lookback, SumsByPairSortedWithNullFirst) {
  const auto context = MakeTestContext(kWindows, 1);
  pairs::LookbackBuilder day(context);
  ASSERT_TRUE(day.Add(*testing::PairBatch(
                          *context, kFirst,
                          {{.src = kB, .dst = kX, .port = 80, .n = 2}, {.src = kA, .dst = kX, .port = 443}}))
                  .ok());
  ASSERT_TRUE(
      day.Add(*testing::PairBatch(*context, kFirst,
                                  {{.src = kA, .dst = kX, .port = 443, .n = 4}, {.src = kA, .dst = kX}}))
          .ok());
  const auto batch = *day.Finish();
  ASSERT_EQ(batch->num_rows(), 3);
  const auto row = [&](int64_t i) {
    return CellText(*batch, "src_ip", i) + " " + CellText(*batch, "dst_ip", i) + " " +
           CellText(*batch, "dst_port", i) + " " + CellText(*batch, "sessions_cnt", i);
  };
  EXPECT_EQ(row(0), "10.0.0.1 203.0.113.5 null 1");
  EXPECT_EQ(row(1), "10.0.0.1 203.0.113.5 443 5");
  EXPECT_EQ(row(2), "10.0.0.2 203.0.113.5 80 2");
}

TEST(Wide, OneRowPerHost) {
  const auto context = MakeTestContext(kWindows, 1);
  Case history(context, kFirst,
               {{.slice = 0, .src = kA, .dst = kB, .port = 443, .bytes_src = 3, .bytes_dst = 500},
                {.slice = 1, .src = kA, .dst = kX, .port = 22, .zero_reply = true}});
  const auto builder = At(context, &history, 2);
  const auto wide = *Wide(*context, **builder->Rows("b"));
  ASSERT_EQ(wide->num_rows(), 2);
  const auto cell = [&](int64_t row, const std::string& column) { return CellText(*wide, column, row); };
  EXPECT_EQ(cell(0, "host_ip"), "10.0.0.1");
  EXPECT_EQ(cell(0, "sessions_cnt_w_15m"), "1");
  EXPECT_EQ(cell(0, "sessions_cnt_w_1h"), "2");
  EXPECT_EQ(cell(0, "in_sessions_cnt_w_1h"), "null");
  EXPECT_EQ(cell(0, "failed_peers_per_port_at_w_15m"), "22");
  EXPECT_EQ(cell(0, "failed_ports_per_peer_at_w_15m"), "203.0.113.5");
  EXPECT_EQ(cell(0, "new_peer_cnt_lookback1d_w_1h"), "null");
  EXPECT_EQ(cell(1, "host_ip"), "10.0.0.2");
  EXPECT_EQ(cell(1, "in_bytes_dst_sum_w_8h"), "500");
  EXPECT_EQ(cell(1, "in_bytes_dst_sum_w_15m"), "null");  // slice 0 has left it
  EXPECT_EQ(
      (*Wide(
           *context,
           *arrow::RecordBatch::MakeEmpty(context->catalogue->Schema(catalogue::Dataset::kFgA)).ValueOrDie()))
          ->num_rows(),
      0);
}

}  // namespace
}  // namespace ndr::windows
