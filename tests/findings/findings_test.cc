// SPDX-License-Identifier: Apache-2.0
// From ends to findings: episodes, memory, reopening, standing, silence, counts.
#include "ndr/findings/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace ndr::findings {
namespace {

using base::kMicrosPerDay;
using base::kMicrosPerMinute;
using catalogue::Kind;

const base::Micros kStart = *base::ParseCompact("20240422T100000Z");
constexpr base::Micros kHour = 60 * kMicrosPerMinute;

End Change(base::Micros ts, double score, Kind kind = Kind::kScanning, const char* host = "10.0.0.5") {
  End e;
  e.host = *base::ParseAddress(host);
  e.ts = ts;
  e.segment = "10.0.0.0/24";
  e.score = score;
  e.kind = kind;
  e.evidence[static_cast<size_t>(kind)] = score / 20;
  e.reasons = {{std::string(catalogue::kKindNames[static_cast<size_t>(kind)]),
                "deny_cnt",
                "outbound",
                "w_1h",
                score,
                {},
                {},
                "",
                score / 20,
                0,
                {}}};
  return e;
}

End Standing(base::Micros ts, double score, Kind kind = Kind::kScanning) {
  End e = Change(ts, 0, kind);
  e.kind.reset();
  e.evidence = {};
  e.standing_score = score;
  e.standing_kind = kind;
  e.standing_evidence[static_cast<size_t>(kind)] = score / 20;
  e.reasons[0].standing = score / 20;
  return e;
}

std::vector<Finding> Of(const std::vector<End>& ends, spec::Findings options = {}) {
  FindingsBuilder builder(std::move(options));
  for (const End& e : ends) EXPECT_TRUE(builder.Add(e).ok());
  return builder.Finish();
}

TEST(Severity, Bounds) {
  EXPECT_EQ(SeverityOf(19.99), Severity::kNone);
  EXPECT_EQ(SeverityOf(20), Severity::kLow);
  EXPECT_EQ(SeverityOf(39.99), Severity::kLow);
  EXPECT_EQ(SeverityOf(40), Severity::kMedium);
  EXPECT_EQ(SeverityOf(70), Severity::kHigh);
  EXPECT_EQ(SeverityOf(90), Severity::kCritical);
  EXPECT_EQ(ParseSeverity("high"), Severity::kHigh);
  EXPECT_FALSE(ParseSeverity("higher").has_value());
}

TEST(Episodes, EndsUpToAnHourApartAreOne) {
  const auto one =
      Of({Change(kStart, 25), Change(kStart + kHour, 45, Kind::kVolume), Change(kStart + 2 * kHour, 30)});
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(one[0].first_ts, kStart);
  EXPECT_EQ(one[0].last_ts, kStart + 2 * kHour);
  EXPECT_EQ(one[0].score, 45);
  EXPECT_EQ(one[0].kind, Kind::kVolume) << "of the end with the largest score";
  EXPECT_EQ(one[0].strongest_ts, kStart + kHour);
  EXPECT_EQ(one[0].severity, Severity::kMedium);
  EXPECT_EQ(one[0].times, 1);
  ASSERT_EQ(one[0].reasons.size(), 1u);
  EXPECT_EQ(one[0].reasons[0].x, 45);
  // A quarter of an hour more apart: two episodes, of one finding.
  const auto twice = Of({Change(kStart, 25), Change(kStart + kHour + 15 * kMicrosPerMinute, 30)});
  ASSERT_EQ(twice.size(), 1u);
  EXPECT_EQ(twice[0].times, 2);
  EXPECT_EQ(twice[0].score, 30);
  EXPECT_EQ(Of({Change(kStart, 25), Change(kStart + kHour + 1, 30)})[0].times, 2) << "no more than an hour";
}

TEST(Episodes, EndsBelowTheMinimumAreNone) {
  EXPECT_TRUE(Of({Change(kStart, 19.9)}).empty());
  spec::Findings options;
  options.min_score = 10;
  EXPECT_EQ(Of({Change(kStart, 19.9)}, options).size(), 1u);
}

TEST(Episodes, EndsMustComeInOrder) {
  FindingsBuilder builder({});
  ASSERT_TRUE(builder.Add(Change(kStart, 30)).ok());
  EXPECT_EQ(builder.Add(Change(kStart, 30)).message(),
            "evidence of 10.0.0.5 at 2024-04-22T10:00:00Z after that at 2024-04-22T10:00:00Z");
  EXPECT_TRUE(builder.Add(Change(kStart - kHour, 30, Kind::kScanning, "10.0.0.6")).ok());
}

TEST(Memory, AFindingLastsThirtyDaysByHostAndKind) {
  const auto joined = Of({Change(kStart, 30), Change(kStart + 30 * kMicrosPerDay, 35)});
  ASSERT_EQ(joined.size(), 1u);
  EXPECT_EQ(joined[0].times, 2);
  EXPECT_EQ(joined[0].score, 35);
  EXPECT_EQ(Of({Change(kStart, 30), Change(kStart + 30 * kMicrosPerDay + 15 * kMicrosPerMinute, 35)}).size(),
            2u);
  EXPECT_EQ(Of({Change(kStart, 30), Change(kStart + kMicrosPerDay, 35, Kind::kVolume)}).size(), 2u);
  EXPECT_EQ(Of({Change(kStart, 30), Change(kStart + kMicrosPerDay, 35, Kind::kScanning, "10.0.0.6")}).size(),
            2u);
  // The memory goes by the last activity: days 0, 20, 40.
  EXPECT_EQ(Of({Change(kStart, 30), Change(kStart + 20 * kMicrosPerDay, 30),
                Change(kStart + 40 * kMicrosPerDay, 30)})
                .size(),
            1u);
}

TEST(Memory, TwentyPointsAboveOpenAnew) {
  EXPECT_EQ(Of({Change(kStart, 30), Change(kStart + kMicrosPerDay, 49.9)}).size(), 1u);
  const auto reopened =
      Of({Change(kStart, 30), Change(kStart + kMicrosPerDay, 50), Change(kStart + 2 * kMicrosPerDay, 55)});
  ASSERT_EQ(reopened.size(), 2u);
  EXPECT_EQ(reopened[0].score, 55) << "joins the one that was opened last";
  EXPECT_EQ(reopened[0].times, 2);
  EXPECT_EQ(reopened[1].score, 30);
  EXPECT_NE(reopened[0].id, reopened[1].id);
}

TEST(Standing, ALongHabitIsShownOnceAndNeverReopens) {
  const auto findings = Of(
      {Standing(kStart, 25), Standing(kStart + kMicrosPerDay, 80), Standing(kStart + 2 * kMicrosPerDay, 50)});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_TRUE(findings[0].standing);
  EXPECT_EQ(findings[0].times, 3);
  EXPECT_EQ(findings[0].score, 80);
}

TEST(Standing, JoinsTheActiveFindingThatHasItsKindAmongItsEvidence) {
  End volume = Change(kStart, 60, Kind::kVolume);
  volume.evidence[static_cast<size_t>(Kind::kScanning)] = 0.5;
  const auto joined = Of({volume, Standing(kStart + kMicrosPerDay, 30)});
  ASSERT_EQ(joined.size(), 1u);
  EXPECT_EQ(joined[0].kind, Kind::kVolume);
  EXPECT_EQ(joined[0].times, 1) << "a change's times are its own";
  EXPECT_EQ(joined[0].score, 60);
  EXPECT_FALSE(joined[0].standing);
  EXPECT_EQ(Of({Change(kStart, 60, Kind::kVolume), Standing(kStart + kMicrosPerDay, 30)}).size(), 2u);
}

TEST(Standing, BothSidesOfOneOccurrenceAreOneTime) {
  End both = Change(kStart, 60);
  both.standing_score = 70;
  both.standing_kind = Kind::kScanning;
  const auto findings = Of({both});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].times, 1);
  EXPECT_EQ(findings[0].score, 70);
  EXPECT_FALSE(findings[0].standing);
}

TEST(Standing, AnyEndOfAnEpisodeGivesItsEvidence) {
  // The strongest end says volume alone; scanning is the evidence of the end before.
  End first = Change(kStart, 30, Kind::kVolume);
  first.evidence[static_cast<size_t>(Kind::kScanning)] = 0.5;
  const auto joined =
      Of({first, Change(kStart + kHour, 60, Kind::kVolume), Standing(kStart + kMicrosPerDay, 30)});
  ASSERT_EQ(joined.size(), 1u);
  EXPECT_EQ(joined[0].evidence[static_cast<size_t>(Kind::kVolume)], 3);
  // What was standing at a change's ends is no evidence of the change.
  End other = Change(kStart, 60, Kind::kVolume);
  other.standing_evidence[static_cast<size_t>(Kind::kScanning)] = 0.5;
  EXPECT_EQ(Of({other, Standing(kStart + kMicrosPerDay, 30)}).size(), 2u);
}

// Of scanning one term changed most and another is most unlike peers; volume and beaconing speak on one side.
std::vector<Reason> BothSides() {
  return {
      {"volume", "sessions_cnt", "outbound", "w_1h", 900, {}, {}, "", 0.9, 0, {}},
      {"scanning", "failed_ports_per_peer_max", "outbound", "w_1h", 35, {}, {}, "10.0.0.50", 0.77, 0.77, {}},
      {"denials", "deny_cnt", "outbound", "w_1h", 900, {}, {}, "", 0.1, 0.5, {}},
      {"scanning", "failed_peers_per_port_max", "outbound", "w_1h", 103, {}, {}, "25", 0.03, 2.42, {}},
      {"beaconing", "beacon_score", "outbound", "w_24h", 1, {}, {}, "203.0.113.9|443", 0, 2.7, {}}};
}

std::vector<std::string> MetricsOf(const Finding& f) {
  std::vector<std::string> metrics;
  for (const Reason& r : f.reasons) metrics.push_back(r.metric);
  return metrics;
}

TEST(Reasons, AreThoseOfTheSideThatTheScoreIsOf) {
  End change = Change(kStart, 50), standing = Standing(kStart + kMicrosPerDay, 60);
  change.reasons = standing.reasons = BothSides();
  EXPECT_THAT(MetricsOf(Of({change})[0]),
              testing::ElementsAre("sessions_cnt", "failed_ports_per_peer_max", "deny_cnt"));
  EXPECT_THAT(MetricsOf(Of({standing})[0]),
              testing::ElementsAre("beacon_score", "failed_peers_per_port_max", "deny_cnt"));
  // A standing episode that joins the change takes over its score, and with it the reasons.
  EXPECT_THAT(MetricsOf(Of({change, standing})[0]),
              testing::ElementsAre("beacon_score", "failed_peers_per_port_max", "deny_cnt"));
}

TEST(Findings, OrderAndIdentity) {
  const auto findings =
      Of({Change(kStart, 50, Kind::kVolume, "10.0.0.9"), Change(kStart, 50, Kind::kVolume, "10.0.0.7"),
          Change(kStart + kHour, 50, Kind::kVolume, "10.0.0.1"),
          Change(kStart + kHour, 90, Kind::kVolume, "10.0.0.2")});
  std::vector<std::string> hosts;
  for (const Finding& f : findings) hosts.push_back(base::ToText(f.host));
  EXPECT_THAT(hosts, testing::ElementsAre("10.0.0.2", "10.0.0.7", "10.0.0.9", "10.0.0.1"));
  // The first 16 hex digits of SHA-256 of `10.0.0.2|volume|2024-04-22T11:00:00Z`.
  EXPECT_EQ(findings[0].id, "87cdd0fdbfc7717e");
}

TEST(Silence, HostsKindsAndUntil) {
  spec::Findings options;
  options.ignore = {{base::ParseCidr("10.0.0.0/24"), Kind::kScanning, kStart + kHour, "our scanner"}};
  auto findings = Of({Change(kStart, 50)}, options);
  EXPECT_TRUE(findings[0].silenced);
  EXPECT_EQ(findings[0].silenced_reason, "our scanner");
  EXPECT_FALSE(Of({Change(kStart + kHour, 50)}, options)[0].silenced) << "until is exclusive";
  EXPECT_FALSE(Of({Change(kStart, 50), Change(kStart + kHour, 30)}, options)[0].silenced)
      << "it went on after that";
  EXPECT_FALSE(Of({Change(kStart, 50, Kind::kVolume)}, options)[0].silenced);
  EXPECT_FALSE(Of({Change(kStart, 50, Kind::kScanning, "10.0.1.5")}, options)[0].silenced);
  options.ignore = {{std::nullopt, std::nullopt, std::nullopt, ""}};
  EXPECT_TRUE(Of({Change(kStart, 50)}, options)[0].silenced);
}

TEST(CountOpened, PerHundredHostsAndDay) {
  spec::Findings options;
  options.ignore = {{base::ParseCidr("10.0.0.3"), std::nullopt, std::nullopt, "known"}};
  const auto findings =
      Of({Change(kStart, 50, Kind::kVolume, "10.0.0.1"), Change(kStart, 60, Kind::kVolume, "10.0.0.2"),
          Change(kStart, 60, Kind::kVolume, "10.0.0.3"), Change(kStart, 95, Kind::kScanning, "10.0.0.4")},
         options);
  const auto opened = CountOpened(findings, 400, 5);
  ASSERT_EQ(opened.size(), 3u);
  EXPECT_EQ(opened[0].severity, Severity::kCritical);
  EXPECT_EQ(opened[0].count, 1);
  EXPECT_EQ(opened[1].severity, Severity::kMedium);
  EXPECT_EQ(opened[1].kind, Kind::kVolume);
  EXPECT_EQ(opened[1].count, 2);
  EXPECT_DOUBLE_EQ(opened[1].per_100_hosts_and_day, 0.1);                         // 100 x 2/(400 x 5)
  EXPECT_DOUBLE_EQ(CountOpened(findings, 1, 0.5)[1].per_100_hosts_and_day, 400);  // 100 x 2/(1 x 0.5)
  EXPECT_TRUE(opened[2].silenced);
  EXPECT_EQ(CountOpened(findings, 0, 0)[0].per_100_hosts_and_day, 0);
}

// Ends of one host from small numbers: gaps in quarters of an hour, scores, kinds, sides.
std::vector<End> EndsOf(const std::vector<std::tuple<uint8_t, uint8_t, uint8_t>>& steps) {
  std::vector<End> ends;
  base::Micros t = kStart;
  for (const auto& [gap, score, kind] : steps) {
    t += (1 + gap) * 15 * kMicrosPerMinute * (gap > 250 ? 96 : 1);
    End e = Change(t, score % 101, static_cast<Kind>(kind % catalogue::kKinds));
    e.standing_score = (score * 7 + kind) % 101;
    e.standing_kind = static_cast<Kind>((kind / 7) % catalogue::kKinds);
    ends.push_back(e);
  }
  return ends;
}

RC_GTEST_PROP(Findings, LoseNoEndAndStayWithinBounds,
              (const std::vector<std::tuple<uint8_t, uint8_t, uint8_t>>& steps)) {
  const auto ends = EndsOf(steps);
  const auto findings = Of(ends);
  double largest = 0;
  for (const End& e : ends) largest = std::max({largest, e.score, e.standing_score});
  if (largest < 20) {
    RC_ASSERT(findings.empty());
    return;
  }
  RC_ASSERT(findings.front().score == largest);
  for (const Finding& f : findings) {
    RC_ASSERT(f.score >= 20 && f.score <= 100);
    RC_ASSERT(f.first_ts <= f.strongest_ts && f.strongest_ts <= f.last_ts);
    RC_ASSERT(f.times >= 1);
  }
  for (const End& e : ends)
    if (e.score >= 20 || e.standing_score >= 20)
      RC_ASSERT(std::any_of(findings.begin(), findings.end(),
                            [&](const Finding& f) { return f.first_ts <= e.ts && e.ts <= f.last_ts; }));
}

RC_GTEST_PROP(Findings, SilencedOnesAreMarkedNeverDropped,
              (const std::vector<std::tuple<uint8_t, uint8_t, uint8_t>>& steps, uint8_t kind)) {
  const auto ends = EndsOf(steps);
  spec::Findings options;
  options.ignore = {{std::nullopt, static_cast<Kind>(kind % catalogue::kKinds), std::nullopt, "known"}};
  const auto heard = Of(ends), silenced = Of(ends, options);
  RC_ASSERT(heard.size() == silenced.size());
  int64_t counted = 0;
  for (const Opened& o : CountOpened(silenced, 1, 1)) counted += o.count;
  RC_ASSERT(counted == static_cast<int64_t>(heard.size()));
  for (size_t i = 0; i < heard.size(); ++i) {
    RC_ASSERT(heard[i].id == silenced[i].id);
    RC_ASSERT(silenced[i].silenced == (static_cast<size_t>(silenced[i].kind) == kind % catalogue::kKinds));
  }
}

}  // namespace
}  // namespace ndr::findings
