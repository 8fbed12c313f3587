// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/plan.h"

#include <gtest/gtest.h>

#include "fg_a_rows.h"

namespace ndr::baselines {
namespace {

TEST(PlanTest, ReadsTheBaselinedMetricsAndKeyMetricsBesidesThem) {
  spec::Project project;
  project.capping.key_metrics = {"deny_ratio", "tcp_cnt"};
  const auto plan = *Plan::Make(MakeTestContext(project));
  ASSERT_EQ(plan->columns().size(), 4u);
  EXPECT_EQ(plan->baselined(), 3u);
  EXPECT_EQ(plan->columns()[2].metric->name, "deny_ratio");
  EXPECT_EQ(plan->columns()[3].metric->name, "tcp_cnt");
  EXPECT_EQ(plan->key_columns(), (std::vector<size_t>{2, 3}));
  EXPECT_EQ(plan->required_columns(), std::vector<size_t>{0});
}

TEST(PlanTest, GroupsGoByRoleBandAndWindow) {
  const auto plan = *Plan::Make(MakeTestContext());
  size_t group = 0;
  for (const auto role : {catalogue::Role::kOutbound, catalogue::Role::kInbound})
    for (int band = 0; band < base::kTimeBands; ++band)
      for (size_t window = 0; window < plan->windows(); ++window, ++group) {
        EXPECT_EQ(plan->Group(role, static_cast<base::TimeBand>(band), window), group);
        EXPECT_EQ(plan->RoleOf(group), role);
        EXPECT_EQ(static_cast<int>(plan->BandOf(group)), band);
        EXPECT_EQ(plan->WindowOf(group), window);
      }
  EXPECT_EQ(plan->groups(), group);
}

// w_15m: none named, the default; w_1h: 20 by window; deny_ratio 30 by metric, of the two the larger.
TEST(PlanTest, TheLargerNamedMinimumStands) {
  spec::Project project;
  project.support_min.metrics["deny_ratio"] = 30;
  project.support_min.windows = {{"w_1h", 20}, {"w_24h", 40}};
  const auto plan = *Plan::Make(MakeTestContext(project));
  EXPECT_EQ(plan->columns()[0].support_min, (std::vector<int64_t>{50, 50, 20, 50, 40}));
  EXPECT_EQ(plan->columns()[2].support_min, (std::vector<int64_t>{30, 30, 30, 30, 40}));
}

void Refuses(const spec::Project& project, const std::string& key) {
  const auto status = Plan::Make(MakeTestContext(project)).status();
  EXPECT_TRUE(status.IsInvalid());
  EXPECT_NE(status.message().find(key), std::string::npos) << status.message();
}

TEST(PlanTest, RefusesWhatItCannotDo) {
  spec::Project project;
  project.capping.key_metrics = {"session_cnt"};
  Refuses(project, "capping.key_metrics: 'session_cnt'");
  project = {};
  project.capping.key_metrics = {"beacon_score_max"};
  Refuses(project, "'beacon_score_max' can't be baselined");
  project = {};
  project.baseline_required_metrics = {"tcp_cnt"};
  Refuses(project, "baseline_required_metrics: 'tcp_cnt'");
  project = {};
  project.capping.w_anom_thousandths = 1001;
  Refuses(project, "capping.w_anom");
  project = {};
  project.support_min.windows["w_9h"] = 3;
  Refuses(project, "support_min.windows.w_9h");
  project = {};
  project.support_min.metrics["nothing"] = 3;
  Refuses(project, "support_min.metrics.nothing");
}

}  // namespace
}  // namespace ndr::baselines
