// SPDX-License-Identifier: Apache-2.0
// Every metric of FG-A by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "windows/fg_a_case.h"

namespace ndr::windows {
namespace {

using testing::FgA;
using testing::FindRow;
using testing::Ip;
using testing::kA;
using testing::kB;
using testing::kFirst;
using testing::Kind;
using testing::kX;
using testing::Record;

const base::Address kC = Ip("10.0.0.3"), kE = Ip("10.0.0.5"), kF = Ip("10.0.0.6"), kG = Ip("10.0.0.7"),
                    kD = Ip("10.0.9.4");

// A saw B in 5 sessions and C in 2 on the first day (slice 50); slice 97 is the one that the tests look at.
std::vector<Record> Scene() {
  std::vector<Record> r(10);
  r[0] = {.slice = 50, .src = kA, .dst = kB, .port = 443, .n = 5, .bytes_src = 1, .bytes_dst = 1000};
  r[1] = {.slice = 50, .src = kA, .dst = kC, .port = 80, .n = 2, .bytes_src = 1, .bytes_dst = 1000};
  r[2] = {.slice = 97,
          .minute = 0,
          .src = kA,
          .dst = kB,
          .port = 443,
          .n = 3,
          .bytes_src = 300,
          .bytes_dst = 3000,
          .duration_us = 2'000'000};
  r[3] = {.slice = 97,
          .minute = 0,
          .src = kA,
          .dst = kC,
          .port = 80,
          .duration_us = 500'000,
          .denied = true,
          .zero_reply = true};
  r[4] = {.slice = 97,
          .minute = 1,
          .src = kA,
          .dst = kD,
          .port = 22,
          .bytes_src = 50,
          .bytes_dst = 70,
          .duration_us = 1'000'000};
  r[5] = {.slice = 97,
          .minute = 1,
          .src = kA,
          .dst = kX,
          .port = 443,
          .bytes_src = 9000,
          .bytes_dst = 100,
          .duration_us = 4'000'000,
          .transport = "udp"};
  r[6] = {.slice = 97,
          .minute = 2,
          .src = kA,
          .dst = kX,
          .n = 2,
          .bytes_src = 10,
          .duration_us = 100'000,
          .zero_reply = true,
          .transport = "icmp"};
  r[7] = {.slice = 97,
          .minute = 2,
          .src = kA,
          .dst = kE,
          .port = 445,
          .duration_us = 200'000,
          .zero_reply = true};
  r[8] = {.slice = 97,
          .minute = 2,
          .src = kA,
          .dst = kF,
          .port = 445,
          .duration_us = 200'000,
          .zero_reply = true};
  r[9] = {.slice = 97, .minute = 3, .src = kA, .dst = kX, .port = 443, .kind = Kind::kThreat};
  return r;
}

TEST_F(FgA, AdditiveMetricsAndRatios) {
  Run(Scene(), 98);
  const auto text = [&](const std::string& column) { return Text("10.0.0.1", "outbound", "w_15m", column); };
  const auto real = [&](const std::string& column) { return Real("10.0.0.1", "outbound", "w_15m", column); };
  EXPECT_EQ(text("sessions_cnt"), "10");  // 3 + 1 + 1 + 1 + 2 + 1 + 1
  EXPECT_EQ(text("allow_cnt"), "9");
  EXPECT_EQ(text("deny_cnt"), "1");
  EXPECT_EQ(text("alert_cnt"), "1");
  EXPECT_EQ(text("threat_cnt"), "1");
  EXPECT_EQ(text("vulnerability_cnt"), "1");
  EXPECT_EQ(text("traffic_cnt"), "10");
  EXPECT_EQ(text("zero_reply_cnt"), "5");     // C, X twice, E, F
  EXPECT_EQ(text("short_session_cnt"), "6");  // those and D's second
  EXPECT_EQ(text("tcp_cnt"), "7");
  EXPECT_EQ(text("high_risk_port_sessions_cnt"), "2");
  EXPECT_EQ(text("admin_port_sessions_cnt"), "1");
  EXPECT_EQ(text("fileshare_port_sessions_cnt"), "2");
  EXPECT_EQ(text("directory_port_sessions_cnt"), "0");
  EXPECT_EQ(text("mail_port_sessions_cnt"), "0");
  EXPECT_EQ(text("bytes_src_sum"), "9360");
  EXPECT_EQ(text("bytes_dst_sum"), "3170");
  EXPECT_EQ(text("max_sessions_per_minute"), "4");  // minutes 0 and 2
  EXPECT_EQ(text("has_high_risk_port_activity"), "1");
  EXPECT_DOUBLE_EQ(real("duration_sum"), 12.1);  // 6 + 0.5 + 1 + 4 + 0.2 + 0.2 + 0.2
  EXPECT_DOUBLE_EQ(real("duration_mean"), 1.21);
  EXPECT_DOUBLE_EQ(real("deny_ratio"), 0.1);
  EXPECT_DOUBLE_EQ(real("tcp_ratio"), 0.7);
  EXPECT_DOUBLE_EQ(real("udp_ratio"), 0.1);
  EXPECT_DOUBLE_EQ(real("icmp_ratio"), 0.2);
  EXPECT_DOUBLE_EQ(real("bytes_asymmetry_ratio"), 9360.0 / 3171);
  EXPECT_DOUBLE_EQ(real("bytes_asymmetry_log"), std::log(9361.0 / 3171));
}

TEST_F(FgA, PeersPortsAndSegments) {
  Run(Scene(), 98);
  const auto text = [&](const std::string& column) { return Text("10.0.0.1", "outbound", "w_15m", column); };
  const auto real = [&](const std::string& column) { return Real("10.0.0.1", "outbound", "w_15m", column); };
  EXPECT_EQ(text("peer_ip_nunique"), "6");
  EXPECT_EQ(text("peer_port_nunique"), "4");     // 443, 80, 22, 445
  EXPECT_EQ(text("peer_segment_nunique"), "3");  // 10.0.0.0/24, 10.0.9.0/24, 203.0.113.0/24
  // Sessions by peer 3 1 1 3 1 1 of 10; by port 4 1 1 2 of 8 (the two without a port do not count).
  EXPECT_NEAR(real("peer_ip_entropy"), -(2 * 0.3 * std::log(0.3) + 4 * 0.1 * std::log(0.1)), 1e-15);
  EXPECT_NEAR(real("peer_port_entropy"),
              -(0.5 * std::log(0.5) + 2 * 0.125 * std::log(0.125) + 0.25 * std::log(0.25)), 1e-15);
  EXPECT_DOUBLE_EQ(real("peer_ip_top1_sessions_share"), 0.3);
  EXPECT_DOUBLE_EQ(real("peer_port_top1_sessions_share"), 0.5);
  // Bytes: B 3300, D 120, X 9100 on its port and 10 without; by port 443: 12400, 22: 120.
  EXPECT_DOUBLE_EQ(real("peer_ip_top1_bytes_share"), 9110.0 / 12530);
  EXPECT_DOUBLE_EQ(real("peer_port_top1_bytes_share"), 12400.0 / 12520);
  EXPECT_EQ(text("high_risk_port_nunique"), "1");       // 445
  EXPECT_EQ(text("high_risk_port_unique_peers"), "2");  // E, F
  EXPECT_EQ(text("admin_port_unique_peers"), "1");      // D
  EXPECT_EQ(text("high_risk_segment_sessions_cnt"), "1");
  EXPECT_EQ(text("high_risk_segment_unique_peers"), "1");
  EXPECT_EQ(text("has_high_risk_segment_interaction"), "1");
  EXPECT_EQ(text("failed_peers_per_port_max"), "2");  // E and F on 445
  EXPECT_EQ(text("failed_peers_per_port_at"), "445");
  EXPECT_EQ(text("failed_ports_per_peer_max"), "1");  // C, E, F: the lowest
  EXPECT_EQ(text("failed_ports_per_peer_at"), "10.0.0.3");
}

TEST_F(FgA, Novelty) {
  Run(Scene(), 98);
  const auto text = [&](const std::string& column) { return Text("10.0.0.1", "outbound", "w_15m", column); };
  const auto real = [&](const std::string& column) { return Real("10.0.0.1", "outbound", "w_15m", column); };
  EXPECT_EQ(text("lookback_days_covered"), "1");
  EXPECT_EQ(text("new_peer_cnt"), "4");  // D X E F
  EXPECT_EQ(text("new_dst_port_cnt"), "2");
  EXPECT_EQ(text("new_pair_cnt"), "4");
  EXPECT_EQ(text("new_segment_cnt"), "2");
  EXPECT_DOUBLE_EQ(real("new_peer_ratio"), 4.0 / 6);
  EXPECT_EQ(text("rare_peer_cnt"), "1");  // C in 2 sessions
  EXPECT_EQ(text("rare_dst_port_cnt"), "1");
  EXPECT_EQ(text("rare_pair_cnt"), "1");
  // N = 7 sessions, V = 2: B -ln 6/10, C -ln 3/10, four new ones -ln 1/10; ports: 443, 80 and two new ones.
  EXPECT_NEAR(real("pair_rarity_score_mean"), -(std::log(0.6) + std::log(0.3) + 4 * std::log(0.1)) / 6,
              1e-15);
  EXPECT_NEAR(real("pair_rarity_score_max"), -std::log(0.1), 1e-15);
  EXPECT_NEAR(real("dst_port_rarity_score_mean"), -(std::log(0.6) + std::log(0.3) + 2 * std::log(0.1)) / 4,
              1e-15);
  EXPECT_EQ(text("reached_new_peer_cnt"), "2");  // D, X
  EXPECT_EQ(text("reached_new_port_cnt"), "1");  // 22
  EXPECT_EQ(text("new_peer_bytes_sent_max"), "9010");
  EXPECT_EQ(text("new_peer_bytes_sent_at"), "203.0.113.5");
  EXPECT_EQ(text("new_admin_reach"), "1");  // D: 1 + 2 as nobody else goes there, less 2 failed peers
  EXPECT_EQ(Text("10.0.0.1", "outbound", "w_1h", "new_peer_cnt"),
            "null");  // it starts in slice 94 of day one
  EXPECT_EQ(Text("10.0.0.1", "outbound", "w_1h", "lookback_days_covered"), "0");
}

TEST_F(FgA, PeerOfAnotherHostIsNoSecret) {
  auto records = Scene();
  records.push_back({.slice = 60, .src = kG, .dst = kD, .port = 443, .bytes_dst = 1000});
  Run(records, 98);
  EXPECT_EQ(Text("10.0.0.1", "outbound", "w_15m", "new_admin_reach"), "0");  // 1 + 0 - 2
}

TEST_F(FgA, KeysAndCalendar) {
  Run(Scene(), 98, {96});
  const auto text = [&](const std::string& column) { return Text("10.0.9.4", "inbound", "w_1h", column); };
  EXPECT_EQ(text("record_id"), "10.0.9.4|inbound|w_1h|2024-04-21T00:30:00Z");
  EXPECT_EQ(text("segment_id"), "10.0.9.0/24");
  EXPECT_EQ(text("time_band"), "WE_NIGHT");
  EXPECT_EQ(text("mini_batch_id"), "20240421T002500Z");
  EXPECT_EQ(text("slices_covered"), "3");  // slice 96 is missing
  EXPECT_EQ(text("hour_of_day"), "0");
  EXPECT_EQ(text("day_of_week"), "7");
  EXPECT_EQ(text("is_weekend"), "1");
  EXPECT_EQ(builder_->counters().Get("missing_slices"), 1);
  const auto start = *catalogue::Values<int64_t>(*rows_, "window_start_ts"),
             end = *catalogue::Values<int64_t>(*rows_, "window_end_ts");
  const auto row = static_cast<size_t>(FindRow(*rows_, "10.0.9.4", "inbound", "w_1h"));
  EXPECT_EQ(end[row] - start[row], 4 * base::kSliceMicros);
  // The host's bytes are those of the session in both roles.
  EXPECT_EQ(text("bytes_src_sum"), "50");
  EXPECT_EQ(text("bytes_dst_sum"), "70");
}

TEST_F(FgA, RowsOfThreatAloneAndNoneOfStartAlone) {
  Run({{.slice = 96, .src = kX, .dst = kA, .port = 443, .kind = Kind::kThreat},
       {.slice = 96, .src = kB, .dst = kX, .port = 443, .kind = Kind::kStart}},
      98);
  EXPECT_EQ(Text("10.0.0.2", "outbound", "w_8h", "traffic_cnt"), "no row");
  EXPECT_EQ(Text("10.0.0.1", "inbound", "w_15m", "threat_cnt"), "no row");  // slice 96 has left it
  const auto text = [&](const std::string& column) { return Text("10.0.0.1", "inbound", "w_8h", column); };
  EXPECT_EQ(text("threat_cnt"), "1");
  EXPECT_EQ(text("sessions_cnt"), "0");
  for (const std::string null :
       {"duration_mean", "deny_ratio", "peer_ip_entropy", "peer_port_entropy", "peer_ip_top1_sessions_share",
        "peer_port_top1_bytes_share", "bytes_asymmetry_log", "failed_peers_per_port_at"})
    EXPECT_EQ(text(null), "null") << null;
  EXPECT_EQ(text("peer_ip_nunique"), "0");
  EXPECT_EQ(text("beacon_pair_cnt"), "0");
  EXPECT_EQ(Real("10.0.0.1", "inbound", "w_8h", "beacon_score_max"), 0);
  EXPECT_EQ(Text("10.0.0.1", "inbound", "w_1h", "beacon_score_max"), "null");
}

TEST_F(FgA, Beacon) {
  // A clock of 20 minutes over 8 h: 24 active minutes, 23 gaps of 20: 2 * 460/479 > 1, so 1.
  std::vector<Record> records;
  for (int minute = 5; minute < 480; minute += 20)
    records.push_back({.slice = minute / 15,
                       .minute = minute % 15,
                       .src = kA,
                       .dst = kX,
                       .port = 443,
                       .bytes_src = 1,
                       .bytes_dst = 1000});
  Run(records, 32);
  EXPECT_EQ(Real("10.0.0.1", "outbound", "w_8h", "beacon_score_max"), 1);
  EXPECT_EQ(Text("10.0.0.1", "outbound", "w_8h", "beacon_pair_cnt"), "1");
  // Eight hours less one slice later it has 2 sessions, too few for a score.
  ASSERT_TRUE(case_->Step(builder_.get(), 29).ok());
  rows_ = *builder_->Rows("b");
  EXPECT_EQ(Text("10.0.0.1", "outbound", "w_8h", "sessions_cnt"), "2");
  EXPECT_EQ(Real("10.0.0.1", "outbound", "w_8h", "beacon_score_max"), 0);
  EXPECT_EQ(Text("10.0.0.1", "outbound", "w_8h", "beacon_pair_cnt"), "0");
}

TEST_F(FgA, DarkHosts) {
  // C was only tried in vain; B answered in the longest window; E spoke itself; F is named by a THREAT row; G
  // logged a start.
  const std::vector<Record> records = {{.slice = 9, .src = kX, .dst = kC, .port = 22, .zero_reply = true},
                                       {.slice = 1, .src = kX, .dst = kB, .port = 22, .bytes_dst = 500},
                                       {.slice = 9, .src = kX, .dst = kB, .port = 22, .zero_reply = true},
                                       {.slice = 9, .src = kX, .dst = kE, .port = 22, .zero_reply = true},
                                       {.slice = 2, .src = kE, .dst = kX, .port = 22, .zero_reply = true},
                                       {.slice = 9, .src = kX, .dst = kF, .port = 22, .zero_reply = true},
                                       {.slice = 9, .src = kX, .dst = kF, .port = 22, .kind = Kind::kThreat},
                                       {.slice = 9, .src = kX, .dst = kG, .port = 22, .zero_reply = true},
                                       {.slice = 9, .src = kG, .dst = kX, .port = 22, .kind = Kind::kStart}};
  Run(records, 10);
  EXPECT_EQ(Text("10.0.0.3", "inbound", "w_15m", "sessions_cnt"), "1");
  const int64_t all = rows_->num_rows();
  Run(records, 10, {}, true);
  EXPECT_EQ(Text("10.0.0.3", "inbound", "w_15m", "sessions_cnt"), "no row");
  EXPECT_EQ(rows_->num_rows(), all - 3);
  EXPECT_EQ(builder_->counters().Get("dark_hosts"), 1);
}

// 1 byte of 1 byte.
TEST_F(FgA, OneByteIsAWholeShare) {
  Run({{.slice = 0, .src = kA, .dst = kX, .port = 443, .bytes_src = 1}}, 1);
  EXPECT_EQ(Real("10.0.0.1", "outbound", "w_15m", "peer_ip_top1_bytes_share"), 1);
  EXPECT_EQ(Real("10.0.0.1", "outbound", "w_15m", "peer_port_top1_bytes_share"), 1);
}

TEST_F(FgA, RefusesWhatDoesNotFollow) {
  Run({}, 1);
  EXPECT_EQ(rows_->num_rows(), 0);
  EXPECT_TRUE(builder_->Advance(kFirst, true, {}, {}).IsInvalid());
  const auto other = testing::PairBatch(*context_, kFirst, {{.src = kA, .dst = kB, .port = 1}});
  EXPECT_TRUE(builder_->Advance(builder_->end(), true, {}, {other}).IsInvalid());
  EXPECT_TRUE(builder_->Start(kFirst - base::kSliceMicros).IsInvalid());
  EXPECT_TRUE(builder_->Start(kFirst + 1).IsInvalid());
}

}  // namespace
}  // namespace ndr::windows
