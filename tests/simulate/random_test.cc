// SPDX-License-Identifier: Apache-2.0
#include "ndr/simulate/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ndr::simulate {
namespace {

TEST(ExpTest, AgreesWithTheMathLibrary) {
  EXPECT_EQ(Exp(0), 1.0);
  for (double x = -40; x <= 40; x += 0.37) EXPECT_NEAR(Exp(x) / std::exp(x), 1.0, 1e-12) << x;
}

TEST(LogTest, AgreesWithTheMathLibrary) {
  EXPECT_EQ(Log(1), 0.0);
  for (double x = 1e-12; x < 1e12; x *= 1.7)
    EXPECT_NEAR(Log(x), std::log(x), 1e-12 * std::max(1.0, std::abs(std::log(x)))) << x;
}

TEST(RandomTest, IsAFunctionOfItsKeys) {
  EXPECT_EQ(Random(1, 2, 3, 4).Next(), Random(1, 2, 3, 4).Next());
  EXPECT_NE(Random(1, 2, 3, 4).Next(), Random(2, 2, 3, 4).Next());
  EXPECT_NE(Random(1, 2, 3, 4).Next(), Random(1, 3, 2, 4).Next());
  EXPECT_NE(Random(1, 2, 3, 4).Next(), Random(1, 2, 3, 5).Next());
}

class DrawTest : public ::testing::Test {
 protected:
  static constexpr int kDraws = 200'000;
  template <typename Draw>
  double Mean(Draw draw) {
    double sum = 0;
    for (int i = 0; i < kDraws; ++i) sum += draw();
    return sum / kDraws;
  }
  Random random_{7};
};

TEST_F(DrawTest, NormalHasMeanZeroAndVarianceOne) {
  EXPECT_NEAR(Mean([&] { return random_.Normal(); }), 0, 0.01);
  EXPECT_NEAR(Mean([&] { return std::pow(random_.Normal(), 2); }), 1, 0.02);
}

TEST_F(DrawTest, ExponentialHasItsMean) {
  EXPECT_NEAR(Mean([&] { return random_.Exponential(3); }), 3, 0.05);
}

TEST_F(DrawTest, LogNormalHasItsMedian) {
  EXPECT_NEAR(Mean([&] { return random_.LogNormal(50, 1.5) < 50 ? 1.0 : 0.0; }), 0.5, 0.01);
}

// P(x > 2 low) = 2^-2 = 0.25 for alpha 2.
TEST_F(DrawTest, ParetoHasItsTail) {
  EXPECT_NEAR(Mean([&] { return random_.Pareto(10, 2, 1e9) > 20 ? 1.0 : 0.0; }), 0.25, 0.01);
  for (int i = 0; i < 1000; ++i) {
    const double x = random_.Pareto(10, 1, 40);
    EXPECT_GE(x, 10);
    EXPECT_LE(x, 40);
  }
}

// u^3 < 1/8 for half of all u.
TEST_F(DrawTest, PopularFavoursLowRanks) {
  EXPECT_NEAR(Mean([&] { return random_.Popular(80) < 10 ? 1.0 : 0.0; }), 0.5, 0.01);
}

TEST_F(DrawTest, BetweenReachesBothEnds) {
  bool low = false, high = false;
  for (int i = 0; i < 1000; ++i) {
    const int64_t x = random_.Between(-1, 2);
    ASSERT_TRUE(x >= -1 && x <= 2);
    low |= x == -1;
    high |= x == 2;
  }
  EXPECT_TRUE(low && high);
}

}  // namespace
}  // namespace ndr::simulate
