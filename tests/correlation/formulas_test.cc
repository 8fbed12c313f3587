// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "ndr/correlation/evidence_formulas.h"
#include "ndr/correlation/evidence_terms.h"
#include "ndr/correlation/pair_features.h"
#include "ndr/correlation/ranks.h"
#include "ndr/correlation/scores.h"
#include "ndr/correlation/time_band.h"

namespace ndr::correlation {
namespace {

using catalogue::Kind;

KindEvidence Of(std::initializer_list<std::pair<Kind, double>> kinds) {
  KindEvidence e{};
  for (const auto& [kind, value] : kinds) e[static_cast<size_t>(kind)] = value;
  return e;
}

TEST(EvidenceFormulas, AgainstReference) {
  EXPECT_DOUBLE_EQ(AgainstReference(926, 10, 786), std::log(936.0 / 796));
  EXPECT_EQ(AgainstReference(50, 10, 786), 0);
}

TEST(EvidenceFormulas, SharedRankIsTwoPercentRoundedUpAndAtLeastFour) {
  EXPECT_EQ(SharedRank(1), 4);
  EXPECT_EQ(SharedRank(200), 4);
  EXPECT_EQ(SharedRank(201), 5);
  EXPECT_EQ(SharedRank(1000), 20);
}

TEST(EvidenceFormulas, BeaconByHand) {
  // 100 active minutes: 1 - 1/10 = 0.9. Answered: min(90, 100 - 4)/100 = 0.9. One host of 400: rarity 1. q =
  // 0.95 x 0.9 x 0.9.
  BeaconPair p{0.95, 100, 100, 4, 90, 1, 400, false};
  EXPECT_NEAR(BeaconLikeness(p), 0.7695, 1e-12);
  EXPECT_NEAR(BeaconEvidence(p), 2.5 * std::log(0.5 / 0.2305), 1e-12);
  p.inbound = true;
  EXPECT_NEAR(BeaconEvidence(p), 0.75 * 2.5 * std::log(0.5 / 0.2305), 1e-12);
  // 20 of 400 hosts: rarity 1 - ln 20/ln 400 = 0.5; q 0.38475 is no beacon.
  p.peer_hosts = 20;
  EXPECT_NEAR(BeaconLikeness(p), 0.38475, 1e-12);
  EXPECT_EQ(BeaconEvidence(p), 0);
  // In a network of fewer than 20 hosts, 20 stand for them: ln 2/ln 20.
  p.peer_hosts = 2, p.hosts = 3;
  EXPECT_NEAR(BeaconLikeness(p), 0.7695 * (1 - std::log(2) / std::log(20)), 1e-12);
  p.beacon_score.reset();
  EXPECT_EQ(BeaconLikeness(p), 0);
}

TEST(EvidenceFormulas, DeadAddressByHand) {
  BeaconPair p{std::nullopt, 90, 100, 50, 0, 1, 10, false};
  EXPECT_DOUBLE_EQ(DeadAddressEvidence(p), std::log(2));  // (90 + 30)/60
  p.failed = 49;                                          // less than half
  EXPECT_EQ(DeadAddressEvidence(p), 0);
  p.failed = 100, p.active_minutes = 30;  // not more than 30
  EXPECT_EQ(DeadAddressEvidence(p), 0);
  p.active_minutes = 31;
  EXPECT_DOUBLE_EQ(DeadAddressEvidence(p), std::log(61.0 / 60));
  p.peer_hosts = 2;
  EXPECT_EQ(DeadAddressEvidence(p), 0);
  p.peer_hosts = 1, p.inbound = true;
  EXPECT_EQ(DeadAddressEvidence(p), 0);
}

TEST(EndScore, LargestAndAQuarterOfTheOthers) {
  // E = 2 + (1 + 0.4)/4 = 2.35.
  const EndScore s = ScoreOf(Of({{Kind::kVolume, 2}, {Kind::kBeaconing, 1}, {Kind::kDenials, 0.4}}));
  EXPECT_DOUBLE_EQ(s.score, 100 * (1 - std::exp(-2.35 / 4)));
  EXPECT_EQ(s.kind, Kind::kVolume);
  EXPECT_EQ(ScoreOf({}).score, 0);
  EXPECT_FALSE(ScoreOf({}).kind.has_value());
}

TEST(EndScore, ThePublishedLandmarks) {
  EXPECT_NEAR(ScoreOf(Of({{Kind::kVolume, 0.9}})).score, 20, 0.2);
  EXPECT_NEAR(ScoreOf(Of({{Kind::kVolume, 2.04}})).score, 40, 0.1);
  EXPECT_NEAR(ScoreOf(Of({{Kind::kVolume, 4.8}})).score, 70, 0.2);
  EXPECT_NEAR(ScoreOf(Of({{Kind::kVolume, 9.2}})).score, 90, 0.1);
}

TEST(EndScore, TiesGoByNameAndDenialsMayBeScanning) {
  EXPECT_EQ(ScoreOf(Of({{Kind::kVolume, 1}, {Kind::kExfiltration, 1}})).kind, Kind::kExfiltration);
  EXPECT_EQ(ScoreOf(Of({{Kind::kDenials, 2}, {Kind::kScanning, 1}})).kind, Kind::kScanning);
  EXPECT_EQ(ScoreOf(Of({{Kind::kDenials, 2}, {Kind::kScanning, 0.99}})).kind, Kind::kDenials);
}

RC_GTEST_PROP(EndScore, IsMonotoneAndWithinItsBounds,
              (const std::array<uint16_t, 7>& units, uint8_t which, uint16_t more)) {
  KindEvidence e{};
  for (size_t k = 0; k < e.size(); ++k) e[k] = units[k] / 1000.0;
  const double before = ScoreOf(e).score;
  e[which % e.size()] += more / 1000.0;
  const double after = ScoreOf(e).score;
  RC_ASSERT(after >= before);
  RC_ASSERT(before >= 0);
  RC_ASSERT(after <= 100);
}

TEST(Terms, ChangeIsAgainstItselfElseAgainstPeers) {
  const Term scanning{Kind::kScanning, 0, 0, 10, 20.0, 1, false};
  // Own p99 786: change ln(936/796); peers p95 0: unlike them ln(936/10).
  Spoken s{0, 0, 926, 786, 0, 0, 0};
  Weigh(scanning, false, &s);
  EXPECT_DOUBLE_EQ(s.change, std::log(936.0 / 796));
  EXPECT_DOUBLE_EQ(s.standing, std::log(936.0 / 10));
  // Peers above the ceiling: the ceiling. No history of its own: against peers, a past or not.
  s = {0, 0, 926, kNull, 400, 0, 0};
  Weigh(scanning, false, &s);
  EXPECT_EQ(s.peers, 20);
  EXPECT_DOUBLE_EQ(s.change, std::log(936.0 / 30));
  EXPECT_DOUBLE_EQ(s.standing, std::log(936.0 / 30));
  // No peers at all: the ceiling.
  s = {0, 0, 926, kNull, kNull, 0, 0};
  Weigh(scanning, false, &s);
  EXPECT_EQ(s.peers, 20);
}

TEST(Terms, WithoutACeilingAChangeNeedsAPastAndIsNeverStanding) {
  const Term volume{Kind::kVolume, 0, 0, 100, std::nullopt, 0.5, true};
  Spoken s{0, 0, 700, kNull, 300, 0, 0};
  Weigh(volume, false, &s);
  EXPECT_EQ(s.change, 0);
  EXPECT_EQ(s.standing, 0);
  Weigh(volume, true, &s);
  EXPECT_DOUBLE_EQ(s.change, 0.5 * std::log(800.0 / 400));
  EXPECT_EQ(s.standing, 0);
  // Its own past needs no look-back.
  s = {0, 0, 700, 100, 300, 0, 0};
  Weigh(volume, false, &s);
  EXPECT_DOUBLE_EQ(s.change, 0.5 * std::log(800.0 / 200));
  s = {0, 0, 700, kNull, kNull, 0, 0};
  Weigh(volume, true, &s);
  EXPECT_EQ(s.change, 0);
}

RC_GTEST_PROP(Terms, AreMonotoneInX,
              (uint16_t own, uint16_t peers, uint16_t x, uint16_t more, bool ceiling, bool history)) {
  const Term term{Kind::kScanning, 0, 0, 10, ceiling ? std::optional(20.0) : std::nullopt, 1, false};
  Spoken a{0, 0, static_cast<double>(x), history ? own : kNull, static_cast<double>(peers), 0, 0};
  Spoken b = a;
  b.x += more;
  Weigh(term, true, &a);
  Weigh(term, true, &b);
  RC_ASSERT(b.change >= a.change);
  RC_ASSERT(b.standing >= a.standing);
}

TEST(Ranks, TermsCountOnlyBeyondThree) {
  EXPECT_EQ(RankTerm(3), 0);
  EXPECT_EQ(RankTerm(-2), 0);
  EXPECT_DOUBLE_EQ(RankTerm(-10), std::log(8));
  EXPECT_DOUBLE_EQ(RankTerm(4), std::log(2));
}

TEST(Ranks, FiveLargestWithTiesInCatalogueOrder) {
  Matrix<double> z(7, 1, 0), median(7, 1, 1), scale(7, 1, 2);
  Matrix<uint8_t> level(7, 1, 0);
  const double values[] = {2, -7, 2, kNull, 9, -2, 2};
  for (size_t s = 0; s < 7; ++s) z.At(s, 0) = values[s];
  const std::vector<int> slots = {0, 1, 2, 3, 4, 5, 6};
  const RowView view{&z, &median, &scale, &level, 0};
  const TopFeatures top = LargestOf(view, slots, [](int slot) { return 10.0 * slot; });
  // |z| 9, 7, then 2 three times and once more: slots 0, 2, 5 come before 6.
  const int expected[] = {4, 1, 0, 2, 5};
  for (size_t i = 0; i < kTopFeatures; ++i) EXPECT_EQ(top[i].slot, expected[i]) << i;
  EXPECT_EQ(top[0].value, 40);
  // ln(1 + 4) + ln(1 + 6)
  EXPECT_DOUBLE_EQ(RankScore(view, slots), std::log(5) + std::log(7));
  const std::vector<int> none = {3};
  EXPECT_TRUE(IsNull(RankScore(view, none)));
  EXPECT_EQ(LargestOf(view, none, [](int) { return 0.0; })[0].slot, -1);
}

TEST(Scores, SumAndMaximumLeaveNullTermsOut) {
  const auto z = [](int slot) { return slot == 3 ? kNull : slot == 2 ? -1.5 : slot + 1.0; };
  const Score sum{"s", false, {{0, false, false}, {1, true, false}, {1, false, true}, {3, false, false}}};
  EXPECT_DOUBLE_EQ(sum.Of(z, 0.5), 1 - 2 + 2 * 0.5);
  EXPECT_DOUBLE_EQ(sum.Of(z, kNull), 1 - 2);
  const Score max{"m", true, {{3, false, false}, {2, false, false}}};
  EXPECT_EQ(max.Of(z, 1), -1.5);
  EXPECT_TRUE(IsNull((Score{"n", true, {{3, false, false}}}.Of(z, 1))));
}

// Of the default scores' terms those are null whose metrics have no baseline; one's own must have one.
TEST(Scores, AreTheProjectsWithTheDefaultOnesWhoseMetricsMayLackABaseline) {
  spec::Project project = spec::DefaultProject();
  catalogue::CatalogueOptions options;
  options.baselined_metrics = {"sessions_cnt", "bytes_src_sum"};
  options.extra_scores = {"mine"};
  const auto catalogue = catalogue::Catalogue::Make(options).ValueOrDie();
  project.scores.push_back({"mine", true, {"-bytes_src_sum"}});
  const auto scores = MakeScores(project.scores, *catalogue).ValueOrDie();
  ASSERT_EQ(scores.size(), 5u);
  // sessions_cnt, bytes_src_sum, rare:sessions_cnt; rare:sessions_cnt; bytes_src_sum, rare:bytes_src_sum;
  // none.
  const size_t terms[] = {3, 1, 2, 0, 1};
  for (size_t i = 0; i < scores.size(); ++i) EXPECT_EQ(scores[i].terms.size(), terms[i]) << scores[i].name;
  EXPECT_EQ(scores[4].terms[0].slot, 1);
  EXPECT_TRUE(scores[4].terms[0].negative);

  project.scores[4].terms = {"deny_cnt"};
  EXPECT_EQ(MakeScores(project.scores, *catalogue).status().message(),
            "scores.mine: 'deny_cnt' names no baselined metric");
  project.scores[1].terms.push_back("deny_cnt");
  EXPECT_FALSE(MakeScores({project.scores[1]}, *catalogue).ok()) << "a default score, but no default term";
}

TEST(TimeBand, ABandBelowItsShareIsAViolation) {
  const BandSessions sessions = {57, 40, 3, 0, 0, 0};
  EXPECT_EQ(BandViolation(sessions, 0, 0, 0.05), 0);
  EXPECT_EQ(BandViolation(sessions, 2, 2, 0.05), 1);
  EXPECT_EQ(BandViolation(sessions, 3, 3, 0.05), 1);
  EXPECT_EQ(BandViolation(sessions, 3, 0, 0.05), -1);  // judged by another band
  EXPECT_EQ(BandViolation(sessions, 3, -1, 0.05), -1);
  EXPECT_EQ(BandViolation({}, 0, 0, 0.05), -1);
  EXPECT_EQ(BandViolation({57, 0, 3, 0, 0, 0}, 2, 2, 0.05), 0);  // 3 of 60 is exactly the share
  EXPECT_EQ(RaisedByBand(4, 1, 0.5), 6);
  EXPECT_EQ(RaisedByBand(4, -1, 0.5), 4);
  EXPECT_EQ(RaisedByBand(4, 0, 0.5), 4);
}

TEST(RaritySum, ByHand) {
  RaritySum s;
  EXPECT_EQ(s.max(), 0);
  EXPECT_EQ(s.mean(), 0);
  s.Add(0, true, 3);   // rarity 1
  s.Add(1, true, 1);   // rarity 1/2
  s.Add(9, false, 6);  // rarity 1/10
  EXPECT_EQ(s.max(), 1);
  EXPECT_DOUBLE_EQ(s.mean(), (3 + 0.5 + 0.6) / 10);
  EXPECT_EQ(s.new_pairs(), 1);
  EXPECT_EQ(s.rare_pairs(), 2);
}

RC_GTEST_PROP(RaritySum, DoesNotDependOnTheOrderOfPairs, (std::vector<std::pair<uint32_t, uint16_t>> pairs)) {
  RaritySum forward, backward;
  for (const auto& [seen, sessions] : pairs) forward.Add(seen, false, sessions + 1);
  std::reverse(pairs.begin(), pairs.end());
  for (const auto& [seen, sessions] : pairs) backward.Add(seen, false, sessions + 1);
  RC_ASSERT(forward.mean() == backward.mean());
  double weighted = 0, total = 0;
  for (const auto& [seen, sessions] : pairs) weighted += (sessions + 1) / (1.0 + seen), total += sessions + 1;
  RC_ASSERT(std::abs(forward.mean() - (total > 0 ? weighted / total : 0)) < 1e-12);
}

}  // namespace
}  // namespace ndr::correlation
