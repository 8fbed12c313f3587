// SPDX-License-Identifier: Apache-2.0
#include "ndr/stats/rarity.h"

#include <gtest/gtest.h>

namespace ndr::stats {
namespace {

TEST(RarityTest, IsOneOverOneMoreThanWasSeen) {
  EXPECT_EQ(Rarity(0), 1);
  EXPECT_EQ(Rarity(3), 0.25);
}

// 1/(1 + 1) = 0.5 is rare from 0.5 on, 1/(1 + 2) is not.
TEST(RarityTest, IsRareFromTheThresholdOn) {
  EXPECT_TRUE(IsRare(1, 0.5));
  EXPECT_FALSE(IsRare(2, 0.5));
}

TEST(RarityTest, WhatWasNeverSeenIsRareWhateverTheThreshold) { EXPECT_TRUE(IsRare(0, 1.5)); }

}  // namespace
}  // namespace ndr::stats
