// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ndr::jobs {
namespace {

using base::kMicrosPerDay;
using base::kSliceMicros;
using base::Micros;
using testing::HasSubstr;

constexpr Micros kDay0 = 19'800 * kMicrosPerDay;  // 2024-03-18, a Monday

std::map<Micros, int64_t> Slices(Micros start, int count, int64_t records) {
  std::map<Micros, int64_t> slices;
  for (int i = 0; i < count; ++i) slices[start + i * kSliceMicros] = records;
  return slices;
}

base::Calendar CalendarIn(const char* zone) {
  base::CalendarOptions options;
  options.timezone = zone;
  return *base::Calendar::Make(options);
}

TEST(ChooseHistory, OneWrongTimeStampOf1970LeavesTheHistoryAlone) {
  auto slices = Slices(kDay0, 4, 10);
  slices[0] = 1;
  const History h = *ChooseHistory(slices, {}, {});
  EXPECT_EQ(h, (History{kDay0, kDay0 + 4 * kSliceMicros, 40, 1}));
}

TEST(ChooseHistory, AGapOfSevenDaysIsInsideAndALongerOneEndsTheRun) {
  auto slices = Slices(kDay0, 1, 5);
  slices[kDay0 + kSliceMicros + 7 * kMicrosPerDay] = 5;  // its end to this start: exactly 7 days
  EXPECT_EQ(ChooseHistory(slices, {}, {})->records, 10);
  slices = Slices(kDay0, 1, 5);
  slices[kDay0 + 2 * kSliceMicros + 7 * kMicrosPerDay] = 5;  // one slice more; of equal runs the later
  const History h = *ChooseHistory(slices, {}, {});
  EXPECT_EQ(h.start, kDay0 + 2 * kSliceMicros + 7 * kMicrosPerDay);
  EXPECT_EQ(h.records_outside, 5);
}

TEST(ChooseHistory, NamedBoundsAreTheHistorysOwn) {
  const auto slices = Slices(kDay0, 8, 1);
  const History h = *ChooseHistory(slices, kDay0 - kSliceMicros, kDay0 + 2 * kSliceMicros);
  EXPECT_EQ(h, (History{kDay0 - kSliceMicros, kDay0 + 2 * kSliceMicros, 2, 6}));
  EXPECT_FALSE(ChooseHistory(slices, kDay0 + 1, {}).ok());
  EXPECT_FALSE(ChooseHistory(slices, kDay0 + kSliceMicros, kDay0).ok());
  EXPECT_FALSE(ChooseHistory(slices, kDay0 + kMicrosPerDay, {}).ok());
}

TEST(ChoosePlan, TwelveDaysHoldTheSevenDayHorizon) {
  // 9 days before T and a quarter of 12 days after it: T = day 9, the last chance.
  const History h{kDay0, kDay0 + 12 * kMicrosPerDay, 1, 0};
  const Plan plan = *ChoosePlan(h, CalendarIn("UTC"), {});
  EXPECT_EQ(plan.reference, kDay0 + 9 * kMicrosPerDay);
  ASSERT_EQ(plan.horizons.size(), 1u);
  EXPECT_EQ(plan.horizons[0].label, "7d");
}

TEST(ChoosePlan, FiftyDaysHoldBothHorizons) {
  // 37 days before T; 50/4 = 12.5 days after it end at day 37.5.
  const History h{kDay0, kDay0 + 50 * kMicrosPerDay, 1, 0};
  const Plan plan = *ChoosePlan(h, CalendarIn("UTC"), {});
  EXPECT_EQ(plan.reference, kDay0 + 37 * kMicrosPerDay);
  ASSERT_EQ(plan.horizons.size(), 2u);
  EXPECT_EQ(plan.horizons[1].label, "30d");
}

TEST(ChoosePlan, AShortHistoryIsCutAtSixtyPercent) {
  // 10 slices: 60 % are 6 slices. 3 days: 1.8 days are nearest to midnight of day 2. 10 days: day 6.
  const Plan two_hours = *ChoosePlan({kDay0, kDay0 + 10 * kSliceMicros, 1, 0}, CalendarIn("UTC"), {});
  EXPECT_EQ(two_hours.reference, kDay0 + 6 * kSliceMicros);
  EXPECT_EQ(two_hours.horizons[0].label, "all");
  EXPECT_EQ(two_hours.horizons[0].Start(two_hours.reference), kDay0);
  EXPECT_EQ(ChoosePlan({kDay0, kDay0 + 3 * kMicrosPerDay, 1, 0}, CalendarIn("UTC"), {})->reference,
            kDay0 + 2 * kMicrosPerDay);
  EXPECT_EQ(ChoosePlan({kDay0, kDay0 + 10 * kMicrosPerDay, 1, 0}, CalendarIn("UTC"), {})->reference,
            kDay0 + 6 * kMicrosPerDay);
  // In Prague (UTC+1) the midnight nearest to 1.8 days is at 23:00 UTC of day 1.
  EXPECT_EQ(ChoosePlan({kDay0, kDay0 + 3 * kMicrosPerDay, 1, 0}, CalendarIn("Europe/Prague"), {})->reference,
            kDay0 + 2 * kMicrosPerDay - 4 * kSliceMicros);
}

TEST(ChoosePlan, WhatWasNamedIsNotQuietlyReplaced) {
  const History h{kDay0, kDay0 + 4 * kMicrosPerDay, 1, 0};
  // [T - 9 d, T - 2 d) ends where the history begins; [T - 8 d, T - 1 d) reaches a day into it and is built
  // in part.
  PlanRequest request{kDay0 + 2 * kMicrosPerDay, *spec::ParseHorizons("7d:2d"), true};
  EXPECT_FALSE(ChoosePlan(h, CalendarIn("UTC"), request).ok());
  request.horizons = *spec::ParseHorizons("7d:1d");
  EXPECT_EQ(ChoosePlan(h, CalendarIn("UTC"), request)->horizons[0].label, "7d");
  request.horizons = *spec::ParseHorizons("1d:1d");
  EXPECT_EQ(ChoosePlan(h, CalendarIn("UTC"), request)->horizons[0].label, "1d");
  request.reference = kDay0 + 5 * kMicrosPerDay;
  EXPECT_FALSE(ChoosePlan(h, CalendarIn("UTC"), request).ok());
}

TEST(ChoosePlan, AShortHistoryHasTheHorizonsThatWereNamed) {
  // 30 h: 60 % are 18 h. The midnight after 12 h is at 24 h, and 30 h - 30/4 h = 22.5 h.
  const History h{kDay0, kDay0 + 120 * kSliceMicros, 1, 0};
  PlanRequest request{std::nullopt, *spec::ParseHorizons("12h:0h,1d:0h,3d:1d"), true};
  const Plan plan = *ChoosePlan(h, CalendarIn("UTC"), request);
  EXPECT_EQ(plan.reference, kDay0 + 72 * kSliceMicros);
  ASSERT_EQ(plan.horizons.size(), 2u);
  EXPECT_EQ(plan.horizons[0].label, "12h");
  EXPECT_EQ(plan.horizons[1].label, "1d");  // [-6 h, 18 h) reaches into the history
  EXPECT_THAT(plan.why,
              HasSubstr("60 % of them are the baseline; horizons that fit: 12h, 1d; left out: 3d (ends "
                        "before the history begins); --reference-time names another time to judge by"));
  request.horizons = *spec::ParseHorizons("3d:1d");
  const Plan none = *ChoosePlan(h, CalendarIn("UTC"), request);
  EXPECT_EQ(none.horizons[0].label, "all");
  EXPECT_THAT(none.why, HasSubstr("left out: 3d (ends before the history begins)"));
}

TEST(ChoosePlan, HorizonsOfTheProjectThatAreLeftOutAreNamed) {
  PlanRequest request{std::nullopt, *spec::ParseHorizons("12h:0h"), false};
  const Plan all = *ChoosePlan({kDay0, kDay0 + 120 * kSliceMicros, 1, 0}, CalendarIn("UTC"), request);
  EXPECT_EQ(all.horizons[0].label, "all");
  EXPECT_THAT(all.why,
              HasSubstr("left out: 12h (no local midnight has room for it and its gap before it and for "
                        "a quarter of the history after it); --reference-time names another time to "
                        "judge by, and --horizons builds"));
  // 12 days: the midnight after 7d:2d is day 9, with 3 days after it; 10d:2d would begin at day -3.
  request.horizons = *spec::ParseHorizons("7d:2d,10d:2d");
  const Plan seven = *ChoosePlan({kDay0, kDay0 + 12 * kMicrosPerDay, 1, 0}, CalendarIn("UTC"), request);
  EXPECT_EQ(seven.reference, kDay0 + 9 * kMicrosPerDay);
  EXPECT_THAT(seven.why, HasSubstr("horizons that fit: 7d; left out: 10d (begins before the history)"));
  request.horizons = *spec::ParseHorizons("7d:2d");
  EXPECT_EQ(
      ChoosePlan({kDay0, kDay0 + 12 * kMicrosPerDay, 1, 0}, CalendarIn("UTC"), request)->why.find("left out"),
      std::string::npos);
}

}  // namespace
}  // namespace ndr::jobs
