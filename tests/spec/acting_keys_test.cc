// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>

#include "ndr/spec/project.h"

namespace ndr::spec {
namespace {

struct Change {
  const char* name;
  std::function<void(Project*)> apply;
  int first;  ///< the first of kFamilies on which it acts; 4: none
};
constexpr const char* kFamilies[] = {"delta", "fg_a", "fg_b", "fg_c"};

// A key acts on a dataset and on all that is made from it, and on nothing before it.
TEST(ActingKeys, ActFromTheirDatasetOn) {
  const Change changes[] = {
      {"host_networks", [](Project* p) { p->network.host_networks.pop_back(); }, 0},
      {"field_mapping", [](Project* p) { p->field_mapping["a"] = "b"; }, 0},
      {"calendar.timezone", [](Project* p) { p->calendar.timezone = "Europe/Prague"; }, 0},
      {"port_sets", [](Project* p) { p->port_sets[0].second.pop_back(); }, 0},
      {"allowed_lateness", [](Project* p) { p->data_quality.allowed_lateness = 0; }, 0},
      {"calendar.weekend", [](Project* p) { p->calendar.weekend = {5}; }, 1},
      {"high_risk", [](Project* p) { p->network.high_risk = {"10.0.0.0/24"}; }, 1},
      {"windows",
       [](Project* p) {
         p->catalogue.windows = {{"w_1h", 4}, {"w_24h", 96}};
       },
       1},
      {"lookback.days", [](Project* p) { p->lookback.days = 7; }, 1},
      {"horizons",
       [](Project* p) {
         p->horizons = {{"1d", base::kMicrosPerDay, 0}};
       },
       2},
      {"baselined_metrics", [](Project* p) { p->catalogue.baselined_metrics = {"sessions_cnt"}; }, 2},
      {"capping.z_max", [](Project* p) { p->capping.z_max = 7; }, 2},
      {"support_min", [](Project* p) { p->support_min.metrics["deny_ratio"] = 3; }, 2},
      {"transforms", [](Project* p) { p->catalogue.transforms = {"diff"}; }, 3},
      {"z_max", [](Project* p) { p->z_max = 7; }, 3},
      {"scores",
       [](Project* p) {
         p->scores.push_back({"mine", true, {"deny_ratio"}});
       },
       3},
      {"findings.terms", [](Project* p) { p->findings.terms[0].amount = 11; }, 3},
      {"names", [](Project* p) { p->project_name = "x", p->feature_spec_version = "v2"; }, 4},
      {"max_malformed_ratio", [](Project* p) { p->data_quality.max_malformed_ratio = 1; }, 4},
      {"keep", [](Project* p) { p->keep.all_fg_a = false; }, 4},
      {"findings.ignore", [](Project* p) { p->findings.ignore.push_back({}); }, 4},
      {"findings.memory_days", [](Project* p) { p->findings.memory_days = 1; }, 4},
  };
  for (const Change& change : changes) {
    Project project = DefaultProject();
    change.apply(&project);
    for (int i = 0; i < 4; ++i)
      EXPECT_EQ(ConfigurationHash(project, kFamilies[i]) != ConfigurationHash(DefaultProject(), kFamilies[i]),
                i >= change.first)
          << change.name << " on " << kFamilies[i];
  }
}

TEST(ActingKeys, WhatSaysTheSameIsTheSame) {
  Project project = DefaultProject();
  std::swap(project.sessions.subtypes[0], project.sessions.subtypes[1]);
  project.horizons = {DefaultHorizons()[1], DefaultHorizons()[0]};
  project.catalogue.windows = {{"w_24h", 96}, {"w_15m", 1}, {"w_30m", 2}, {"w_1h", 4}, {"w_8h", 32}};
  project.findings.terms.clear();
  EXPECT_EQ(ActingKeys(project, "fg_c"), ActingKeys(DefaultProject(), "fg_c"));
}

TEST(ActingKeys, NameTheirValues) {
  const auto keys = ActingKeys(DefaultProject(), "delta/host");
  EXPECT_EQ(keys.at("calendar.timezone"), "\"UTC\"");
  EXPECT_EQ(keys.at("data_quality.allowed_lateness_hours"), "24");
  EXPECT_EQ(keys.at("segments.ipv4_prefix_length"), "24");
  EXPECT_EQ(keys, ActingKeys(DefaultProject(), "pair_counts"));
  EXPECT_FALSE(keys.contains("windows"));
  EXPECT_EQ(ActingKeys(DefaultProject(), "fg_b").at("capping.w_anom"), "0.1");
}

}  // namespace
}  // namespace ndr::spec
