// SPDX-License-Identifier: Apache-2.0
// Which baseline judges a row, and what a host row says of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "correlation/scene.h"

namespace ndr::correlation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A warm host with all three levels: medians 10, 20, 30 of sessions_cnt.
Scene ThreeLevels() {
  Scene s;
  s.Row(kHostText, kOut, "w_1h", {{"sessions_cnt", 50.0}});
  s.Host(0, kHostText, kOut, "w_1h", {{"sessions_cnt", {10, 4, 8, 22, 40, 60}}});
  s.Segment(0, kSegmentText, kOut, "w_1h", {{"sessions_cnt", {20, 5, 8, 25, 45, 600}}});
  s.Global(0, kOut, "w_1h", {{"sessions_cnt", {30, 10, 8, 90, 99, 6000}}});
  s.Metadata(0, kHostText, kOut, "w_1h", false);
  return s;
}

TEST(Baselines, AWarmRowIsJudgedByItsHost) {
  const auto out = ThreeLevels().Correlate();
  const auto& row = *out.horizons[0].host;
  EXPECT_EQ(TextAt(row, "baseline_time_band", 0), "WD_WORKING");
  EXPECT_EQ(TextAt(row, "baseline_level", 0), "HOST");
  EXPECT_EQ(NumberAt(row, "is_cold_start", 0), 0);
  EXPECT_EQ(NumberAt(row, "sessions_cnt_z_mad", 0), 10);  // (50 - 10)/4
  EXPECT_EQ(NumberAt(row, "sessions_cnt_z_mad_clipped", 0), 6);
  EXPECT_DOUBLE_EQ(NumberAt(row, "sessions_cnt_ratio", 0), 51.0 / 11);
  EXPECT_EQ(NumberAt(row, "sessions_cnt_excess_over_p95", 0), 28);  // 50 - 22
  EXPECT_EQ(NumberAt(row, "baseline_min_support_count", 0), 60);
  EXPECT_EQ(NumberAt(row, "baseline_cold_start_any", 0), 0);
  EXPECT_THAT(ListAt(row, "baseline_level_exceptions", 0), IsEmpty());
  EXPECT_EQ(TextAt(row, "record_id", 0),
            "10.0.0.5|outbound|10.0.0.0/24|WD_WORKING|w_1h|2024-04-22T11:00:00Z|2024-04-22T12:00:00Z|7d");
  EXPECT_EQ(NumberAt(row, "slices_covered", 0), 4);
}

TEST(Baselines, AColdRowIsJudgedByItsSegment) {
  Scene s = ThreeLevels();
  s.Row("10.0.0.6", kOut, "w_1h", {{"sessions_cnt", 50.0}});  // not in ip_metadata
  const auto out = s.Correlate();
  const auto& row = *out.horizons[0].host;
  EXPECT_EQ(NumberAt(row, "is_cold_start", 1), 1);
  EXPECT_EQ(TextAt(row, "baseline_level", 1), "SEGMENT");
  EXPECT_EQ(NumberAt(row, "sessions_cnt_z_mad", 1), 6);  // (50 - 20)/5
  EXPECT_EQ(out.counters.Get("7d.cold"), 1);
  EXPECT_EQ(out.counters.Get("7d.warm"), 1);
}

TEST(Baselines, EachMetricFallsBackByItself) {
  Scene s;
  s.Row(kHostText, kOut, "w_1h",
        {{"sessions_cnt", 1.0}, {"deny_cnt", 9.0}, {"rst_cnt", 9.0}, {"duration_mean", Cell()}});
  s.Host(0, kHostText, kOut, "w_1h",
         {{"deny_cnt", {0, 1, 1, 0, 0, 5, true}},
          {"rst_cnt", {kNull, kNull, kNull, kNull, kNull, 0, true}},
          {"duration_mean", {1, 1, 1, 1, 1, 9, true}}});
  s.Segment(0, kSegmentText, kOut, "w_1h", {{"rst_cnt", {1, 1, 1, 1, 1, 5, true}}});
  s.Global(0, kOut, "w_1h", {{"rst_cnt", {5, 2, 1, 1, 1, 7, true}}});
  s.Metadata(0, kHostText, kOut, "w_1h", false);
  const auto out = s.Correlate();
  const auto& row = *out.horizons[0].host;
  EXPECT_EQ(TextAt(row, "baseline_level", 0), "HOST");
  // duration_mean falls back too, but has no value here.
  EXPECT_THAT(ListAt(row, "baseline_level_exceptions", 0), ElementsAre("deny_cnt=SEGMENT", "rst_cnt=GLOBAL"));
  EXPECT_EQ(NumberAt(row, "rst_cnt_z_mad", 0), 2);  // (9 - 5)/2: global serves though cold
  EXPECT_TRUE(IsNull(NumberAt(row, "duration_mean_z_mad", 0)));
  EXPECT_EQ(NumberAt(row, "baseline_cold_start_any", 0), 1);
  EXPECT_EQ(NumberAt(row, "baseline_min_support_count", 0), 7);
}

TEST(Baselines, AMetricWithoutAMedianAnywhereHasNone) {
  Scene t;
  t.Row(kHostText, kOut, "w_1h", {{"deny_ratio", 0.5}});
  const Stats none{kNull, kNull, kNull, kNull, kNull, 0, true};
  t.Host(0, kHostText, kOut, "w_1h", {{"deny_ratio", none}});
  t.Segment(0, kSegmentText, kOut, "w_1h", {{"deny_ratio", none}});
  t.Global(0, kOut, "w_1h", {{"deny_ratio", none}});
  t.Metadata(0, kHostText, kOut, "w_1h", false);
  const auto out = t.Correlate();
  const auto& row = *out.horizons[0].host;
  EXPECT_TRUE(IsNull(NumberAt(row, "deny_ratio_z_mad", 0)));
  EXPECT_EQ(NumberAt(row, "baseline_cold_start_any", 0), 1);
  // No exception for what has no median; the others chose 100 slices each.
  EXPECT_THAT(ListAt(row, "baseline_level_exceptions", 0), IsEmpty());
  EXPECT_EQ(NumberAt(row, "baseline_min_support_count", 0), 100);
}

TEST(Baselines, AFirstWeekendIsJudgedByTheSameHoursOfWorkingDays) {
  Scene s = ThreeLevels();
  s.rows.clear();
  s.Row(kHostText, kOut, "w_1h", {{"sessions_cnt", 50.0}}, "WE_WORKING");
  s.Row(kHostText, kOut, "w_15m", {{"sessions_cnt", 50.0}}, "WE_WORKING");
  s.Metadata(0, kHostText, kOut, "w_15m", false, 1000);  // the shortest window, from which typical bands come
  const auto out = s.Correlate();
  const auto& row = *out.horizons[0].host;
  ASSERT_EQ(TextAt(row, "window_label", 1), "w_1h");
  EXPECT_EQ(TextAt(row, "baseline_time_band", 1), "WD_WORKING");
  EXPECT_EQ(TextAt(row, "baseline_level", 1), "HOST");
  EXPECT_TRUE(IsNull(NumberAt(row, "time_band_violation_flag", 1))) << "its own band has no baseline";
  // No global row of w_15m in either kind of day: nothing.
  EXPECT_EQ(TextAt(row, "baseline_time_band", 0), "null");
  EXPECT_EQ(TextAt(row, "baseline_level", 0), "NONE");
  EXPECT_EQ(NumberAt(row, "is_cold_start", 0), 1);
  EXPECT_TRUE(IsNull(NumberAt(row, "sessions_cnt_z_mad", 0)));
  EXPECT_TRUE(IsNull(NumberAt(row, "anomaly_rank_score", 0)));
  EXPECT_TRUE(IsNull(NumberAt(row, "baseline_min_support_count", 0)));
  EXPECT_EQ(out.counters.Get("7d.no_baseline"), 1);
}

TEST(Baselines, ABandNeedsEightSlicesOfTheNetwork) {
  for (const int64_t support : {7, 8}) {
    Scene s;
    s.Row(kHostText, kOut, "w_1h", {{"sessions_cnt", 50.0}});
    s.Global(0, kOut, "w_1h", {{"sessions_cnt", {30, 10, 8, 90, 99, support, true}}});
    const auto out = s.Correlate();
    EXPECT_EQ(TextAt(*out.horizons[0].host, "baseline_level", 0), support == 8 ? "GLOBAL" : "NONE");
  }
}

TEST(Baselines, ScaleExceptionsNameTheMetricsNotJudgedByTheMad) {
  Scene s;
  s.Row(kHostText, kOut, "w_1h",
        {{"sessions_cnt", 9.0}, {"bytes_src_sum", 5000.0}, {"deny_ratio", 0.5}, {"duration_mean", Cell()}});
  StatsByMetric stats;
  for (const int m : s.catalogue().baselined())
    stats[s.catalogue().metrics()[static_cast<size_t>(m)].name] = {0, 2000, 1, 0, 0, 100};
  stats["sessions_cnt"] = {0, 0, 5, 0, 0, 100};   // IQR 5
  stats["bytes_src_sum"] = {0, 3, 9, 0, 0, 100};  // below 1024
  stats["duration_mean"] = {0, 0, 5, 0, 0, 100};  // no value
  s.Global(0, kOut, "w_1h", stats);
  const auto out = s.Correlate();
  EXPECT_THAT(ListAt(*out.horizons[0].host, "scale_source_exceptions", 0),
              ElementsAre("sessions_cnt=iqr", "bytes_src_sum=resolution"));
  EXPECT_DOUBLE_EQ(NumberAt(*out.horizons[0].host, "bytes_src_sum_z_mad", 0), 5000.0 / 1024);
}

TEST(Baselines, PeersAreTheSegmentWhereFiveHostsStandBehindIt) {
  // z of sessions_cnt against the host 10, the segment 6, the network 2.
  for (const double hosts : {4.0, 5.0}) {
    Scene s;
    s.Row(kHostText, kOut, "w_1h", {{"sessions_cnt", 50.0}});
    s.Host(0, kHostText, kOut, "w_1h", {{"sessions_cnt", {10, 4, 8, 22, 40, 60}}});
    s.Segment(0, kSegmentText, kOut, "w_1h", {{"sessions_cnt", {20, 5, 8, 25, 45, 600}}},
              {{"hosts_cnt", hosts}});
    s.Global(0, kOut, "w_1h", {{"sessions_cnt", {30, 4, 8, 90, 99, 6000}}});
    s.Metadata(0, kHostText, kOut, "w_1h", false);
    const auto out = s.Correlate();
    const auto& row = *out.horizons[0].host;
    EXPECT_DOUBLE_EQ(NumberAt(row, "anomaly_rank_score", 0), std::log(1 + 7));
    EXPECT_DOUBLE_EQ(NumberAt(row, "peer_rank_score", 0), hosts < 5 ? std::log(1 + 2) : std::log(1 + 3));
    const auto features = ListAt(row, "peer_top_features", 0);
    ASSERT_EQ(features.size(), 5u);
    EXPECT_THAT(features[0], testing::HasSubstr(hosts < 5 ? "GLOBAL" : "SEGMENT"));
  }
}

TEST(Baselines, TopFeaturesSayWhatStandsBehindTheScore) {
  const auto out = ThreeLevels().Correlate();
  const auto features = ListAt(*out.horizons[0].host, "top_features", 0);
  ASSERT_EQ(features.size(), 5u);
  EXPECT_EQ(features[0],
            "{metric:string = sessions_cnt, value:double = 50, median:double = 10, scale:double = 4, "
            "level:string = HOST, z:double = 10}");
  // The others have z 0: the next in the catalogue's order, without those that repeat sessions_cnt.
  EXPECT_THAT(features[1], testing::HasSubstr("deny_cnt"));
}

TEST(Windows, DisagreementStandsOnAllRowsOfAHostAndRole) {
  Scene s;
  for (const char* w : {"w_15m", "w_1h", "w_8h"})
    s.Global(0, kOut, w, {{"sessions_cnt", {10, 5, 1, 1, 1, 99}}});
  s.Row(kHostText, kOut, "w_15m", {{"sessions_cnt", 50.0}});  // z 8
  s.Row(kHostText, kOut, "w_1h", {{"sessions_cnt", 35.0}});   // z 5
  s.Row(kHostText, kOut, "w_8h", {{"sessions_cnt", 10.0}});
  s.Row("10.0.0.7", kOut, "w_1h", {{"sessions_cnt", 35.0}});
  const auto out = s.Correlate();
  for (int64_t r = 0; r < 3; ++r)
    EXPECT_EQ(NumberAt(*out.horizons[0].host, "window_disagreement_sessions_cnt", r), 3) << r;
  EXPECT_TRUE(IsNull(NumberAt(*out.horizons[0].host, "window_disagreement_sessions_cnt", 3)));
}

TEST(Horizons, DriftComparesTheShortestWithTheLongest) {
  Scene s;
  s.horizons = {{"30d", 30}, {"7d", 7}};
  s.Row(kHostText, kOut, "w_1h", {{"sessions_cnt", 50.0}});
  s.Global(0, kOut, "w_1h", {{"sessions_cnt", {9, 4, 1, 1, 1, 99}}});
  s.Global(1, kOut, "w_1h", {{"sessions_cnt", {29, 3, 1, 1, 1, 99}}});
  const auto out = s.Correlate();
  ASSERT_EQ(out.horizons.size(), 2u);
  for (const auto& h : out.horizons) {
    EXPECT_EQ(NumberAt(*h.host, "baseline_drift_ratio_sessions_cnt", 0), 3);  // (29 + 1)/(9 + 1)
    EXPECT_EQ(NumberAt(*h.host, "baseline_drift_z_sessions_cnt", 0), 5);      // (29 - 9)/4
  }
  EXPECT_TRUE(
      IsNull(NumberAt(*ThreeLevels().Correlate().horizons[0].host, "baseline_drift_z_sessions_cnt", 0)));
}

TEST(TimeBands, AViolationRaisesZByHalf) {
  Scene s;
  s.Global(0, kOut, "w_15m", {{"sessions_cnt", {10, 5, 1, 1, 1, 99}}},
           {{"time_band", std::string("WD_NIGHT")}});
  s.Metadata(0, kHostText, kOut, "w_15m", false, 1000, "WD_WORKING");
  s.Metadata(0, kHostText, kOut, "w_15m", false, 10, "WD_NIGHT");
  s.Row(kHostText, kOut, "w_15m", {{"sessions_cnt", 50.0}}, "WD_NIGHT");
  const auto out = s.Correlate();
  EXPECT_EQ(NumberAt(*out.horizons[0].host, "time_band_violation_flag", 0), 1);
  EXPECT_EQ(NumberAt(*out.horizons[0].host, "time_band_z_sessions", 0), 12);  // 8 x 1.5
}

}  // namespace
}  // namespace ndr::correlation
