// SPDX-License-Identifier: Apache-2.0
#include "ndr/base/calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ndr::base {
namespace {

Micros At(std::string_view compact) { return *ParseCompact(compact); }

// In 2024 Prague went from UTC+1 to UTC+2 on 31 March at 01:00Z, and back on 27 October at 01:00Z.
CalendarOptions Prague() {
  CalendarOptions options;
  options.timezone = "Europe/Prague";
  return options;
}

TEST(TimeZone, OffsetsChangeAtTheInstantOfTheChange) {
  const auto zone = TimeZone::Load("Europe/Prague").ValueOrDie();
  EXPECT_EQ(zone.OffsetSeconds(At("20240331T005959Z")), 3600);
  EXPECT_EQ(zone.OffsetSeconds(At("20240331T010000Z")), 7200);
  EXPECT_EQ(zone.OffsetSeconds(At("20241027T005959Z")), 7200);
  EXPECT_EQ(zone.OffsetSeconds(At("20241027T010000Z")), 3600);
  EXPECT_EQ(TimeZone::Utc().OffsetSeconds(0), 0);
  EXPECT_THAT(TimeZone::Load("Europe/Atlantis").status().message(),
              testing::HasSubstr("'Europe/Atlantis' is not known"));
}

TEST(TimeZone, ALocalTimeThatDoesNotOccurMovesForwardByTheGap) {
  const auto zone = TimeZone::Load("Europe/Prague").ValueOrDie();
  EXPECT_EQ(zone.FromLocal(At("20240331T015959Z")), At("20240331T005959Z"));
  EXPECT_EQ(zone.FromLocal(At("20240331T023000Z")), At("20240331T013000Z")) << "03:30 of summer";
  EXPECT_EQ(zone.FromLocal(At("20240331T030000Z")), At("20240331T010000Z"));
}

TEST(TimeZone, ALocalTimeThatOccursTwiceIsTheEarlier) {
  const auto zone = TimeZone::Load("Europe/Prague").ValueOrDie();
  EXPECT_EQ(zone.FromLocal(At("20241027T015959Z")), At("20241026T235959Z"));
  EXPECT_EQ(zone.FromLocal(At("20241027T023000Z")), At("20241027T003000Z"));
  EXPECT_EQ(zone.FromLocal(At("20241027T030000Z")), At("20241027T020000Z"));
}

TEST(Calendar, HoursOfTheChangingDays) {
  const auto calendar = Calendar::Make(Prague()).ValueOrDie();
  EXPECT_EQ(calendar.At(At("20240331T004500Z")).hour_of_day, 1);
  EXPECT_EQ(calendar.At(At("20240331T010000Z")).hour_of_day, 3) << "there is no hour 2";
  EXPECT_EQ(calendar.At(At("20241027T003000Z")).hour_of_day, 2);
  EXPECT_EQ(calendar.At(At("20241027T013000Z")).hour_of_day, 2) << "hour 2 once more";
  EXPECT_EQ(calendar.At(At("20241027T023000Z")).hour_of_day, 3);
}

TEST(Calendar, BandsFollowTheLocalHourAndDay) {
  const auto calendar = Calendar::Make(Prague()).ValueOrDie();
  const auto band = [&](std::string_view t) {
    return kTimeBandNames[static_cast<size_t>(calendar.At(At(t)).time_band)];
  };
  // Friday 19 April 2024, UTC+2: work begins at 05:00Z, ends at 15:00Z; the evening ends at 20:00Z.
  EXPECT_EQ(band("20240419T044500Z"), "WD_NIGHT");
  EXPECT_EQ(band("20240419T050000Z"), "WD_WORKING");
  EXPECT_EQ(band("20240419T144500Z"), "WD_WORKING");
  EXPECT_EQ(band("20240419T150000Z"), "WD_OFF");
  EXPECT_EQ(band("20240419T200000Z"), "WD_NIGHT");
  EXPECT_EQ(band("20240419T214500Z"), "WD_NIGHT");
  EXPECT_EQ(band("20240419T220000Z"), "WE_NIGHT") << "Saturday, 00:00 local";
  EXPECT_EQ(band("20240420T100000Z"), "WE_WORKING");
  EXPECT_EQ(band("20240420T160000Z"), "WE_OFF");
  // In winter the same local hour is an hour later in UTC.
  EXPECT_EQ(band("20240115T054500Z"), "WD_NIGHT");
  EXPECT_EQ(band("20240115T060000Z"), "WD_WORKING");
}

TEST(Calendar, WeekendsAndHolidaysAreOffdays) {
  CalendarOptions options;
  options.weekend = {5};                // Friday
  options.holidays = {19'830, 19'834};  // 2024-04-17 (Wednesday), 2024-04-21 (Sunday)
  const auto calendar = Calendar::Make(options).ValueOrDie();
  const CalendarFields friday = calendar.At(At("20240419T120000Z"));
  EXPECT_EQ(friday.day_of_week, 5);
  EXPECT_EQ(friday.is_weekend, 1);
  EXPECT_EQ(friday.is_holiday, 0);
  EXPECT_EQ(friday.is_offday, 1);
  EXPECT_EQ(friday.is_working_hours, 1);
  const CalendarFields holiday = calendar.At(At("20240417T180000Z"));
  EXPECT_EQ(holiday.day_of_week, 3);
  EXPECT_EQ(holiday.is_weekend, 0);
  EXPECT_EQ(holiday.is_holiday, 1);
  EXPECT_EQ(holiday.is_offday, 1);
  EXPECT_EQ(holiday.is_off_hours, 1);
  EXPECT_EQ(holiday.time_band, TimeBand::kWeOff);
  const CalendarFields saturday = calendar.At(At("20240420T010000Z"));
  EXPECT_EQ(saturday.is_offday, 0);
  EXPECT_EQ(saturday.is_night_hours, 1);
  EXPECT_EQ(calendar.At(At("19691231T000000Z")).day_of_week, 3) << "the Wednesday before 1970";
}

TEST(Calendar, NextMidnightIsLocal) {
  const auto calendar = Calendar::Make(Prague()).ValueOrDie();
  EXPECT_EQ(calendar.NextMidnight(At("20240330T230000Z")), At("20240330T230000Z")) << "it is midnight";
  EXPECT_EQ(calendar.NextMidnight(At("20240330T230001Z")), At("20240331T220000Z")) << "a day of 23 hours";
  EXPECT_EQ(calendar.NextMidnight(At("20241026T220001Z")), At("20241027T230000Z")) << "a day of 25 hours";
  // São Paulo, 4 November 2018: 00:00 (03:00Z) became 01:00, so that day begins then.
  CalendarOptions options;
  options.timezone = "America/Sao_Paulo";
  EXPECT_EQ(Calendar::Make(options).ValueOrDie().NextMidnight(At("20181103T120000Z")),
            At("20181104T030000Z"));
}

TEST(Calendar, ImpossibleOptionsAreRefused) {
  CalendarOptions options;
  options.weekend = {0};
  EXPECT_THAT(Calendar::Make(options).status().message(), testing::HasSubstr("calendar.weekend: 0"));
  options = {};
  options.working_hours = {17, 7};
  EXPECT_FALSE(Calendar::Make(options).ok());
}

}  // namespace
}  // namespace ndr::base
