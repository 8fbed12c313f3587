// SPDX-License-Identifier: Apache-2.0
#include "ndr/stats/ranked.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace ndr::stats {
namespace {

TEST(OrderKeyTest, OrdersLikeTheNumbersAndComesBack) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double ascending[] = {-kInfinity,         -1e300, -2,       -1, -5e-324, 0, 5e-324, 0.1, 1,
                              1.0000000000000002, 1e300,  kInfinity};
  for (size_t i = 1; i < std::size(ascending); ++i)
    EXPECT_LT(OrderKey(ascending[i - 1]), OrderKey(ascending[i])) << i;
  for (const double x : ascending) EXPECT_EQ(FromOrderKey(OrderKey(x)), x);
}

TEST(OrderKeyTest, MinusZeroIsZero) {
  EXPECT_EQ(OrderKey(-0.0), OrderKey(0.0));
  EXPECT_FALSE(std::signbit(FromOrderKey(OrderKey(-0.0))));
}

// Lengths on both sides of the change from comparing to counting bytes; values that share most bytes and ones
// that share none.
RC_GTEST_PROP(SortProperty, SortsAndKeepsEveryRow, (bool whole_numbers)) {
  const auto size = *rc::gen::inRange<size_t>(0, 2'000);
  std::vector<Ranked> column, scratch;
  for (size_t i = 0; i < size; ++i) {
    const int x = *rc::gen::inRange(-1'000, 1'000);
    column.push_back({OrderKey(whole_numbers ? x : x / 7.0), static_cast<uint32_t>(i)});
  }
  const std::vector<Ranked> before = column;
  Sort(&column, &scratch);
  RC_ASSERT(std::is_sorted(column.begin(), column.end(),
                           [](const Ranked& a, const Ranked& b) { return a.key < b.key; }));
  std::vector<bool> seen(size);
  for (const Ranked& item : column) {
    RC_ASSERT(item.key == before[item.row].key);
    RC_ASSERT(!seen[item.row]);
    seen[item.row] = true;
  }
}

}  // namespace
}  // namespace ndr::stats
