// SPDX-License-Identifier: Apache-2.0
#include "ndr/pairs/beacon.h"

#include <gtest/gtest.h>

namespace ndr::pairs {
namespace {

// Feeds a minute 0 and one more after each gap.
BeaconGaps WithGaps(const std::vector<int>& gaps) {
  BeaconGaps beacon;
  int minute = 0;
  beacon.AddMinute(minute);
  for (const int gap : gaps) beacon.AddMinute(minute += gap);
  return beacon;
}

TEST(Beacon, ClockOverPartOfTheWindow) {
  // 10 gaps of 10: quartiles 10, MAD 0, so regular = symmetric = 1; covered 100 of 479 minutes; density
  // 11/101. Score = 2 * 100/479.
  auto beacon = WithGaps(std::vector<int>(10, 10));
  const auto score = beacon.Evaluate(11, 480);
  EXPECT_DOUBLE_EQ(score.value, 200.0 / 479);
  EXPECT_FALSE(score.strong);
}

TEST(Beacon, ExactlyFourFifthsIsStrong) {
  // 20 gaps of 10 in 501 minutes: 2 * 200/500 = 0.8.
  auto beacon = WithGaps(std::vector<int>(20, 10));
  const auto score = beacon.Evaluate(21, 501);
  EXPECT_DOUBLE_EQ(score.value, 0.8);
  EXPECT_TRUE(score.strong);
  auto shorter = WithGaps({10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 9});
  EXPECT_FALSE(shorter.Evaluate(21, 501).strong);  // 2 * 199/500
}

TEST(Beacon, SkewedGaps) {
  // Sorted 2 2 4 4 4 10 10 10: places 2, 4, 6 are 2, 4, 10. Deviations from 4: 0 0 0 2 2 6 6 6, place 4 is 2.
  // regular = 1 - 2/4, symmetric = 1 - |2 + 10 - 8|/8 = 1/2, covered = 46, density 9/47: 1/2 * 92/479.
  auto beacon = WithGaps({4, 2, 10, 4, 10, 2, 4, 10});
  EXPECT_EQ(beacon.Quantile(25), 2);
  EXPECT_EQ(beacon.Quantile(50), 4);
  EXPECT_EQ(beacon.Quantile(75), 10);
  EXPECT_DOUBLE_EQ(beacon.Evaluate(9, 480).value, 0.5 * 92 / 479);
}

TEST(Beacon, StrayGapBuysNothing) {
  // 9 gaps of 5 and one of 200 > 4 * 5: covered 45; density 11/46 < 1/3. Score = 2 * 45/479.
  auto beacon = WithGaps({5, 5, 5, 5, 5, 5, 5, 5, 5, 200});
  EXPECT_DOUBLE_EQ(beacon.Evaluate(11, 480).value, 90.0 / 479);
}

TEST(Beacon, DenseTrafficPaysForItsSessions) {
  // 100 minutes in a row, covered 99, density 1 > 1/3; 200 sessions: (100/200)^2 * 2 * 99/479.
  auto beacon = WithGaps(std::vector<int>(99, 1));
  EXPECT_DOUBLE_EQ(beacon.Evaluate(200, 480).value, 0.25 * 198 / 479);
  EXPECT_EQ(beacon.Evaluate(INT64_MAX, 480).strong, false);
}

TEST(Beacon, BackwardsIsTheSame) {
  // Minutes 3, 7 of one slice, 15 + 1 of the next, 45 + 14 two later.
  BeaconGaps forwards, backwards;
  forwards.AddSlice(0, 1 << 3 | 1 << 7, false);
  forwards.AddSlice(15, 1 << 1, false);
  forwards.AddSlice(45, 1 << 14, false);
  backwards.AddSlice(45, 1 << 14, true);
  backwards.AddSlice(15, 1 << 1, true);
  backwards.AddSlice(0, 1 << 3 | 1 << 7, true);
  for (auto* beacon : {&forwards, &backwards}) {
    EXPECT_EQ(beacon->active_minutes(), 4);
    EXPECT_EQ(beacon->Quantile(1), 4);
    EXPECT_EQ(beacon->Quantile(50), 9);
    EXPECT_EQ(beacon->Quantile(100), 43);
  }
  forwards.Clear();
  EXPECT_EQ(forwards.active_minutes(), 0);
  EXPECT_EQ(forwards.gaps(), 0);
}

}  // namespace
}  // namespace ndr::pairs
