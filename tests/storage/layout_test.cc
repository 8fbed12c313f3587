// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/layout.h"

#include <gmock/gmock.h>

namespace ndr::storage {
namespace {

TEST(Layout, EveryFamilyStandsOnceAfterThoseThatItIsMadeFrom) {
  EXPECT_THAT(Families(),
              testing::ElementsAre("delta", "pair_counts", "lookback", "fg_a", "fg_a_wide", "fg_b", "fg_c"));
}

}  // namespace
}  // namespace ndr::storage
