// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/transforms.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "ndr/stats/scale.h"

namespace ndr::correlation {
namespace {

using catalogue::Transform;

double One(Transform transform, double x, double median, double mad, double iqr, double p95, double r,
           bool is_signed = false) {
  const double scale = stats::ScaleOf(mad, iqr, r).value;
  double out = -99;
  Apply(transform, {{&x, 1}, {&median, 1}, {&scale, 1}, {&iqr, 1}, {&p95, 1}, r, 6, is_signed}, {&out, 1});
  return out;
}

TEST(Transforms, FormulasByHand) {
  // x 30, median 10, MAD 4, IQR 8, p95 22, r 1: diff 20, z 20/4 = 5.
  EXPECT_EQ(One(Transform::kDiff, 30, 10, 4, 8, 22, 1), 20);
  EXPECT_DOUBLE_EQ(One(Transform::kRatio, 30, 10, 4, 8, 22, 1), 31.0 / 11);
  EXPECT_DOUBLE_EQ(One(Transform::kLogRatio, 30, 10, 4, 8, 22, 1), std::log(31.0 / 11));
  EXPECT_EQ(One(Transform::kZMad, 30, 10, 4, 8, 22, 1), 5);
  EXPECT_EQ(One(Transform::kAbsDevOverMad, 30, 10, 4, 8, 22, 1), 5);
  EXPECT_EQ(One(Transform::kZMadClipped, 30, 10, 4, 8, 22, 1), 5);
  EXPECT_EQ(One(Transform::kZMadSignedPow3, 30, 10, 4, 8, 22, 1), 125);
  EXPECT_EQ(One(Transform::kExcessOverP95, 30, 10, 4, 8, 22, 1), 8);
  EXPECT_DOUBLE_EQ(One(Transform::kExcessRatioP95, 30, 10, 4, 8, 22, 1), 31.0 / 23);
  EXPECT_EQ(One(Transform::kIqrDev, 30, 10, 4, 8, 22, 1), 2.5);
}

TEST(Transforms, BelowTheMedianSignsStayAndTheExcessIsZero) {
  // x 2, median 10, MAD 1, IQR 0.5, r 1: z -8, clipped -6, cubed -216; iqr_dev against max(0.5, 1) = -8.
  EXPECT_EQ(One(Transform::kZMad, 2, 10, 1, 0.5, 12, 1), -8);
  EXPECT_EQ(One(Transform::kAbsDevOverMad, 2, 10, 1, 0.5, 12, 1), 8);
  EXPECT_EQ(One(Transform::kZMadClipped, 2, 10, 1, 0.5, 12, 1), -6);
  EXPECT_EQ(One(Transform::kZMadSignedPow3, 2, 10, 1, 0.5, 12, 1), -216);
  EXPECT_EQ(One(Transform::kExcessOverP95, 2, 10, 1, 0.5, 12, 1), 0);
  EXPECT_EQ(One(Transform::kIqrDev, 2, 10, 1, 0.5, 12, 1), -8);
}

TEST(Transforms, AHostThatNeverHadADenialScoresEachOne) {
  EXPECT_EQ(One(Transform::kZMad, 500, 0, 0, 0, 0, 1), 500);
}

TEST(Transforms, ASignedMetricHasNoRatios) {
  for (const Transform t : {Transform::kRatio, Transform::kLogRatio, Transform::kExcessRatioP95})
    EXPECT_TRUE(IsNull(One(t, -1, 2, 0.5, 1, 3, 0.05, true)));
  EXPECT_EQ(One(Transform::kZMad, -1, 2, 0.5, 1, 3, 0.05, true), -6);
}

TEST(Transforms, NullsOfValueOrBaselineAreNull) {
  for (size_t t = 0; t < catalogue::kTransforms.size(); ++t) {
    EXPECT_TRUE(IsNull(One(static_cast<Transform>(t), kNull, 10, 4, 8, 22, 1))) << t;
    const double x = 1, null = kNull;
    double out = 0;
    Apply(static_cast<Transform>(t), {{&x, 1}, {&null, 1}, {&null, 1}, {&null, 1}, {&null, 1}, 1, 6, false},
          {&out, 1});
    EXPECT_TRUE(IsNull(out)) << t;
  }
}

}  // namespace
}  // namespace ndr::correlation
