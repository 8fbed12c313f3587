// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "every_key.h"
#include "ndr/spec/documents.h"

namespace ndr::spec {
namespace {

using testing::ElementsAreArray;
using testing::HasSubstr;

constexpr const char* kDatasetFamilies[] = {"delta", "fg_a", "fg_b", "fg_c"};

// A mapping's `required` says nothing without its path.
Json Changed(const ExpectedKey& key) {
  Json json = Nested(key.path, Json::parse(key.changed));
  if (std::string(key.path) == "ip_machine_mapping.required")
    json["ip_machine_mapping"]["path"] = "machines.csv";
  return json;
}

TEST(Description, HoldsTheKeysOfTheSpecificationAndNoOthers) {
  std::vector<std::string> described, expected = {"$schema", "job_name"};
  Document parameters{DocumentKind()};
  for (const Key* key : parameters.keys.Leaves()) described.push_back(key->path);
  for (const ExpectedKey& key : EveryKey()) expected.emplace_back(key.path);
  EXPECT_THAT(described, testing::UnorderedElementsAreArray(expected));
}

TEST(Description, EveryKeySaysWhatItIsInOneSentence) {
  for (const DocumentKind kind : DocumentKinds()) {
    Document document(kind);
    for (const Key* key : document.keys.Leaves()) {
      EXPECT_THAT(key->sentence, testing::EndsWith(".")) << key->path;
      EXPECT_EQ(key->sentence.find(". "), std::string::npos) << key->path;
      EXPECT_FALSE(key->form().one.empty()) << key->path;
    }
  }
}

TEST(Description, EveryKeyIsWrittenAsItIsRead) {
  for (const ExpectedKey& expected : EveryKey()) {
    Document document{DocumentKind()};
    ASSERT_TRUE(document.Read(Changed(expected), "p").ok()) << document.Read(Changed(expected), "p");
    const Key* key = document.keys.Find(expected.path);
    EXPECT_NE(key->write(), Document{DocumentKind()}.keys.Find(expected.path)->write()) << expected.path;
    EXPECT_EQ(OneLine(key->write()), expected.changed) << expected.path;

    Document again{DocumentKind()};
    ASSERT_TRUE(again.Read(document.keys.Write(), "p").ok()) << expected.path;
    EXPECT_EQ(again.keys.Write(), document.keys.Write()) << expected.path;
  }
}

// A key acts on a dataset and on all that is made from it, and on nothing before it: the hash of exactly
// those differs.
TEST(Description, AChangedKeyChangesTheHashOfTheDatasetsOnWhichItActs) {
  for (const ExpectedKey& expected : EveryKey()) {
    Project project = DefaultProject(), before = DefaultProject();
    if (std::string(expected.path) == "ip_machine_mapping.required")
      before.ip_machine_mapping = {"machines.csv", true};
    ASSERT_TRUE(SetKeys(Changed(expected), "p", &project).ok());
    for (int i = 0; i < 4; ++i)
      EXPECT_EQ(
          ConfigurationHash(project, kDatasetFamilies[i]) != ConfigurationHash(before, kDatasetFamilies[i]),
          i >= expected.first)
          << expected.path << " on " << kDatasetFamilies[i];
    EXPECT_EQ(ConfigurationHash(project, "lookback"), ConfigurationHash(project, "delta"));
    EXPECT_EQ(ConfigurationHash(project, "fg_a_wide"), ConfigurationHash(project, "fg_a"));
  }
}

TEST(Description, AJobMayOverrideTheKeysOfItsOwnAndIsToldWhereTheOthersBelong) {
  for (const ExpectedKey& expected : EveryKey()) {
    const std::string top = std::string(expected.path).substr(0, std::string(expected.path).find('.'));
    if (top == "project_name" || top == "feature_spec_version") continue;  // a job's document has them too
    for (const DocumentKind kind : DocumentKinds()) {
      if (!kind) continue;
      // Keys of these jobs' own stand in a group of the same name.
      if (top == "feature_groups" && (kind == Job::kFgA || kind == Job::kFgC)) continue;
      Document document(kind);
      const arrow::Status read = document.Read(Changed(expected), "spec");
      if (kind == expected.overridden) {
        EXPECT_TRUE(read.ok()) << expected.path << ": " << read;
        EXPECT_EQ(OneLine(document.keys.Find(expected.path)->write()), expected.changed);
        continue;
      }
      const std::string why =
          expected.overridden ? " acts in " + std::string(NameOf(*expected.overridden)) : " is the project's";
      EXPECT_THAT(read.message(), HasSubstr("spec: " + top + why)) << NameOf(*kind);
      std::vector<std::string> warnings;
      EXPECT_FALSE(Document(kind).Read(Changed(expected), "spec", &warnings).ok()) << "lenient or not";
    }
  }
}

TEST(Description, LenientReadingNotesUnknownKeysAndPassesOverThem) {
  std::vector<std::string> warnings;
  const Json json = Json::parse(R"({"calender": 1, "keep": {"fg_b": true, "pair_counts": true},
                                    "horizons": [{"label": "1d", "length_days": 1, "color": "red"}]})");
  const Project project = ReadProject(json, "p.json", &warnings).ValueOrDie();
  EXPECT_TRUE(project.keep.pair_counts);
  EXPECT_THAT(warnings,
              testing::UnorderedElementsAre("p.json: calender: unknown key; did you mean 'calendar'?",
                                            "p.json: keep.fg_b: unknown key; did you mean 'fg_a'?",
                                            HasSubstr("p.json: horizons[0].color: unknown key")));
  EXPECT_FALSE(ReadProject(Json::parse(R"({"z_max": "6"})"), "p.json", &warnings).ok())
      << "a wrong type is no unknown key";
}

TEST(Description, LimitsHoldForValuesAndListsAlike) {
  const auto refusal = [](const char* text) {
    return ReadProject(Json::parse(text), "p").status().message();
  };
  EXPECT_EQ(refusal(R"({"capping": {"w_anom": 1.5}})"), "p: capping.w_anom: 1.5 is not within 0 to 1");
  EXPECT_EQ(refusal(R"({"z_max": -1})"), "p: z_max: -1 is below 0");
  EXPECT_EQ(refusal(R"({"windows": {}})"), "p: windows: is empty; leave the key out for the default");
  EXPECT_EQ(refusal(R"({"support_min": {"metrics": {"deny_ratio": -2}}})"),
            "p: support_min.metrics.deny_ratio: -2 is below 0");
  EXPECT_EQ(refusal(R"({"findings": {"terms": [{"kind": "volume", "metric": "deny_cnt", "amount": 0}]}})"),
            "p: findings.terms[0].amount: 0 is not above 0");
  EXPECT_EQ(refusal(R"({"horizons": [{"length_days": 1}]})"), "p: horizons[0].label: is missing");
  EXPECT_EQ(refusal(R"({"lookback": {"days": 4294967297}})"),
            "p: lookback.days: expected a smaller number, found number 4294967297");
}

// What is named at its default is left out: a complete document of a project means the same as an empty one.
TEST(Description, NamingADefaultIsLeavingItOut) {
  Document complete{DocumentKind()};
  const Json written = complete.keys.Write();
  Project read = ReadProject(written, "p").ValueOrDie();
  EXPECT_TRUE(read.horizons.empty());
  EXPECT_TRUE(read.catalogue.windows.empty());
  EXPECT_TRUE(read.catalogue.rank_metrics.empty());
  EXPECT_EQ(read.findings.terms, DefaultTerms());
  // So a smaller list of metrics does not clash with what the document names beside it.
  Json smaller = written;
  smaller["baselined_metrics"] = {"sessions_cnt", "deny_ratio"};
  EXPECT_TRUE(ReadProject(smaller, "p").ok()) << ReadProject(smaller, "p").status();
}

TEST(FeatureGroups, AreOffUntilTheProjectOrAJobSaysOtherwise) {
  Project project = DefaultProject();
  Document fg_a(Job::kFgA), fg_c(Job::kFgC);
  EXPECT_FALSE(FeatureGroupsOf(fg_a.spec, project).enabled);
  const Json own = {{"feature_groups", {{"enabled", true}, {"names", {{"fg_a", "now"}}}}}};
  ASSERT_TRUE(fg_a.Read(own, "spec").ok()) << fg_a.Read(own, "spec");
  project.feature_groups.names = {{"fg_a", "a"}, {"fg_c", "c"}};
  EXPECT_TRUE(FeatureGroupsOf(fg_a.spec, project).enabled);
  EXPECT_EQ(FeatureGroupsOf(fg_a.spec, project).names.at("fg_a"), "now");
  EXPECT_EQ(FeatureGroupsOf(fg_c.spec, project).names.at("fg_c"), "c");
  project.feature_groups.enabled = true;
  const Json off = {{"feature_groups", {{"enabled", false}}}};
  ASSERT_TRUE(fg_c.Read(off, "spec").ok());
  EXPECT_FALSE(FeatureGroupsOf(fg_c.spec, project).enabled);
}

TEST(FeatureGroups, NamesOfOtherDatasetsAreRefused) {
  Document fg_a(Job::kFgA), fg_b(Job::kFgB);
  const Json wrong = {{"feature_groups", {{"names", {{"fg_c", "c"}}}}}};
  EXPECT_THAT(fg_a.Read(wrong, "spec").message(), HasSubstr("feature_groups.names: 'fg_c' is no dataset"));
  EXPECT_FALSE(fg_b.Read(wrong, "spec").ok()) << "fg_b has no groups";
}

}  // namespace
}  // namespace ndr::spec
