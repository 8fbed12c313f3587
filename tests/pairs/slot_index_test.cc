// SPDX-License-Identifier: Apache-2.0
#include "ndr/pairs/slot_index.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "ndr/pairs/blocks.h"

namespace ndr::pairs {
namespace {

// Keys 0..63 under 8 hashes: with so few of them entries run into each other and around the end of the table.
uint64_t HashOf(uint32_t key) { return key % 8 == 7 ? ~uint64_t{0} : key % 8; }

uint32_t Find(const SlotIndex& index, uint32_t key) {
  return index.Find(HashOf(key), [&](uint32_t slot) { return slot == key + 100; });
}

RC_GTEST_PROP(SlotIndex, HoldsWhatWasAddedAndNotRemoved, (std::vector<uint8_t> steps)) {
  SlotIndex index;
  std::map<uint32_t, bool> held;
  for (const uint8_t step : steps) {
    const uint32_t key = step % 64;
    bool& is_held = held[key];
    if (is_held)
      index.Remove(HashOf(key), key + 100);
    else
      index.Add(HashOf(key), key + 100);
    is_held = !is_held;
    for (const auto& [k, in] : held) RC_ASSERT(Find(index, k) == (in ? k + 100 : kNone));
  }
}

TEST(SlotIndex, NamesALikelySlot) {
  SlotIndex index;
  EXPECT_EQ(index.Likely(5), kNone);
  index.Add(5, 0);
  EXPECT_EQ(index.Likely(5), 0u);
  EXPECT_EQ(index.Likely(6), kNone);
}

TEST(Blocks, RowsStayWhereTheyAreAndStartAtZero) {
  Blocks<int> blocks(3);
  blocks.Add();
  int* const first = blocks[0];
  first[2] = 7;
  for (int i = 1; i < 1000; ++i) blocks.Add();
  EXPECT_EQ(blocks.size(), 1000u);
  EXPECT_EQ(blocks[0], first);
  EXPECT_EQ(blocks[0][2], 7);
  EXPECT_EQ(blocks[999][0], 0);
  blocks[998][2] = 5;
  EXPECT_EQ(blocks[999][0], 0);
}

}  // namespace
}  // namespace ndr::pairs
