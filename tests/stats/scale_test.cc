// SPDX-License-Identifier: Apache-2.0
#include "ndr/stats/scale.h"

#include <gtest/gtest.h>

#include <limits>

namespace ndr::stats {
namespace {

void Expect(Scale scale, double value, ScaleSource source) {
  EXPECT_EQ(scale.value, value);
  EXPECT_EQ(scale.source, source);
}

TEST(ScaleTest, IsTheMadWhereItVaries) { Expect(ScaleOf(3, 8, 1), 3, ScaleSource::kMad); }
TEST(ScaleTest, FallsBackToTheInterquartileRange) { Expect(ScaleOf(0, 8, 1), 8, ScaleSource::kIqr); }
TEST(ScaleTest, IsNeverBelowTheResolution) {
  // A MAD above 0 but below the resolution: not the IQR, however large.
  Expect(ScaleOf(0.5, 8, 1), 1, ScaleSource::kResolution);
  Expect(ScaleOf(0, 0, 1), 1, ScaleSource::kResolution);
}
TEST(ScaleTest, TheResolutionWinsOnlyWhenItIsGreater) {
  Expect(ScaleOf(1, 8, 1), 1, ScaleSource::kMad);
  Expect(ScaleOf(0, 1, 1), 1, ScaleSource::kIqr);
}
TEST(ScaleTest, IsTheResolutionWhereTheSpreadIsNull) {
  const double null = std::numeric_limits<double>::quiet_NaN();
  Expect(ScaleOf(null, null, 1), 1, ScaleSource::kResolution);
  Expect(ScaleOf(0, null, 1), 1, ScaleSource::kResolution);
}

// A host that never had a denial and now has 500: (500 - 0)/1.
TEST(RobustZTest, CountsScalesFromTheMedian) {
  EXPECT_EQ(RobustZ(500, 0, ScaleOf(0, 0, 1).value), 500);
  EXPECT_EQ(RobustZ(4, 10, 3), -2);
}

}  // namespace
}  // namespace ndr::stats
