// SPDX-License-Identifier: Apache-2.0
// Rank scores and the features behind them (specification 3, Scores).
#pragma once

#include <span>

#include "ndr/correlation/frame.h"

namespace ndr::correlation {

/// ln(1 + max(0, |z| - 3)).
double RankTerm(double z);

/// The chosen baselines of a row, by slot.
struct RowView {
  const Matrix<double>* z;
  const Matrix<double>* median;
  const Matrix<double>* scale;
  const Matrix<uint8_t>* level;
  size_t row;
};

/// The sum of RankTerm over `slots`, null z left out; null over no z. `slots` are in catalogue order.
double RankScore(const RowView& view, std::span<const int> slots);
/// The slots with the largest |z|, ties in catalogue order; `x(slot)` is the value.
template <class Value>
TopFeatures LargestOf(const RowView& view, std::span<const int> slots, const Value& x);

template <class Value>
TopFeatures LargestOf(const RowView& view, std::span<const int> slots, const Value& x) {
  TopFeatures top;
  size_t count = 0;
  const auto size = [](const TopFeature& f) { return f.z < 0 ? -f.z : f.z; };
  for (const int slot : slots) {
    const auto s = static_cast<size_t>(slot);
    TopFeature f{static_cast<int16_t>(slot), catalogue::Level::kNone, 0, 0, 0, view.z->At(s, view.row)};
    if (IsNull(f.z) || (count == kTopFeatures && size(f) <= size(top.back()))) continue;
    f.level = static_cast<catalogue::Level>(view.level->At(s, view.row));
    f.value = x(slot);
    f.median = view.median->At(s, view.row);
    f.scale = view.scale->At(s, view.row);
    size_t place = count < kTopFeatures ? count++ : kTopFeatures - 1;
    // Equal ones stay behind those that the catalogue names first.
    for (; place > 0 && size(top[place - 1]) < size(f); --place) top[place] = top[place - 1];
    top[place] = f;
  }
  return top;
}

}  // namespace ndr::correlation
