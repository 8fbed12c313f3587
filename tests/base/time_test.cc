// SPDX-License-Identifier: Apache-2.0
#include "ndr/base/time.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace ndr::base {
namespace {

// 2024-04-20 is day 19,833 since 1970-01-01: 54 years of 365 days, 13 leap days before 2024, and 110 days of
// 2024.
constexpr Micros kNoon = (19'833 * 86'400ll + 43'200) * kMicrosPerSecond;

TEST(Time, Texts) {
  EXPECT_EQ(FormatInstant(kNoon), "2024-04-20T12:00:00Z");
  EXPECT_EQ(FormatInstant(kNoon + 1), "2024-04-20T12:00:00.000001Z");
  EXPECT_EQ(FormatInstant(kNoon + 120'000), "2024-04-20T12:00:00.120000Z");
  EXPECT_EQ(FormatInstant(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(FormatCompact(kNoon), "20240420T120000Z");
  EXPECT_EQ(FormatPartition(kNoon + 45 * kMicrosPerMinute), "dt=2024-04-20/hh=12/mm=45");
}

TEST(Time, CompactReadsBackAndNothingElse) {
  EXPECT_EQ(ParseCompact("20240420T120000Z"), kNoon);
  EXPECT_EQ(ParseCompact("20240229T000000Z"), kNoon - 51 * kMicrosPerDay - kMicrosPerDay / 2);
  for (const char* text : {"20230229T000000Z", "20240420T120000", "20240420T1200000", "20240420t120000Z",
                           "20240420T240000Z", "20240420T116000Z", "2024-04-20T12:00Z", ""})
    EXPECT_FALSE(ParseCompact(text)) << text;
}

TEST(Time, SlicesRoundDownBefore1970Too) {
  EXPECT_EQ(SliceStart(kNoon + 14 * kMicrosPerMinute), kNoon);
  EXPECT_EQ(SliceStart(kNoon), kNoon);
  EXPECT_EQ(SliceStart(-1), -kSliceMicros);
  EXPECT_EQ(DayStart(-kMicrosPerDay), -kMicrosPerDay);
}

TEST(ParseCivil, FormsAndOffsets) {
  const auto at = [](std::string_view text) { return ParseCivil(text)->micros; };
  EXPECT_EQ(at("2024-04-20T12:00:00Z"), kNoon);
  EXPECT_EQ(at("2024-04-20 12:00:00"), kNoon);
  EXPECT_EQ(at("2024/04/20 12:00"), kNoon);
  EXPECT_FALSE(ParseCivil("2024-04-20 12:00:00")->offset_seconds.has_value());
  EXPECT_EQ(ParseCivil("2024-04-20T12:00:00+02:00")->offset_seconds, 7200);
  EXPECT_EQ(ParseCivil("2024-04-20T12:00:00-0530")->offset_seconds, -19'800);
  EXPECT_EQ(ParseCivil("2024-04-20T12:00:00+02")->offset_seconds, 7200);
  EXPECT_EQ(ParseCivil("2024-04-20T12:00:00z")->offset_seconds, 0);
  EXPECT_EQ(at("2024-04-20T11:59:60Z"), kNoon) << "a leap second";
  EXPECT_EQ(ParseCivil("2011/08/16 10:01:46.972101")->micros % kMicrosPerSecond, 972'101);
}

TEST(ParseCivil, DecimalsRoundToTheNearestTiesUp) {
  const auto fraction = [](std::string_view decimals) {
    return ParseCivil("2024-04-20T12:00:00" + std::string(decimals) + "Z")->micros - kNoon;
  };
  EXPECT_EQ(fraction(".5"), 500'000);
  EXPECT_EQ(fraction(",25"), 250'000);
  EXPECT_EQ(fraction(".1234564999"), 123'456);
  EXPECT_EQ(fraction(".1234565"), 123'457);
  EXPECT_EQ(fraction(".9999995"), 1'000'000) << "into the next second";
}

TEST(ParseCivil, WhatIsNoTimeIsRefused) {
  for (const char* text :
       {"", "2024-04-20", "2024-13-20T12:00:00Z", "2024-02-30T12:00:00Z", "2023-02-29T12:00:00Z",
        "1900-02-29T12:00:00Z", "2024-04-20T24:00:00Z", "2024-04-20T12:60:00Z", "2024-04-20T12:00:61Z",
        "2024-04-20T12:00:00.Z", "2024-04-20T12:00:00+25:00",
        "2024-04-20T12:00:00+02:", "2024-04-20T12:00:00 Z", "24-04-20T12:00:00Z", "2024-04-20T12:00:00Zx"})
    EXPECT_FALSE(ParseCivil(text)) << text;
  EXPECT_TRUE(ParseCivil("2000-02-29T12:00:00Z")) << "2000 is a leap year, 1900 is not";
}

TEST(ParseEpoch, TheUnitFollowsFromTheMagnitude) {
  EXPECT_EQ(ParseEpoch("1713614400"), kNoon);
  EXPECT_EQ(ParseEpoch("1713614400000"), kNoon);
  EXPECT_EQ(ParseEpoch("1713614400000000"), kNoon);
  EXPECT_EQ(ParseEpoch("1713614400000000000"), kNoon);
  EXPECT_EQ(ParseEpoch("99999999999"), 99'999'999'999 * kMicrosPerSecond) << "below 1e11: seconds";
  EXPECT_EQ(ParseEpoch("100000000000"), 100'000'000'000 * 1000) << "milliseconds";
  EXPECT_EQ(ParseEpoch("100000000000000"), 100'000'000'000'000) << "microseconds";
  EXPECT_EQ(ParseEpoch("100000000000000000"), 100'000'000'000'000) << "nanoseconds";
  EXPECT_EQ(ParseEpoch("0"), 0);
}

TEST(ParseEpoch, DecimalsRoundTiesAwayFromZeroWithoutFloats) {
  EXPECT_EQ(ParseEpoch("1713614400.1234565"), kNoon + 123'457);
  EXPECT_EQ(ParseEpoch("1713614400.12345649999999999999"), kNoon + 123'456);
  EXPECT_EQ(ParseEpoch("1713614400123456499"), kNoon + 123'456);
  EXPECT_EQ(ParseEpoch("1713614400123456500"), kNoon + 123'457);
  EXPECT_EQ(ParseEpoch("-1.5"), -1'500'000);
  EXPECT_EQ(ParseEpoch("-0.0000005"), -1);
  EXPECT_EQ(ParseEpoch("1.7136144e9"), kNoon);
  // As a double 1713614400.999999 would be 1713614400.9999990463.
  EXPECT_EQ(ParseEpoch("1713614400.999999"), kNoon + 999'999);
  for (const char* text : {"", "-", ".", "1.2.3", "12a", "1e", "1e999", "+1", " 1", "0x10", "nan"})
    EXPECT_FALSE(ParseEpoch(text)) << text;
}

TEST(ParseSeconds, Durations) {
  EXPECT_EQ(ParseSeconds("0.000001"), 1);
  EXPECT_EQ(ParseSeconds("0.0000005"), 1);
  EXPECT_EQ(ParseSeconds("0.00000049"), 0);
  EXPECT_EQ(ParseSeconds("-2.25"), -2'250'000);
  EXPECT_EQ(ParseSeconds("1e-3"), 1000);
  EXPECT_EQ(ParseSeconds("9223372036854.775807"), INT64_MAX);
  EXPECT_FALSE(ParseSeconds("9223372036854.775808"));
  EXPECT_FALSE(ParseSeconds("1e14"));
}

// Years 1 to 9999.
rc::Gen<Micros> Instants() {
  return rc::gen::inRange<Micros>(-62'135'596'800'000'000, 253'402'300'800'000'000);
}

RC_GTEST_PROP(TimeProperty, InstantsReadBack, ()) {
  const Micros t = *Instants();
  const auto civil = ParseCivil(FormatInstant(t));
  RC_ASSERT(civil.has_value() && civil->micros == t && civil->offset_seconds == 0);
}

RC_GTEST_PROP(TimeProperty, EpochTextReadsBack, ()) {
  const Micros t = *rc::gen::inRange<Micros>(0, 99'999'999'999 * kMicrosPerSecond);
  char text[32];
  std::snprintf(text, sizeof text, "%lld.%06lld", static_cast<long long>(t / kMicrosPerSecond),
                static_cast<long long>(t % kMicrosPerSecond));
  RC_ASSERT(ParseEpoch(text) == t);
  RC_ASSERT(ParseSeconds(text) == t);
}

}  // namespace
}  // namespace ndr::base
