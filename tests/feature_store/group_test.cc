// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/group.h"

#include <gmock/gmock.h>

#include "ndr/base/exit_code.h"
#include "rows.h"

namespace ndr::feature_store {
namespace {

using catalogue::Dataset;
using ::testing::HasSubstr;
using testing::Words;

const Feature* FindFeature(const Group& group, std::string_view name) {
  for (const Feature& f : group.features)
    if (f.name == name) return &f;
  return nullptr;
}

TEST(GroupTest, FgAHasEveryColumnButItsIdentifiers) {
  const auto groups = GroupsOf(*Words(), Dataset::kFgA, "acme-v1-fg-a").ValueOrDie();
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].name, "acme-v1-fg-a");
  // 88 columns of docs/catalogue.md without record_id and window_end_ts.
  EXPECT_EQ(groups[0].features.size(), 86u);
  EXPECT_EQ(FindFeature(groups[0], "sessions_cnt")->type, FeatureType::kIntegral);
  EXPECT_EQ(FindFeature(groups[0], "deny_ratio")->type, FeatureType::kFractional);
  EXPECT_EQ(FindFeature(groups[0], "is_weekend")->type, FeatureType::kIntegral);
  EXPECT_EQ(FindFeature(groups[0], "failed_peers_per_port_at")->type, FeatureType::kIntegral);
  EXPECT_EQ(FindFeature(groups[0], "failed_ports_per_peer_at")->type, FeatureType::kString);
  EXPECT_EQ(FindFeature(groups[0], "window_start_ts")->type, FeatureType::kString);
  EXPECT_EQ(FindFeature(groups[0], "record_id"), nullptr);
  EXPECT_EQ(FindFeature(groups[0], "window_end_ts"), nullptr);
  EXPECT_EQ(JoinView(groups), "");
}

TEST(GroupTest, FgCLeavesListsOutAndNamesTheHorizon) {
  const auto groups = GroupsOf(*Words(), Dataset::kFgCHost, "c").ValueOrDie();
  ASSERT_EQ(groups.size(), 1u);
  // 285 columns, without record_id, window_end_ts, two lists of exceptions and two of top features, and with
  // the horizon of the path.
  EXPECT_EQ(groups[0].features.size(), 285u - 2 - 4 + 1);
  EXPECT_EQ(FindFeature(groups[0], "top_features"), nullptr);
  EXPECT_EQ(FindFeature(groups[0], "scale_source_exceptions"), nullptr);
  EXPECT_EQ(FindFeature(groups[0], "baseline_horizon")->type, FeatureType::kString);
}

TEST(GroupTest, ManyFeaturesAreSplitInOrderAndJoinedBack) {
  // 702 columns of fg_a_wide: 701 features (window_end_ts is the event time). Of 300 columns a part has 297
  // features: 297, 297, 107.
  const auto groups = GroupsOf(*Words(), Dataset::kFgAWide, "wide", 300).ValueOrDie();
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(groups[0].name, "wide-1");
  EXPECT_EQ(groups[2].name, "wide-3");
  EXPECT_EQ(groups[0].features.size(), 297u);
  EXPECT_EQ(groups[1].features.size(), 297u);
  EXPECT_EQ(groups[2].features.size(), 107u);
  EXPECT_EQ(groups[0].features.front().name, "host_ip");
  EXPECT_EQ(groups[2].features.back().name, Words()->Columns(Dataset::kFgAWide).back().name);
  EXPECT_EQ(groups[2].part, 3);
  EXPECT_EQ(groups[2].parts, 3);
  EXPECT_EQ(JoinView(groups),
            "CREATE VIEW \"wide\" AS\nSELECT *\nFROM \"wide-1\"\n"
            "JOIN \"wide-2\" USING (entity_id, window_end_ts, record_id)\n"
            "JOIN \"wide-3\" USING (entity_id, window_end_ts, record_id);\n");
}

TEST(GroupTest, NamesAreChecked) {
  EXPECT_EQ(DefaultGroupName("acme.net", "v1", Dataset::kFgAWide), "acme-net-v1-fg-a-wide");
  EXPECT_TRUE(GroupsOf(*Words(), Dataset::kFgA, std::string(64, 'x')).ok());
  for (const std::string& name :
       {std::string(65, 'x'), std::string("fg a"), std::string("-fg"), std::string()}) {
    const auto status = GroupsOf(*Words(), Dataset::kFgA, name).status();
    EXPECT_EQ(base::ExitCode(status), base::kExitUsage) << name;
    EXPECT_THAT(status.message(), HasSubstr("feature_groups.names"));
  }
}

TEST(GroupTest, AFeatureWhoseNameIsTooLongIsNamed) {
  // The set's metric has 43 + 18 characters, with `_w_15m` 67.
  catalogue::CatalogueOptions options;
  options.extra_port_sets = {std::string(43, 'A') + "_PORTS"};
  const auto words = catalogue::Catalogue::Make(options).ValueOrDie();
  EXPECT_TRUE(GroupsOf(*words, Dataset::kFgA, "a").ok());
  const auto status = GroupsOf(*words, Dataset::kFgAWide, "a").status();
  EXPECT_EQ(base::ExitCode(status), base::kExitUsage);
  EXPECT_THAT(status.message(), HasSubstr("port_sessions_cnt_w_15m' (67 characters)"));
}

TEST(GroupTest, DatasetsAreFoundByTheirNames) {
  EXPECT_EQ(*FindGrouped("fg_c"), Dataset::kFgCHost);
  EXPECT_EQ(*FindGrouped("fg_c/host"), Dataset::kFgCHost);
  EXPECT_THAT(FindGrouped("fg_b").status().message(), HasSubstr("fg_a, fg_a_wide and fg_c"));
}

}  // namespace
}  // namespace ndr::feature_store
