// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ndr/spec/project.h"

namespace ndr::spec {
namespace {

using testing::HasSubstr;

TEST(Context, DefaultsAreThoseOfTheSpecification) {
  const auto context = MakeContext(DefaultProject()).ValueOrDie();
  EXPECT_EQ(context->catalogue->windows().size(), 5u);
  EXPECT_EQ(context->catalogue->baselined().size(), 38u);
  EXPECT_EQ(context->calendar.options().timezone, "UTC");
  EXPECT_TRUE(context->network.IsHost(*base::ParseAddress("192.168.1.1")));
  ASSERT_EQ(context->port_sets.size(), 5u);
  EXPECT_EQ(context->port_sets[0].count(), 9u);  // HIGH_RISK_PORTS
  EXPECT_TRUE(context->port_sets[2].test(2049)) << "FILESHARE_PORTS";
  EXPECT_EQ(context->project.scores.size(), 4u);
  EXPECT_EQ(context->project.findings.min_score, 20);
}

TEST(Context, DefaultHorizonsLeaveTheirGap) {
  const auto horizons = DefaultHorizons();
  ASSERT_EQ(horizons.size(), 2u);
  const base::Micros t = 100 * base::kMicrosPerDay;
  EXPECT_EQ(horizons[0].Start(t), 91 * base::kMicrosPerDay);  // T - 9 d
  EXPECT_EQ(horizons[0].End(t), 98 * base::kMicrosPerDay);    // T - 2 d
  EXPECT_EQ(horizons[1].Start(t), 63 * base::kMicrosPerDay);  // T - 37 d
  EXPECT_EQ(horizons[1].End(t), 93 * base::kMicrosPerDay);    // T - 7 d
}

TEST(Context, APortSetOfTheProjectsOwnBecomesAColumnAndASet) {
  Project project = DefaultProject();
  project.port_sets.emplace_back("MAIL_PORTS", std::vector<uint16_t>{25, 587});
  const auto context = MakeContext(project).ValueOrDie();
  EXPECT_EQ(context->catalogue->delta_counts().back(), "mail_port_sessions_cnt");
  EXPECT_TRUE(context->port_sets.back().test(587));
}

TEST(Context, NamesThatDoNotExistAreRefusedWithTheNearest) {
  Project project = DefaultProject();
  project.capping.key_metrics = {"session_cnt"};
  EXPECT_THAT(
      MakeContext(project).status().message(),
      HasSubstr("capping.key_metrics: 'session_cnt' is no baselined metric; did you mean 'sessions_cnt'?"));
  project = DefaultProject();
  project.findings.windows = {"w_2h"};
  EXPECT_THAT(MakeContext(project).status().message(), HasSubstr("findings.windows: 'w_2h' is no window"));
  project = DefaultProject();
  project.scores.push_back({"mine", true, {"rare:deny_ration"}});
  EXPECT_THAT(MakeContext(project).status().message(),
              HasSubstr("scores.mine: 'deny_ration' is no baselined metric; did you mean 'deny_ratio'?"));
}

TEST(Context, NamesThatCannotStandInPathsAreRefused) {
  Project project = DefaultProject();
  project.project_name = "a#b";
  EXPECT_THAT(MakeContext(project).status().message(), HasSubstr("project_name: 'a#b' is no name"));
  project.project_name = "acme";
  project.feature_spec_version = "a/b";
  EXPECT_THAT(MakeContext(project).status().message(), HasSubstr("feature_spec_version: 'a/b' is no name"));
}

TEST(Context, AProjectWithoutAnyWindowOfFindingsIsToldSo) {
  Project project = DefaultProject();
  EXPECT_EQ(NoFindingWindow(project), "");
  project.catalogue.windows = {{"w_2h", 8}, {"w_15m", 1}};
  EXPECT_TRUE(MakeContext(project).ok());
  EXPECT_THAT(NoFindingWindow(project),
              HasSubstr("findings.windows (w_1h, w_24h) is among the project's windows (w_15m, w_2h)"));
  project.findings.windows = {"w_2h"};
  EXPECT_EQ(NoFindingWindow(project), "");
  project.catalogue.windows.push_back({"w_24h", 96});  // one of the default's two is enough
  project.findings.windows = Findings().windows;
  EXPECT_EQ(NoFindingWindow(project), "");
}

TEST(Context, ASmallerBaselinedListKeepsTheDefaultScores) {
  Project project = DefaultProject();
  project.catalogue.baselined_metrics = {"sessions_cnt", "bytes_src_sum"};
  EXPECT_TRUE(MakeContext(project).ok());
}

}  // namespace
}  // namespace ndr::spec
