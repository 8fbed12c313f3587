// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "correlation/scene.h"

namespace ndr::correlation {
namespace {

using testing::HasSubstr;

double ScoreFor(double evidence) { return 100 * (1 - std::exp(-evidence / 4)); }

TEST(Evidence, AScannerAgainstItselfAndItsPeers) {
  Scene s;
  s.Row(kHostText, kOut, "w_1h", {{"failed_peers_per_port_max", 926.0}, {"failed_peers_per_port_at", 25.0}});
  s.Host(0, kHostText, kOut, "w_1h", {{"failed_peers_per_port_max", {0, 0, 0, 0, 86}}});
  s.Segment(0, kSegmentText, kOut, "w_1h", {{"failed_peers_per_port_max", {0, 0, 0, 5}}});
  s.Global(0, kOut, "w_1h", {});
  s.Metadata(0, kHostText, kOut, "w_1h", false);
  const auto out = s.Correlate();
  const auto& e = *out.evidence;
  ASSERT_EQ(e.num_rows(), 1);
  const double change = std::log(936.0 / 96), standing = std::log(936.0 / 15);
  EXPECT_DOUBLE_EQ(NumberAt(e, "evidence_scanning", 0), change);
  EXPECT_DOUBLE_EQ(NumberAt(e, "standing_evidence_scanning", 0), standing);
  EXPECT_TRUE(IsNull(NumberAt(e, "evidence_denials", 0)));
  EXPECT_DOUBLE_EQ(NumberAt(e, "score", 0), ScoreFor(change));
  EXPECT_DOUBLE_EQ(NumberAt(e, "standing_score", 0), ScoreFor(standing));
  EXPECT_EQ(TextAt(e, "kind", 0), "scanning");
  EXPECT_EQ(TextAt(e, "segment_id", 0), kSegmentText);
  const auto reasons = ListAt(e, "reasons", 0);
  ASSERT_EQ(reasons.size(), 1u);
  EXPECT_THAT(
      reasons[0],
      HasSubstr(
          "kind:string = scanning, metric:string = failed_peers_per_port_max, role:string = outbound, "
          "window_label:string = w_1h, x:double = 926, own:double = 86, peers:double = 5, at:string = 25"));
}

TEST(Evidence, OverSeveralHorizonsTheLargestOfEach) {
  Scene s;
  s.horizons = {{"7d", 7}, {"30d", 30}};
  s.Row(kHostText, kOut, "w_1h", {{"deny_cnt", 950.0}});
  for (const size_t h : {size_t{0}, size_t{1}}) {
    s.Host(h, kHostText, kOut, "w_1h", {{"deny_cnt", {0, 0, 0, 0, h == 0 ? 150.0 : 50.0}}});
    s.Segment(h, kSegmentText, kOut, "w_1h", {{"deny_cnt", {0, 0, 0, h == 0 ? 10.0 : 30.0}}});
    s.Global(h, kOut, "w_1h", {});
    s.Metadata(h, kHostText, kOut, "w_1h", false);
  }
  const auto out = s.Correlate();
  EXPECT_DOUBLE_EQ(NumberAt(*out.evidence, "evidence_denials", 0), std::log(1000.0 / 200));
  EXPECT_DOUBLE_EQ(NumberAt(*out.evidence, "standing_evidence_denials", 0), std::log(1000.0 / 80));
}

TEST(Evidence, PeersAreTheSegmentOfTwentyHostsElseTheNetworkOfTwenty) {
  // The segment's p95 is 40, the network's 60; the ceiling is 100.
  const auto peers = [](double in_segment, double in_network, bool segment_cold) {
    Scene s;
    s.Row(kHostText, kOut, "w_1h", {{"deny_cnt", 950.0}});
    s.Segment(0, kSegmentText, kOut, "w_1h", {{"deny_cnt", {0, 0, 0, 40, 0, 99, segment_cold}}},
              {{"hosts_cnt", in_segment}});
    s.Global(0, kOut, "w_1h", {{"deny_cnt", {0, 0, 0, 60, 0, 99, true}}}, {{"hosts_cnt", in_network}});
    return NumberAt(*s.Correlate().evidence, "standing_evidence_denials", 0);
  };
  EXPECT_DOUBLE_EQ(peers(20, 20, false), std::log(1000.0 / 90));
  EXPECT_DOUBLE_EQ(peers(19, 20, false), std::log(1000.0 / 110));
  EXPECT_DOUBLE_EQ(peers(20, 20, true), std::log(1000.0 / 110));
  EXPECT_DOUBLE_EQ(peers(19, 19, false), std::log(1000.0 / 150));
}

TEST(Evidence, WindowsSpeakWhereTheyAreCovered) {
  for (const double covered : {3.0, 4.0}) {
    Scene s;
    s.Row(kHostText, kOut, "w_1h", {{"deny_cnt", 950.0}, {"slices_covered", covered}});
    s.Row(kHostText, kOut, "w_8h", {{"deny_cnt", 9500.0}});  // no window of findings
    EXPECT_EQ(s.Correlate().evidence->num_rows(), covered == 4);
  }
}

TEST(Evidence, BytesAreThoseThatTheHostSent) {
  Scene s;
  const Record bytes = {{"bytes_src_sum", 900e6}, {"bytes_dst_sum", 9500e6}, {"lookback_days_covered", 5.0}};
  s.Row(kHostText, kIn, "w_1h", bytes);
  s.Global(0, kIn, "w_1h", {});
  const auto out = s.Correlate();
  // Inbound it sent bytes_dst_sum: 0.5 ln(9600/100); received 0.5 ln(1400/500).
  EXPECT_DOUBLE_EQ(NumberAt(*out.evidence, "evidence_volume", 0), 0.5 * std::log(96));
  EXPECT_THAT(ListAt(*out.evidence, "reasons", 0)[0],
              HasSubstr("metric:string = bytes_dst_sum, role:string = inbound"));
}

TEST(Evidence, WhatManyHostsDoAtOnceIsTheNetworksDoing) {
  // Six hosts with changes of ln(2), ln(3) ... ln(7) against 0: the fourth largest is ln(4).
  Scene s;
  s.Global(0, kOut, "w_1h", {});
  for (int i = 2; i <= 7; ++i)
    s.Row(("10.0.0." + std::to_string(i)).c_str(), kOut, "w_1h",
          {{"sessions_cnt", (i - 1) * 500.0}, {"lookback_days_covered", 9.0}});
  // x > 500 does not hold for the first.
  const auto low = s.Correlate();
  EXPECT_EQ(low.evidence->num_rows(), 0) << "ln(7/4) is a score of 13";
  s.rows.back()["sessions_cnt"] = 499500.0;  // ln(1000) - ln(4)
  const auto out = s.Correlate();
  ASSERT_EQ(out.evidence->num_rows(), 1);
  EXPECT_DOUBLE_EQ(NumberAt(*out.evidence, "evidence_volume", 0), std::log(1000) - std::log(4));
}

TEST(Evidence, FewerThanKShareNothing) {
  Scene s;
  s.Global(0, kOut, "w_1h", {});
  for (int i = 1; i <= 3; ++i)
    s.Row(("10.0.0." + std::to_string(i)).c_str(), kOut, "w_1h",
          {{"sessions_cnt", 499500.0}, {"lookback_days_covered", 9.0}});
  const auto out = s.Correlate();
  ASSERT_EQ(out.evidence->num_rows(), 3);
  EXPECT_DOUBLE_EQ(NumberAt(*out.evidence, "evidence_volume", 2), std::log(1000));
}

TEST(Evidence, AKindCountsOnceAndOthersAQuarter) {
  Scene s;
  s.Row(kHostText, kOut, "w_1h",
        {{"deny_cnt", 950.0}, {"failed_peers_per_port_max", 990.0}, {"failed_ports_per_peer_max", 870.0}});
  s.Row(kHostText, kOut, "w_24h", {{"deny_cnt", 1950.0}});
  const auto out = s.Correlate();
  const auto& e = *out.evidence;
  // Without a reference peers are the ceiling: denials ln(2000/150), scanning max(ln(1000/30), ln(900/90)).
  const double denials = std::log(2000.0 / 150), scanning = std::log(1000.0 / 30);
  EXPECT_DOUBLE_EQ(NumberAt(e, "evidence_denials", 0), denials);
  EXPECT_DOUBLE_EQ(NumberAt(e, "evidence_scanning", 0), scanning);
  EXPECT_DOUBLE_EQ(NumberAt(e, "score", 0), ScoreFor(scanning + denials / 4));
  const auto reasons = ListAt(e, "reasons", 0);
  ASSERT_EQ(reasons.size(), 2u);
  EXPECT_THAT(reasons[0], HasSubstr("failed_peers_per_port_max"));
  EXPECT_THAT(reasons[1], HasSubstr("window_label:string = w_24h"));
}

// Always 100 addresses: what it always does and what it does now may be two terms of one kind. Peers do
// nothing.
Scene AScannerWithAHistory(double addresses_now, double ports_now, double own_ports) {
  Scene s;
  s.Row(kHostText, kOut, "w_1h",
        {{"failed_peers_per_port_max", addresses_now},
         {"failed_peers_per_port_at", 25.0},
         {"failed_ports_per_peer_max", ports_now}});
  s.Host(0, kHostText, kOut, "w_1h",
         {{"failed_peers_per_port_max", {0, 0, 0, 0, 100}},
          {"failed_ports_per_peer_max", {0, 0, 0, 0, own_ports}}});
  s.Segment(0, kSegmentText, kOut, "w_1h", {});  // p95 0
  s.Global(0, kOut, "w_1h", {});
  s.Metadata(0, kHostText, kOut, "w_1h", false);
  return s;
}

TEST(Evidence, BothSidesOfAKindKeepTheirTerm) {
  // Addresses: change ln(113/110) = 0.03, standing ln(113/10) = 2.42. Ports: both ln(65/30) = 0.77.
  const auto out = AScannerWithAHistory(103, 35, 0).Correlate();
  EXPECT_DOUBLE_EQ(NumberAt(*out.evidence, "evidence_scanning", 0), std::log(65.0 / 30));
  EXPECT_DOUBLE_EQ(NumberAt(*out.evidence, "standing_evidence_scanning", 0), std::log(113.0 / 10));
  const auto reasons = ListAt(*out.evidence, "reasons", 0);
  ASSERT_EQ(reasons.size(), 2u);
  EXPECT_THAT(reasons[0], HasSubstr("metric:string = failed_ports_per_peer_max"));
  EXPECT_THAT(reasons[1], HasSubstr("metric:string = failed_peers_per_port_max"));
  // Without any change of its own the term of the standing side stays.
  EXPECT_THAT(ListAt(*AScannerWithAHistory(100, 35, 0).Correlate().evidence, "reasons", 0)[1],
              HasSubstr("x:double = 100"));
}

TEST(Evidence, ATermThatIsStrongestOnBothSidesStandsOnce) {
  // Addresses: change ln(990/110) = 2.20, standing ln(990/10) = 4.60, more than those of the ports.
  const auto both = AScannerWithAHistory(980, 35, 0).Correlate();
  ASSERT_EQ(ListAt(*both.evidence, "reasons", 0).size(), 1u);
  EXPECT_THAT(ListAt(*both.evidence, "reasons", 0)[0], HasSubstr("failed_peers_per_port_max"));
  // Nothing changed: ports have ln(65/65) = 0 and ln(65/30), addresses 0 and ln(110/10).
  const auto none = AScannerWithAHistory(100, 35, 35).Correlate();
  ASSERT_EQ(ListAt(*none.evidence, "reasons", 0).size(), 1u);
  EXPECT_THAT(ListAt(*none.evidence, "reasons", 0)[0], HasSubstr("failed_peers_per_port_max"));
}

// An outbound pair of the longest window with a clear beacon, q = 0.95 x 0.9 x 0.9.
Scene Beacon(const char* peer, int32_t port, int64_t active_days = 0) {
  Scene s;
  s.Row(kHostText, kOut, "w_24h", {{"sessions_cnt", 100.0}});
  if (active_days > 0) s.PairOfHost(0, kHostText, peer, port, 50, active_days);
  s.pairs.Add(kHostText, kOut, peer, port, {100, 0, 0, 0, 4, 90}).rhythm[4] = {100, true, 14, true, 0.95};
  return s;
}

TEST(Beaconing, IsChangeAndStandingOfAPairThatIsNotOld) {
  const double evidence = 2.5 * std::log(0.5 / 0.2305);
  const auto out = Beacon("203.0.113.9", 443).Correlate();
  ASSERT_EQ(out.evidence->num_rows(), 1);
  EXPECT_NEAR(NumberAt(*out.evidence, "evidence_beaconing", 0), evidence, 1e-12);
  EXPECT_NEAR(NumberAt(*out.evidence, "standing_evidence_beaconing", 0), evidence, 1e-12);
  EXPECT_THAT(ListAt(*out.evidence, "reasons", 0)[0],
              HasSubstr("metric:string = beacon_score, role:string = outbound, window_label:string = w_24h, "
                        "x:double = 0.95, "
                        "own:double = null, peers:double = null, at:string = 203.0.113.9|443"));
  EXPECT_THAT(ListAt(*out.evidence, "reasons", 0)[0], HasSubstr("gap_median:double = 14"));
  EXPECT_EQ(NumberAt(*Beacon("203.0.113.9", 443, 2).Correlate().evidence, "score", 0),
            NumberAt(*out.evidence, "score", 0));
}

TEST(Beaconing, AnOldPairIsHalfAsUnlikeAndNoChange) {
  const auto out = Beacon("203.0.113.9", 443, 3).Correlate();
  ASSERT_EQ(out.evidence->num_rows(), 1) << "0.97 is a score of 21";
  EXPECT_TRUE(IsNull(NumberAt(*out.evidence, "evidence_beaconing", 0)));
  EXPECT_EQ(NumberAt(*out.evidence, "score", 0), 0);
  EXPECT_EQ(TextAt(*out.evidence, "kind", 0), "null");
  EXPECT_EQ(TextAt(*out.evidence, "standing_kind", 0), "beaconing");
  EXPECT_NEAR(NumberAt(*out.evidence, "standing_evidence_beaconing", 0), 1.25 * std::log(0.5 / 0.2305),
              1e-12);
}

TEST(Beaconing, AWeakNewPairHidesNoStrongOldOne) {
  // The new pair's q is 0.7 x 0.9 x 0.9 = 0.567: 2.5 ln(0.5/0.433) = 0.36, below half of the old one's 1.94.
  Scene s = Beacon("203.0.113.9", 443, 3);
  s.pairs.Add(kHostText, kOut, "203.0.113.10", 443, {100, 0, 0, 0, 4, 90}).rhythm[4] = {100, true, 14, true,
                                                                                        0.7};
  const auto out = s.Correlate();
  EXPECT_NEAR(NumberAt(*out.evidence, "evidence_beaconing", 0), 2.5 * std::log(0.5 / 0.433), 1e-12);
  EXPECT_NEAR(NumberAt(*out.evidence, "standing_evidence_beaconing", 0), 1.25 * std::log(0.5 / 0.2305),
              1e-12);
  const auto reasons = ListAt(*out.evidence, "reasons", 0);
  ASSERT_EQ(reasons.size(), 2u);
  EXPECT_THAT(reasons[0], HasSubstr("at:string = 203.0.113.10|443"));
  EXPECT_THAT(reasons[1], HasSubstr("at:string = 203.0.113.9|443"));
}

TEST(Beaconing, OnlyUnicastStrangersOnPortsThatAreNoClocks) {
  for (const char* peer : {"10.9.9.9", "100.64.0.1", "224.0.0.5", "255.255.255.255"})
    EXPECT_EQ(Beacon(peer, 443).Correlate().evidence->num_rows(), 0) << peer;
  EXPECT_EQ(Beacon("203.0.113.9", 123).Correlate().evidence->num_rows(), 0);
  const auto out = Beacon("203.0.113.9", pairs::kNoPort).Correlate();
  ASSERT_EQ(out.evidence->num_rows(), 1);
  EXPECT_THAT(ListAt(*out.evidence, "reasons", 0)[0], HasSubstr("at:string = 203.0.113.9,"));
}

TEST(Beaconing, ADeadAddressCounts) {
  Scene s;
  s.Row(kHostText, kOut, "w_24h", {{"sessions_cnt", 300.0}});
  s.pairs.Add(kHostText, kOut, "203.0.113.9", 443, {300, 0, 0, 0, 300, 0}).rhythm[4] = {210, true, 5, false,
                                                                                        0};
  const auto out = s.Correlate();
  ASSERT_EQ(out.evidence->num_rows(), 1);
  EXPECT_DOUBLE_EQ(NumberAt(*out.evidence, "evidence_beaconing", 0), std::log(4));  // (210 + 30)/60
  EXPECT_THAT(ListAt(*out.evidence, "reasons", 0)[0], HasSubstr("metric:string = active_minutes_cnt"));
}

TEST(Beaconing, RarityAsksHowManyHostsOfTheRoleAreActive) {
  // Two of 400 active hosts call the peer: rarity 1 - ln 2/ln 400.
  Scene s = Beacon("203.0.113.9", 443);
  s.pairs.entries[0].peer_hosts = 2;
  for (int i = 0; i < 400; ++i)  // one of them without a session
    s.Row(("10.3." + std::to_string(i / 200) + "." + std::to_string(i % 200)).c_str(), kOut, "w_24h",
          {{"sessions_cnt", i == 0 ? 0.0 : 1.0}});
  const double q = 0.7695 * (1 - std::log(2) / std::log(400));
  EXPECT_NEAR(NumberAt(*s.Correlate().evidence, "evidence_beaconing", 0), 2.5 * std::log(0.5 / (1 - q)),
              1e-12);
}

}  // namespace
}  // namespace ndr::correlation
