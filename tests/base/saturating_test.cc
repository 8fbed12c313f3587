// SPDX-License-Identifier: Apache-2.0
#include "ndr/base/saturating.h"

#include <gtest/gtest.h>

namespace ndr::base {
namespace {

TEST(Saturating, SumsAndProductsStayAtTheMaximum) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(SaturatingAdd(40, 2), 42);
  EXPECT_EQ(SaturatingAdd(kMax - 1, 1), kMax);
  EXPECT_EQ(SaturatingAdd(kMax - 1, 2), kMax);
  EXPECT_EQ(SaturatingMultiply(6, 7), 42);
  EXPECT_EQ(SaturatingMultiply(int64_t{1} << 40, int64_t{1} << 40), kMax);
}

}  // namespace
}  // namespace ndr::base
