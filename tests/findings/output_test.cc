// SPDX-License-Identifier: Apache-2.0
// Reasons in words, and findings as a table, JSON lines and CSV.
#include "ndr/findings/output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "ndr/findings/words.h"

namespace ndr::findings {
namespace {

using catalogue::Kind;
using testing::HasSubstr;
using testing::Not;

const base::Micros kEnd = *base::ParseCompact("20240422T074500Z");  // 09:45 in Prague

std::shared_ptr<const spec::Context> Prague() {
  spec::Project project = spec::DefaultProject();
  project.calendar.timezone = "Europe/Prague";
  return spec::MakeContext(project).ValueOrDie();
}

Reason Scan() {
  return {"scanning", "failed_peers_per_port_max", "outbound", "w_1h", 926, 786, 0, "25", 0.16, 4.5, {}};
}

TEST(Words, NumbersAndBytes) {
  EXPECT_EQ(Number(926), "926");
  EXPECT_EQ(Number(1204), "1,204");
  EXPECT_EQ(Number(-1234567), "-1,234,567");
  EXPECT_EQ(Number(0.12345), "0.123");
  EXPECT_EQ(Number(0), "0");
  EXPECT_EQ(Bytes(312), "312 B");
  EXPECT_EQ(Bytes(999), "999 B");
  EXPECT_EQ(Bytes(4100), "4.1 kB");
  EXPECT_EQ(Bytes(1.2e9), "1.2 GB");
  EXPECT_EQ(Bytes(999960), "1.0 MB");
  EXPECT_EQ(LocalTime(Prague()->calendar, kEnd), "2024-04-22 09:45");
}

TEST(Words, AScan) {
  EXPECT_EQ(InWords(Scan(), kEnd, *Prague()),
            "tried 926 addresses on port 25 without an answer in the hour to 09:45; its own p99 is 786, its "
            "network's p95 0");
}

TEST(Words, WhatIsNotKnownIsSaid) {
  Reason r = Scan();
  r.own.reset();
  r.peers = 5;
  EXPECT_EQ(InWords(r, kEnd, *Prague()),
            "tried 926 addresses on port 25 without an answer in the hour to 09:45; it has no history of its "
            "own, its network's p95 is 5");
  r.peers = 20;  // the ceiling
  EXPECT_THAT(InWords(r, kEnd, *Prague()),
              HasSubstr("; it has no history of its own, and more than 20 is never taken as normal"));
  r.peers.reset();
  EXPECT_THAT(InWords(r, kEnd, *Prague()),
              HasSubstr("; it has no history of its own and no peers to compare with"));
  r.at.clear();
  EXPECT_THAT(InWords(r, kEnd, *Prague()), HasSubstr("tried 926 addresses on one port without an answer"));
}

TEST(Words, BytesAreInUnitsAndSeenFromTheHost) {
  const Reason upload = {"exfiltration",
                         "new_peer_bytes_sent_max",
                         "outbound",
                         "w_24h",
                         1.25e9,
                         3e6,
                         0,
                         "203.0.113.9",
                         3,
                         0,
                         {}};
  EXPECT_EQ(InWords(upload, kEnd, *Prague()),
            "sent 1.2 GB to 203.0.113.9, which it had not met before and which sent little back in the 24 "
            "hours to 09:45; its own p99 is "
            "3.0 MB, its network's p95 0 B");
  Reason r = {"volume", "bytes_dst_sum", "inbound", "w_1h", 2e9, 3e6, {}, "", 3, 0, {}};
  EXPECT_THAT(
      InWords(r, kEnd, *Prague()),
      HasSubstr("gave out 2.0 GB to hosts that called it in the hour to 09:45; its own p99 is 3.0 MB"));
  r.role = "outbound";
  EXPECT_THAT(InWords(r, kEnd, *Prague()), HasSubstr("fetched 2.0 GB"));
}

TEST(Words, ABeaconAndADeadAddress) {
  Reason r = {"beaconing", "beacon_score", "outbound", "w_24h", 0.934, {}, {}, "73.54.23.243|80", 2, 2, 5};
  EXPECT_EQ(InWords(r, kEnd, *Prague()),
            "called 73.54.23.243 on port 80 every 5 minutes or so, like a clock, in the 24 hours to 09:45 "
            "(beacon score 0.93 of 1)");
  r.gap_median = 1;
  EXPECT_THAT(InWords(r, kEnd, *Prague()), HasSubstr("every minute or so"));
  r.role = "inbound";
  EXPECT_THAT(InWords(r, kEnd, *Prague()), HasSubstr("was called by 73.54.23.243 on port 80"));
  r = {"beaconing", "active_minutes_cnt", "outbound", "w_24h", 210, {}, {}, "203.0.113.9", 2, 2, 5};
  EXPECT_EQ(InWords(r, kEnd, *Prague()),
            "tried 203.0.113.9 in 210 minutes, mostly without an answer, in the 24 hours to 09:45; nobody "
            "else calls it");
}

TEST(Words, EveryDefaultTermHasASentenceOfItsOwn) {
  const auto context = Prague();
  for (const spec::FindingTerm& t : spec::DefaultTerms())
    for (const catalogue::Role role : t.roles) {
      Reason r = Scan();
      const bool outbound = role == catalogue::Role::kOutbound;
      r.metric = t.metric == "bytes_sent"       ? (outbound ? "bytes_src_sum" : "bytes_dst_sum")
                 : t.metric == "bytes_received" ? (outbound ? "bytes_dst_sum" : "bytes_src_sum")
                                                : t.metric;
      r.role = catalogue::kRoleNames[static_cast<size_t>(role)];
      EXPECT_THAT(InWords(r, kEnd, *context), Not(HasSubstr("_"))) << t.metric;
    }
  Reason r = Scan();
  r.metric = "rst_cnt";
  r.at.clear();
  EXPECT_THAT(InWords(r, kEnd, *context), HasSubstr("rst_cnt (outbound) was 926 in the hour to 09:45"));
}

std::vector<Finding> Two() {
  Finding a;
  a.id = "00112233aabbccdd";
  a.host = *base::ParseAddress("147.32.84.165");
  a.segment = "147.32.84.0/24";
  a.first_ts = kEnd - 60 * base::kMicrosPerMinute;
  a.last_ts = a.strongest_ts = kEnd;
  a.score = 93.4;
  a.severity = Severity::kCritical;
  a.kind = Kind::kScanning;
  a.times = 3;
  a.reasons = {Scan()};
  Finding b = a;
  b.host = *base::ParseAddress("2001:db8::1");
  b.segment = "=HYPERLINK(1), \"x\"";
  b.first_ts = b.last_ts;
  b.score = 30;
  b.severity = Severity::kLow;
  b.standing = true;
  b.times = 1;
  b.silenced = true;
  b.silenced_reason = "our scanner";
  b.reasons.clear();
  return {a, b};
}

TEST(Table, ForPeople) {
  EXPECT_EQ(
      Table(Two(), *Prague(), {}),
      "  #  host (segment)                  when                      score  severity  kind\n"
      "  1  147.32.84.165 (147.32.84.0/24)  2024-04-22 08:45 - 09:45     93  critical  scanning\n"
      "     - tried 926 addresses on port 25 without an answer in the hour to 09:45; its own p99 is 786,\n"
      "       its network's p95 0\n"
      "     (seen 3 times)\n"
      "1 silenced by findings.ignore (--all shows them).\n");
}

TEST(Table, SilencedOnesLimitsAndColour) {
  TableOptions options;
  options.silenced = true;
  const std::string all = Table(Two(), *Prague(), options);
  EXPECT_THAT(all, HasSubstr("(it always was that bad; silenced: our scanner)"));
  EXPECT_THAT(all, Not(HasSubstr("\x1b")));
  options.limit = 1;
  options.colour = true;
  const std::string first = Table(Two(), *Prague(), options);
  EXPECT_THAT(first, HasSubstr("1 more not shown.\n"));
  EXPECT_THAT(first, HasSubstr("\x1b[1;31mcritical\x1b[0m"));
  EXPECT_EQ(Table({}, *Prague(), {}), "No findings.\n");
}

TEST(JsonLines, OneObjectALine) {
  const std::string text = JsonLines(Two(), *Prague());
  const auto first = nlohmann::json::parse(text.substr(0, text.find('\n')));
  EXPECT_EQ(first["id"], "00112233aabbccdd");
  EXPECT_EQ(first["host_ip"], "147.32.84.165");
  EXPECT_EQ(first["machine_name"], nullptr);
  EXPECT_EQ(first["last_ts"], "2024-04-22T07:45:00Z");
  EXPECT_EQ(first["severity"], "critical");
  EXPECT_EQ(first["kind"], "scanning");
  EXPECT_EQ(first["score"], 93.4);
  EXPECT_EQ(first["reasons"][0]["at"], "25");
  EXPECT_EQ(first["reasons"][0]["own"], 786);
  EXPECT_THAT(first["reasons"][0]["words"].get<std::string>(), HasSubstr("tried 926 addresses"));
  const auto second = nlohmann::json::parse(text.substr(text.find('\n') + 1));
  EXPECT_EQ(second["silenced"], true);
  EXPECT_EQ(second["silenced_reason"], "our scanner");
}

TEST(Csv, QuotesWhatNeedsIt) {
  const std::string text = Csv(Two(), *Prague());
  EXPECT_THAT(text, HasSubstr("rank,id,host_ip,machine_name,segment_id,first_ts,last_ts,score,severity,kind,"
                              "times,standing,silenced,silenced_reason,reasons\n"));
  EXPECT_THAT(text, HasSubstr("\n1,00112233aabbccdd,147.32.84.165,,147.32.84.0/"
                              "24,2024-04-22T06:45:00Z,2024-04-22T07:45:00Z,93.40,critical,"
                              "scanning,3,0,0,,\"tried 926 addresses on port 25 without an answer in the "
                              "hour to 09:45; its own p99 is 786, "
                              "its network's p95 0\"\n"));
  EXPECT_THAT(text, HasSubstr("\"'=HYPERLINK(1), \"\"x\"\"\""));
}

}  // namespace
}  // namespace ndr::findings
