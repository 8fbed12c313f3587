// SPDX-License-Identifier: Apache-2.0
#include "ndr/pairs/histogram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "ndr/pairs/lazy_max.h"

namespace ndr::pairs {
namespace {

TEST(Histogram, EntropyOfShares) {
  // Counts 3, 1, 1, 3 of 8: -(2 * 3/8 ln 3/8 + 2 * 1/8 ln 1/8).
  Histogram h;
  for (const int64_t n : {3, 1, 1, 3}) h.Add(n);
  EXPECT_NEAR(h.Entropy(8), -(0.75 * std::log(0.375) + 0.25 * std::log(0.125)), 1e-15);
  EXPECT_EQ(h.largest(), 3);
  h.Remove(3);
  h.Move(3, 0);
  EXPECT_EQ(h.bins().size(), 1u);
  EXPECT_EQ(h.largest(), 1);
  h.Move(1, 2);
  h.Move(1, 0);
  EXPECT_EQ(h.Entropy(2), 0);
  EXPECT_FALSE(std::signbit(h.Entropy(2)));
  h.Remove(2);
  EXPECT_TRUE(h.empty());
}

TEST(LazyMax, LargestThenLowestRank) {
  std::map<uint32_t, uint64_t> values = {{1, 5}, {2, 9}, {3, 9}};
  const auto current = [&](uint32_t s) { return values[s]; };
  const auto rank = [](uint32_t s) { return 10 - s; };  // 3 before 2 before 1
  LazyMax max;
  for (const auto& [slot, value] : values) max.Push(value, slot, current, rank);
  EXPECT_EQ(max.Top(current, rank).slot, 3u);
  values[3] = 0;
  EXPECT_EQ(max.Top(current, rank).slot, 2u);
  values[2] = 4;
  max.Push(4, 2, current, rank);
  EXPECT_EQ(max.Top(current, rank).slot, 1u);
  values[1] = values[2] = 0;
  EXPECT_EQ(max.Top(current, rank).value, 0u);
  EXPECT_TRUE(max.empty());
}

TEST(LazyMax, StaysSmall) {
  uint64_t value = 0;
  const auto current = [&](uint32_t) { return value; };
  const auto rank = [](uint32_t s) { return s; };
  LazyMax max;
  // One slot that moves up and down between two values a thousand times.
  for (int i = 0; i < 1000; ++i) max.Push(value = 1 + i % 2, 7, current, rank);
  int held = 0;
  for (; !max.empty(); ++held) value = 0, max.Compact(current, rank);
  EXPECT_EQ(held, 1);
}

}  // namespace
}  // namespace ndr::pairs
