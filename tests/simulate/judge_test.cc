// SPDX-License-Identifier: Apache-2.0
#include "ndr/simulate/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulate/moments.h"

namespace ndr::simulate {
namespace {

using base::kMicrosPerDay;
using ::testing::HasSubstr;

// Ten days, the last four scored; a beacon on .1 during day 7, a scan on .2 during day 8, a scanner on .3 at
// all times, and a busy day 6 on .1, .2 and .4.
AnswerKey Key() {
  AnswerKey key;
  key.hosts = 50;
  key.end = 10 * kMicrosPerDay;
  key.scored_from = 6 * kMicrosPerDay;
  key.planted = {{.name = "beacon",
                  .kind = "beaconing",
                  .what = {},
                  .hosts = {Ip("10.0.0.1")},
                  .from = 7 * kMicrosPerDay,
                  .to = 8 * kMicrosPerDay,
                  .peers = {},
                  .ports = {}},
                 {.name = "scan",
                  .kind = "scanning",
                  .what = {},
                  .hosts = {Ip("10.0.0.2")},
                  .from = 8 * kMicrosPerDay,
                  .to = 9 * kMicrosPerDay,
                  .peers = {},
                  .ports = {}}};
  key.harmless = {{.name = "scanner",
                   .kind = {},
                   .what = {},
                   .hosts = {Ip("10.0.0.3")},
                   .from = 0,
                   .to = key.end,
                   .peers = {},
                   .ports = {}},
                  {.name = "busy",
                   .kind = {},
                   .what = {},
                   .hosts = {Ip("10.0.0.1"), Ip("10.0.0.2"), Ip("10.0.0.4")},
                   .from = 6 * kMicrosPerDay,
                   .to = 7 * kMicrosPerDay,
                   .peers = {},
                   .ports = {}}};
  return key;
}

FindingRow Row(const char* host, const char* kind, double score, double first_day, double last_day) {
  return {Ip(host),
          kind,
          score,
          static_cast<base::Micros>(first_day * kMicrosPerDay),
          static_cast<base::Micros>(last_day * kMicrosPerDay),
          score >= 40};
}

TEST(JudgeTest, RanksEachAttackAmongAllFindings) {
  const std::vector<FindingRow> findings = {
      Row("10.0.0.9", "volume", 80, 7, 7.1), Row("10.0.0.1", "beaconing", 60, 7.5, 8.2),
      Row("10.0.0.3", "scanning", 38, 6, 9.9), Row("10.0.0.2", "scanning", 35, 8.1, 8.4)};
  const Judgement judgement = Judge(Key(), findings);
  ASSERT_EQ(judgement.planted.size(), 2u);
  EXPECT_EQ(judgement.planted[0].rank, 2);
  EXPECT_EQ(judgement.planted[0].finding, 1u);
  EXPECT_TRUE(judgement.planted[0].outranks_harmless);
  // 35 stays below the scanner's 38.
  EXPECT_EQ(judgement.planted[1].rank, 4);
  EXPECT_FALSE(judgement.planted[1].outranks_harmless);
  EXPECT_EQ(judgement.harmless[0].score, 38);
  // 80 and 60 are medium or higher: 2 x 100 / (50 hosts x 4 days) = 1.
  EXPECT_EQ(judgement.medium_or_higher, 2);
  EXPECT_DOUBLE_EQ(judgement.medium_per_100_hosts_and_day, 1.0);
}

TEST(JudgeTest, TheExpectedKindCountsBeforeAStrongerOtherOne) {
  const std::vector<FindingRow> findings = {Row("10.0.0.1", "volume", 70, 7.5, 8),
                                            Row("10.0.0.1", "beaconing", 50, 7.5, 8)};
  const Verdict verdict = Judge(Key(), findings).planted[0];
  EXPECT_EQ(verdict.found_kind, "beaconing");
  EXPECT_EQ(verdict.rank, 2);
}

TEST(JudgeTest, AnotherKindIsFoundButNamed) {
  const std::vector<FindingRow> findings = {Row("10.0.0.1", "volume", 70, 7.5, 8)};
  const Judgement judgement = Judge(Key(), findings);
  EXPECT_EQ(judgement.planted[0].rank, 1);
  EXPECT_THAT(ToText(judgement), HasSubstr("as volume, expected beaconing"));
}

// The beacon ends with day 8, a window of a day sees it until day 9.
TEST(JudgeTest, TimeDecidesWhatBelongs) {
  const auto found = [](double first_day, double last_day) {
    return Judge(Key(), std::vector{Row("10.0.0.1", "beaconing", 60, first_day, last_day)})
        .planted[0]
        .finding.has_value();
  };
  EXPECT_FALSE(found(6.1, 7));
  EXPECT_TRUE(found(6.1, 7.01));
  EXPECT_TRUE(found(9, 9.5));
  EXPECT_FALSE(found(9.01, 9.5));
}

TEST(JudgeTest, AnAttackersFindingIsNotHeldAgainstABusyDay) {
  const std::vector<FindingRow> findings = {Row("10.0.0.1", "beaconing", 60, 7.5, 8),
                                            Row("10.0.0.4", "volume", 22, 6.5, 6.6)};
  const Judgement judgement = Judge(Key(), findings);
  EXPECT_EQ(judgement.harmless[1].score, 22);
  EXPECT_TRUE(judgement.planted[0].outranks_harmless);
}

TEST(JudgeTest, EqualScoresAreNotAbove) {
  const std::vector<FindingRow> findings = {Row("10.0.0.1", "beaconing", 38, 7.5, 8),
                                            Row("10.0.0.3", "scanning", 38, 6, 7)};
  const Verdict verdict = Judge(Key(), findings).planted[0];
  EXPECT_FALSE(verdict.outranks_harmless);
  EXPECT_EQ(verdict.rank, 2);
}

TEST(JudgeTest, WithoutFindingsEverythingIsMissed) {
  const Judgement judgement = Judge(Key(), {});
  EXPECT_FALSE(judgement.planted[0].finding.has_value());
  EXPECT_EQ(judgement.planted[0].rank, 0);
  EXPECT_FALSE(judgement.planted[0].outranks_harmless);
  EXPECT_THAT(ToText(judgement), HasSubstr("MISSED"));
}

TEST(TallyTest, AddsRunsUp) {
  Tally tally;
  tally.Add(Judge(Key(), std::vector{Row("10.0.0.1", "beaconing", 60, 7.5, 8)}));
  tally.Add(Judge(Key(),
                  std::vector{Row("10.0.0.1", "volume", 30, 7.5, 8), Row("10.0.0.9", "volume", 50, 7.5, 8)}));
  ASSERT_EQ(tally.attacks.size(), 2u);
  const Tally::Line& beacon = tally.attacks[0];
  EXPECT_EQ(beacon.runs, 2);
  EXPECT_EQ(beacon.found, 2);
  EXPECT_EQ(beacon.kind_as_expected, 1);
  EXPECT_EQ(beacon.outranked_harmless, 2);
  EXPECT_EQ(beacon.lowest_score, 30);
  EXPECT_EQ(beacon.worst_rank, 2);
  EXPECT_EQ(tally.attacks[1].found, 0);
  // One medium finding in each run: 100 / (50 x 4) = 0.5 both times.
  EXPECT_DOUBLE_EQ(tally.medium_per_100_hosts_and_day_sum, 1.0);
  EXPECT_DOUBLE_EQ(tally.medium_per_100_hosts_and_day_max, 0.5);
  EXPECT_THAT(ToText(tally), HasSubstr("0.50 on average, 0.50 at most, in 2 runs"));
}

}  // namespace
}  // namespace ndr::simulate
