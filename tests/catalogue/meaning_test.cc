// SPDX-License-Identifier: Apache-2.0
// What makes published data of another meaning than today's.
#include "ndr/catalogue/meaning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace ndr::catalogue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Names = std::vector<std::string_view>;

Names Differing(const MeaningHashes& a, const MeaningHashes& b) {
  Names changed;
  for (size_t i = 0; i < kFamilies.size(); ++i)
    if (a[i] != b[i]) changed.push_back(kFamilies[i].name);
  return changed;
}

std::shared_ptr<const Catalogue> ByDefault() { return Catalogue::Make({}).ValueOrDie(); }

Names ChangedByRevisionOf(std::string_view family) {
  auto families = kFamilies;
  ++families[FindFamily(family)].revision;
  return Differing(HashMeaning(*ByDefault(), kFamilies), HashMeaning(*ByDefault(), families));
}

// A mended formula makes its own data stale and what is made of them, and nothing else.
TEST(Meaning, ARevisionActsOnItsFamilyAndWhatIsMadeFromIt) {
  EXPECT_THAT(ChangedByRevisionOf("delta"),
              ElementsAre("delta", "pair_counts", "lookback", "fg_a", "fg_a_wide", "fg_b", "fg_c"));
  EXPECT_THAT(ChangedByRevisionOf("pair_counts"), ElementsAre("pair_counts"));
  EXPECT_THAT(ChangedByRevisionOf("lookback"), ElementsAre("lookback", "fg_a", "fg_a_wide", "fg_b", "fg_c"));
  EXPECT_THAT(ChangedByRevisionOf("fg_a"), ElementsAre("fg_a", "fg_a_wide", "fg_b", "fg_c"));
  EXPECT_THAT(ChangedByRevisionOf("fg_a_wide"), ElementsAre("fg_a_wide"));
  EXPECT_THAT(ChangedByRevisionOf("fg_b"), ElementsAre("fg_b", "fg_c"));
  EXPECT_THAT(ChangedByRevisionOf("fg_c"), ElementsAre("fg_c"));
}

TEST(Meaning, EveryDatasetIsOfAFamilyAndEachStandsBehindWhatItIsMadeFrom) {
  for (int d = 0; d < kDatasets; ++d)
    EXPECT_LT(FindFamily(FamilyOf(static_cast<Dataset>(d))), kFamilies.size())
        << PathOf(static_cast<Dataset>(d));
  for (size_t i = 0; i < kFamilies.size(); ++i)
    for (const char* above : kFamilies[i].made_from) {
      if (above == nullptr) break;
      EXPECT_LT(FindFamily(above), i) << kFamilies[i].name;
    }
}

// The families whose hash follows a change of one declared metric.
Names ChangedByWord(std::string_view name, const std::function<void(Metric*, ProjectMetric*)>& change) {
  Catalogue catalogue = *ByDefault();
  auto& metric =
      const_cast<ProjectMetric&>(catalogue.metrics()[static_cast<size_t>(catalogue.FindMetricIndex(name))]);
  Metric word = *metric.word;
  metric.word = &word;
  change(&word, &metric);
  return Differing(HashMeaning(*ByDefault(), kFamilies), HashMeaning(catalogue, kFamilies));
}

TEST(Meaning, WhatDefinesAMetricActsFromWhereItIsComputed) {
  EXPECT_THAT(ChangedByWord("deny_ratio", [](Metric*, ProjectMetric*) {}), IsEmpty());
  const auto in_windows = ElementsAre("fg_a", "fg_a_wide", "fg_b", "fg_c");
  EXPECT_THAT(
      ChangedByWord("deny_ratio", [](Metric* m, auto*) { m->measure.kind = MeasureKind::kAsymmetry; }),
      in_windows);
  EXPECT_THAT(ChangedByWord("deny_ratio", [](Metric* m, auto*) { m->measure.of = "alert_cnt"; }), in_windows);
  EXPECT_THAT(ChangedByWord("deny_ratio", [](Metric* m, auto*) { m->measure.by = "traffic_cnt"; }),
              in_windows);
  EXPECT_THAT(ChangedByWord("deny_ratio", [](Metric* m, auto*) { m->unit = Unit::kShare; }), in_windows);
  EXPECT_THAT(ChangedByWord("deny_ratio", [](Metric* m, auto*) { m->nulls = NullRule::kNoPortSessions; }),
              in_windows);
  EXPECT_THAT(ChangedByWord("deny_ratio", [](auto*, ProjectMetric* m) { m->resolution = 0.02; }),
              ElementsAre("fg_b", "fg_c"));
  // A count of delta/host is made there.
  EXPECT_THAT(ChangedByWord("deny_cnt", [](Metric* m, auto*) { m->measure.of = "alert"; }).front(), "delta");
}

TEST(Meaning, WordsThatSayTheSameAreOfNoConsequence) {
  EXPECT_THAT(ChangedByWord("deny_ratio", [](Metric* m, auto*) { m->meaning = "in other words"; }),
              IsEmpty());
}

}  // namespace
}  // namespace ndr::catalogue
