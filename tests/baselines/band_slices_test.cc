// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/band_slices.h"

#include <gtest/gtest.h>

#include <vector>

#include "ndr/base/time.h"

namespace ndr::baselines {
namespace {

using base::TimeBand;

base::Micros At(const char* text) { return base::ParseCivil(text)->micros; }

std::vector<base::Micros> Slices(base::Micros from, base::Micros to) {
  std::vector<base::Micros> slices;
  for (base::Micros s = from; s < to; s += base::kSliceMicros) slices.push_back(s);
  return slices;
}

base::Calendar CalendarOf(const char* zone) {
  base::CalendarOptions options;
  options.timezone = zone;
  return *base::Calendar::Make(options);
}

// Monday to Sunday in UTC: five working days of 10 h, 5 h and 9 h (40, 20 and 36 slices), two days off.
TEST(BandSlicesTest, CountsTheSlicesOfAWeekByBand) {
  const base::Micros start = At("2024-04-15T00:00:00"), end = At("2024-04-22T00:00:00");
  const BandSlices b(CalendarOf("UTC"), {{"w_15m", 1}}, Slices(start, end), start, end);
  EXPECT_EQ(b.At(TimeBand::kWdWorking, 0), 5 * 40);
  EXPECT_EQ(b.At(TimeBand::kWdOff, 0), 5 * 20);
  EXPECT_EQ(b.At(TimeBand::kWdNight, 0), 5 * 36);
  EXPECT_EQ(b.At(TimeBand::kWeWorking, 0), 2 * 40);
  EXPECT_EQ(b.At(TimeBand::kWeOff, 0), 2 * 20);
  EXPECT_EQ(b.At(TimeBand::kWeNight, 0), 2 * 36);
  EXPECT_EQ(b.committed(), 7 * 96);
  EXPECT_EQ(b.possible(), 7 * 96);
}

// Berlin's Sunday 2024-03-31 lacks the hour from 02:00 to 03:00: its night has 8 h (32 slices). On 2024-10-27
// that hour comes twice: 10 h (40 slices). Working and off hours are whole on both days.
TEST(BandSlicesTest, ADayOfAClockChangeHasOneNightHourLessOrMore) {
  const base::Calendar berlin = CalendarOf("Europe/Berlin");
  const base::Micros spring = At("2024-03-30T23:00:00"), spring_end = At("2024-03-31T22:00:00");
  const BandSlices short_day(berlin, {{"w_15m", 1}}, Slices(spring, spring_end), spring, spring_end);
  EXPECT_EQ(short_day.At(TimeBand::kWeNight, 0), 32);
  EXPECT_EQ(short_day.At(TimeBand::kWeWorking, 0), 40);
  EXPECT_EQ(short_day.At(TimeBand::kWeOff, 0), 20);
  const base::Micros autumn = At("2024-10-26T22:00:00"), autumn_end = At("2024-10-27T23:00:00");
  const BandSlices long_day(berlin, {{"w_15m", 1}}, Slices(autumn, autumn_end), autumn, autumn_end);
  EXPECT_EQ(long_day.At(TimeBand::kWeNight, 0), 40);
  EXPECT_EQ(long_day.At(TimeBand::kWeWorking, 0), 40);
}

// The dataset begins with the horizon, Monday 00:00. A window of 96 slices is covered to 95 % from its 92nd
// slice on: the slice that starts at 22:45, in the night, which ends the day with 5 slices instead of 36. A
// window of 4 slices needs all 4.
TEST(BandSlicesTest, TheRampAtTheBeginningDoesNotCount) {
  const base::Micros start = At("2024-04-15T00:00:00"), end = At("2024-04-16T00:00:00");
  const BandSlices b(CalendarOf("UTC"), {{"w_1h", 4}, {"w_24h", 96}}, Slices(start, end), start, end);
  EXPECT_EQ(b.At(TimeBand::kWdNight, 0), 36 - 3);
  EXPECT_EQ(b.At(TimeBand::kWdWorking, 0), 40);
  EXPECT_EQ(b.At(TimeBand::kWdNight, 1), 5);
  EXPECT_EQ(b.At(TimeBand::kWdWorking, 1), 0);
}

// With a day before the horizon the windows are covered from its first slice on; that day itself does not
// count.
TEST(BandSlicesTest, WindowsReachBackBeforeTheHorizon) {
  const base::Micros before = At("2024-04-14T00:00:00"), start = At("2024-04-15T00:00:00"),
                     end = At("2024-04-16T00:00:00");
  const BandSlices b(CalendarOf("UTC"), {{"w_24h", 96}}, Slices(before, end), start, end);
  EXPECT_EQ(b.At(TimeBand::kWdNight, 0), 36);
  EXPECT_EQ(b.At(TimeBand::kWeNight, 0), 0);
  EXPECT_EQ(b.committed(), 96);
}

// An outage from 08:00 to 09:00: 4 slices of the working hours are gone, and for the hour's window the 3
// after it, too.
TEST(BandSlicesTest, AnOutageTakesItsSlicesAndTheWindowsOverIt) {
  const base::Micros start = At("2024-04-15T00:00:00"), end = At("2024-04-16T00:00:00");
  auto slices = Slices(start, At("2024-04-15T08:00:00"));
  for (const base::Micros s : Slices(At("2024-04-15T09:00:00"), end)) slices.push_back(s);
  const BandSlices b(CalendarOf("UTC"), {{"w_15m", 1}, {"w_1h", 4}}, slices, start, end);
  EXPECT_EQ(b.At(TimeBand::kWdWorking, 0), 36);
  EXPECT_EQ(b.At(TimeBand::kWdWorking, 1), 33);
  EXPECT_EQ(b.committed(), 92);
  EXPECT_EQ(b.possible(), 96);
}

// The slice of 08:00 alone is missing: the hours that end at 08:30, 08:45 and 09:00 lack it, the next one
// does not.
TEST(BandSlicesTest, AWindowIsItsOwnSlicesAndNoMore) {
  const base::Micros start = At("2024-04-15T00:00:00"), end = At("2024-04-16T00:00:00");
  auto slices = Slices(start, end);
  std::erase(slices, At("2024-04-15T08:00:00"));
  const BandSlices b(CalendarOf("UTC"), {{"w_1h", 4}}, slices, start, end);
  EXPECT_EQ(b.At(TimeBand::kWdWorking, 0), 40 - 4);
}

// max(8, min(50, b/2)): b = 200 gives 50; b = 41 gives 20.5, so 20 is cold and 21 is not; b = 10 gives 8.
TEST(IsColdTest, ComparesWithTheLeastSupport) {
  EXPECT_TRUE(IsCold(49, 50, 200));
  EXPECT_FALSE(IsCold(50, 50, 200));
  EXPECT_TRUE(IsCold(20, 50, 41));
  EXPECT_FALSE(IsCold(21, 50, 41));
  EXPECT_TRUE(IsCold(7, 50, 10));
  EXPECT_FALSE(IsCold(8, 50, 10));
  EXPECT_TRUE(IsCold(7, 2, 200));
}

}  // namespace
}  // namespace ndr::baselines
