// SPDX-License-Identifier: Apache-2.0
// Pairs collapsed to host rows, and the rows of fg_c/pair.
#include <gtest/gtest.h>

#include <algorithm>

#include "correlation/scene.h"

namespace ndr::correlation {
namespace {

// A host with a row of w_15m and of w_24h, z of sessions_cnt 8 in both.
Scene TwoWindows(bool cold = false) {
  Scene s;
  for (const char* w : {"w_15m", "w_24h"}) {
    s.Row(kHostText, kOut, w, {{"sessions_cnt", 50.0}});
    s.Global(0, kOut, w, {{"sessions_cnt", {10, 5, 1, 1, 1, 99}}});
    s.Metadata(0, kHostText, kOut, w, cold);
  }
  return s;
}

TEST(PairRarity, CollapsesThePairsOfTheWindow) {
  Scene s = TwoWindows();
  s.PairOfHost(0, kHostText, "10.0.0.9", 443, 9, 4);
  s.PairOfHost(0, kHostText, "10.0.0.9", 22, 1);
  s.pairs.Add(kHostText, kOut, "10.0.0.9", 443, {6});                   // rarity 1/10
  s.pairs.Add(kHostText, kOut, "10.0.0.9", 22, {1});                    // 1/2: rare
  s.pairs.Add(kHostText, kOut, "10.0.0.10", 443, {3}).sessions[0] = 0;  // new, but not in the last quarter
  s.pairs.Add(kHostText, kOut, "10.0.0.9", pairs::kNoPort, {100});      // has no rarity
  const auto out = s.Correlate();
  const auto& row = *out.horizons[0].host;
  // w_15m: max 1/2, mean (6 x 0.1 + 0.5)/7.
  EXPECT_EQ(NumberAt(row, "pair_rarity_max", 0), 0.5);
  EXPECT_DOUBLE_EQ(NumberAt(row, "pair_rarity_mean", 0), 1.1 / 7);
  EXPECT_EQ(NumberAt(row, "new_pair_cnt", 0), 0);
  EXPECT_EQ(NumberAt(row, "rare_pair_cnt", 0), 1);
  EXPECT_EQ(NumberAt(row, "new_pair_anomaly", 0), 0);
  EXPECT_EQ(NumberAt(row, "rare_pair_flag", 0), 1);
  EXPECT_EQ(NumberAt(row, "rare_pair_weighted_z_sessions", 0), 4);
  // w_24h: the new pair too: mean (0.6 + 0.5 + 3)/10.
  EXPECT_EQ(NumberAt(row, "pair_rarity_max", 1), 1);
  EXPECT_DOUBLE_EQ(NumberAt(row, "pair_rarity_mean", 1), 0.41);
  EXPECT_EQ(NumberAt(row, "new_pair_cnt", 1), 1);
  EXPECT_EQ(NumberAt(row, "rare_pair_cnt", 1), 2);
  EXPECT_EQ(NumberAt(row, "rare_pair_weighted_z_sessions", 1), 8);
  EXPECT_EQ(TextAt(row, "pair_rarity_source", 1), "HOST");
  // Scores clip first: max of 6 and 6 x 1/2; no other term of sessions_cnt.
  EXPECT_EQ(NumberAt(row, "anomaly_strength_core", 0), 6);
  // z duration_mean 0 - z entropy 0 + 6 x 0.5.
  EXPECT_EQ(NumberAt(row, "beacon_suspicion_score", 0), 3);
}

TEST(PairRarity, AHostWithoutAPairWithAPortHasZero) {
  const auto out = TwoWindows().Correlate();
  const auto& row = *out.horizons[0].host;
  for (const char* column : {"pair_rarity_max", "pair_rarity_mean", "new_pair_cnt", "rare_pair_cnt",
                             "new_pair_anomaly", "rare_pair_flag", "pairs_left_out_cnt"})
    EXPECT_EQ(NumberAt(row, column, 0), 0) << column;
}

TEST(PairRarity, AColdRowAsksTheSegmentOfThePairsSource) {
  Scene s = TwoWindows(true);
  s.PairOfHost(0, kHostText, "10.0.0.9", 443, 9);
  s.PairOfSegment(0, "10.0.0.0/24", "10.0.0.9", 443, 3);
  s.pairs.Add(kHostText, kOut, "10.0.0.9", 443, {6});
  const auto out = s.Correlate();
  EXPECT_EQ(NumberAt(*out.horizons[0].host, "pair_rarity_max", 0), 0.25);
  EXPECT_EQ(TextAt(*out.horizons[0].host, "pair_rarity_source", 0), "SEGMENT");
}

TEST(PairRarity, AnInboundRowLooksUpItsPeerItselfAndThePort) {
  Scene s;
  s.Row(kHostText, kIn, "w_15m", {{"sessions_cnt", 50.0}});
  s.Global(0, kIn, "w_15m", {});
  s.Metadata(0, kHostText, kIn, "w_15m", false);
  s.PairOfHost(0, "172.16.0.9", kHostText, 443, 4);
  s.pairs.Add(kHostText, kIn, "172.16.0.9", 443, {6});
  EXPECT_EQ(NumberAt(*s.Correlate().horizons[0].host, "pair_rarity_max", 0), 0.2);
}

TEST(PairRarity, AColdInboundHostThatNobodyCalledBeforeLooksUpNothing) {
  for (const bool called : {false, true}) {
    Scene s;
    s.Row(kHostText, kIn, "w_15m", {{"sessions_cnt", 50.0}});
    s.Global(0, kIn, "w_15m", {});
    if (called) s.PairOfHost(0, "10.9.9.9", kHostText, 80, 1);
    s.pairs.Add(kHostText, kIn, "172.16.0.9", 443, {6});
    const auto out = s.Correlate();
    const auto& row = *out.horizons[0].host;
    EXPECT_EQ(TextAt(row, "pair_rarity_source", 0), called ? "SEGMENT" : "NONE");
    EXPECT_EQ(IsNull(NumberAt(row, "pair_rarity_max", 0)), !called);
    EXPECT_EQ(IsNull(NumberAt(row, "new_pair_cnt", 0)), !called);
    EXPECT_EQ(IsNull(NumberAt(row, "rare_pair_flag", 0)), !called);
    EXPECT_EQ(out.horizons[0].pair->num_rows(), called);
    EXPECT_EQ(out.counters.Get("7d.pairs_not_looked_up"), !called);
  }
}

TEST(PairRows, NewAndRarePairsOfTheShortestWindow) {
  Scene s = TwoWindows();
  s.PairOfHost(0, kHostText, "10.0.0.9", 443, 9, 4);
  s.PairOfHost(0, kHostText, "10.0.0.9", 22, 1, 1);
  s.pairs.Add(kHostText, kOut, "10.0.0.9", 443, {6}).peer_hosts = 3;
  s.pairs.Add(kHostText, kOut, "10.0.0.9", 22, {2, 100, 200, 1, 1, 1});
  s.pairs.Add(kHostText, kOut, "10.0.0.10", 443, {3});
  s.pairs.Add(kHostText, kOut, "10.0.0.11", pairs::kNoPort, {3});
  const auto out = s.Correlate();
  const auto& p = *out.horizons[0].pair;
  ASSERT_EQ(p.num_rows(), 2);
  EXPECT_EQ(NumberAt(p, "dst_port", 0), 22);
  EXPECT_EQ(TextAt(p, "window_label", 0), "w_15m");
  EXPECT_EQ(NumberAt(p, "sessions_cnt", 0), 2);
  EXPECT_EQ(NumberAt(p, "bytes_src_sum", 0), 100);
  EXPECT_EQ(NumberAt(p, "bytes_dst_sum", 0), 200);
  EXPECT_EQ(NumberAt(p, "peer_hosts_cnt", 0), 3);
  EXPECT_EQ(NumberAt(p, "active_days", 0), 1);
  EXPECT_EQ(NumberAt(p, "pair_seen_count", 0), 1);
  EXPECT_EQ(NumberAt(p, "pair_rarity_score", 0), 0.5);
  EXPECT_EQ(NumberAt(p, "is_new_pair_flag", 0), 0);
  EXPECT_EQ(NumberAt(p, "is_rare_pair_flag", 0), 1);
  EXPECT_EQ(NumberAt(p, "pair_seen_count", 1), 0);
  EXPECT_EQ(NumberAt(p, "is_new_pair_flag", 1), 1);
  EXPECT_TRUE(IsNull(NumberAt(p, "gap_median", 1)));
  EXPECT_TRUE(IsNull(NumberAt(p, "beacon_score", 1)));
}

TEST(PairRows, AThousandPerRowByRarityBytesPeerAndPort) {
  Scene s = TwoWindows();
  // 1,002 new pairs of 10 bytes; the 1,003rd is seen once and has the most bytes, the 1,004th is new with
  // more bytes.
  for (int i = 0; i < 1002; ++i)
    s.pairs.Add(kHostText, kOut, ("10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250)).c_str(),
                443, {1, 5, 5});
  // The last of them has its bytes in the longer windows: the order is that of the shortest.
  for (size_t w = 1; w < 5; ++w) s.pairs.entries.back().sums[w].bytes_src = 1'000'000;
  s.PairOfHost(0, kHostText, "10.2.0.1", 443, 1);
  s.pairs.Add(kHostText, kOut, "10.2.0.1", 443, {1, 5000, 5});
  s.pairs.Add(kHostText, kOut, "10.2.0.2", 443, {1, 50, 5});
  const auto out = s.Correlate();
  EXPECT_EQ(NumberAt(*out.horizons[0].host, "pairs_left_out_cnt", 0), 4);
  EXPECT_EQ(NumberAt(*out.horizons[0].host, "pairs_left_out_cnt", 1), 0);
  EXPECT_EQ(NumberAt(*out.horizons[0].host, "rare_pair_cnt", 0), 1004);
  EXPECT_EQ(NumberAt(*out.horizons[0].host, "new_pair_cnt", 0), 1003);
  const auto& p = *out.horizons[0].pair;
  ASSERT_EQ(p.num_rows(), 1000);
  // Left out: the rare one, and of the new ones the last three addresses below: 10.1.3.249 .. 10.1.4.1.
  EXPECT_EQ(AddressAt(p, "peer_ip", 999), "10.2.0.2");
  EXPECT_EQ(AddressAt(p, "peer_ip", 998), "10.1.3.248");
}

TEST(PairRows, BeaconsAndFailingPairsOfTheLongestWindow) {
  Scene s = TwoWindows();
  const auto add = [&](const char* peer, int32_t port, int64_t sessions, int64_t failed,
                       pairs::PairRhythm rhythm) {
    s.PairOfHost(0, kHostText, peer, port < 0 ? 1 : port, 99, 5);
    s.pairs.Add(kHostText, kOut, peer, port, {sessions, 0, 0, 0, failed, 0}).rhythm[4] = rhythm;
  };
  add("203.0.113.1", 443, 100, 0, {100, true, 14, true, 0.5});             // just a beacon
  add("203.0.113.2", 443, 100, 0, {100, true, 14, true, 0.49});            // not
  add("203.0.113.3", pairs::kNoPort, 100, 0, {100, true, 14, true, 0.9});  // a beacon without a port
  add("203.0.113.4", 443, 100, 50, {31, true, 14, false, 0});              // half of the sessions failed
  add("203.0.113.5", 443, 100, 49, {31, true, 14, false, 0});              // fewer
  add("203.0.113.7", pairs::kNoPort, 100, 100,
      {90, true, 14, false, 0});                               // without a port only beacons stand there
  add("203.0.113.6", 443, 100, 50, {30, true, 14, false, 0});  // too few minutes
  const auto out = s.Correlate();
  const auto& p = *out.horizons[0].pair;
  ASSERT_EQ(p.num_rows(), 3);
  for (int64_t r = 0; r < 3; ++r) EXPECT_EQ(TextAt(p, "window_label", r), "w_24h");
  EXPECT_EQ(NumberAt(p, "beacon_score", 0), 0.5);
  EXPECT_EQ(NumberAt(p, "gap_median", 0), 14);
  EXPECT_EQ(NumberAt(p, "active_minutes_cnt", 0), 100);
  EXPECT_EQ(NumberAt(p, "active_days", 0), 5);
  EXPECT_EQ(NumberAt(p, "pair_seen_count", 0), 99);
  EXPECT_EQ(NumberAt(p, "is_rare_pair_flag", 0), 0);
  EXPECT_EQ(NumberAt(p, "beacon_score", 1), 0.9);
  for (const char* column :
       {"dst_port", "pair_seen_count", "pair_rarity_score", "is_new_pair_flag", "is_rare_pair_flag"})
    EXPECT_TRUE(IsNull(NumberAt(p, column, 1))) << column;
  EXPECT_EQ(NumberAt(p, "active_days", 1), 0);
  EXPECT_EQ(NumberAt(p, "failed_cnt", 2), 50);
  EXPECT_TRUE(IsNull(NumberAt(p, "beacon_score", 2)));
}

TEST(PairRows, FailingPairsAreOutboundOnly) {
  Scene s;
  s.Row(kHostText, kIn, "w_24h", {{"sessions_cnt", 50.0}});
  s.PairOfHost(0, "10.9.9.9", kHostText, 80, 1);
  s.pairs.Add(kHostText, kIn, "10.0.0.9", 443, {100, 0, 0, 0, 100, 0}).rhythm[4] = {60, true, 14, false, 0};
  EXPECT_EQ(s.Correlate().horizons[0].pair->num_rows(), 0);
}

TEST(PairRows, EachHorizonShowsItsOwn) {
  Scene s = TwoWindows();
  s.horizons = {{"7d", 7}, {"30d", 30}};
  for (const char* w : {"w_15m", "w_24h"}) {
    s.Global(1, kOut, w, {});
    s.Metadata(1, kHostText, kOut, w, false);
  }
  s.PairOfHost(1, kHostText, "10.0.0.9", 443, 9);
  s.pairs.Add(kHostText, kOut, "10.0.0.9", 443, {6});
  const auto out = s.Correlate();
  EXPECT_EQ(out.horizons[0].pair->num_rows(), 1);
  EXPECT_EQ(out.horizons[1].pair->num_rows(), 0);
  EXPECT_EQ(NumberAt(*out.horizons[1].host, "pair_rarity_max", 0), 0.1);
}

TEST(PairRows, OneWindowShowsAPairOnce) {
  spec::Project project = spec::DefaultProject();
  project.catalogue.windows = {{"w_8h", 32}};
  project.findings.windows = {"w_8h"};
  Scene s(project);
  s.Row(kHostText, kOut, "w_8h", {{"sessions_cnt", 50.0}});
  s.pairs.Add(kHostText, kOut, "203.0.113.1", 443, {100}, 1).rhythm[0] = {100, true, 14, true, 0.9};
  const auto out = s.Correlate();
  ASSERT_EQ(out.horizons[0].pair->num_rows(), 1);
  EXPECT_EQ(NumberAt(*out.horizons[0].pair, "beacon_score", 0), 0.9);
}

TEST(RarityCache, ARenumberingForgetsWhatWasLookedUp) {
  Scene s = TwoWindows();
  s.PairOfHost(0, kHostText, "10.0.0.9", 443, 9);
  s.pairs.Add(kHostText, kOut, "10.0.0.9", 443, {6});
  auto correlator = Correlator::Make(s.context, s.MakeReference()).ValueOrDie();
  const auto rarity = [&] {
    return NumberAt(*correlator->Correlate(*s.FgA(), s.pairs).ValueOrDie().horizons[0].host,
                    "pair_rarity_max", 0);
  };
  EXPECT_EQ(rarity(), 0.1);
  s.pairs.entries[0].peer = Ip("10.0.0.8");  // another pair in the slot
  EXPECT_EQ(rarity(), 0.1) << "kept by slot";
  s.pairs.generation_ = 2;
  EXPECT_EQ(rarity(), 1);
}

}  // namespace
}  // namespace ndr::correlation
