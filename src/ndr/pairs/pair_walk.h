// SPDX-License-Identifier: Apache-2.0
// The rows of one pair, from slice to slice.
#pragma once

#include "ndr/pairs/pair_shard.h"

namespace ndr::pairs {

template <class V>
void PairShard::WalkRows(uint32_t pair, SliceNumber from, const V& visit) const {
  const uint32_t hot_number = pairs_.hot(pair);
  if (hot_number == kNone) return;
  uint32_t at = hot_pairs_[hot_number]->last_row;
  SliceNumber slice = hot_pairs_[hot_number]->last_slice;
  while (at != kNone && slice >= from) {
    const SliceRows& rows = window_rows_[static_cast<size_t>(slice - first_window_slice_)];
    const Row& row = rows.rows[at];
    visit(row, rows.Of(row), slice);
    at = row.previous_row;
    slice -= row.previous_age;
  }
}

}  // namespace ndr::pairs
