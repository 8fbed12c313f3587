// SPDX-License-Identifier: Apache-2.0
// How much history a horizon has: the committed slices by time band and window (specification 3,
// cold_start_flag).
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "ndr/base/calendar.h"
#include "ndr/catalogue/catalogue.h"

namespace ndr::baselines {

/// b: for a band and a window the committed slices of the horizon whose start lies in the band and at whose
/// end the window is covered to 95 %.
class BandSlices {
 public:
  /// `committed`: starts of committed slices, ascending and distinct, those before `start` too (windows reach
  /// back). Counts slices with start <= slice start < end. O(slices x windows).
  BandSlices(const base::Calendar& calendar, const std::vector<catalogue::Window>& windows,
             std::span<const base::Micros> committed, base::Micros start, base::Micros end);

  int64_t At(base::TimeBand band, size_t window) const {
    return counts_[static_cast<size_t>(band) * windows_ + window];
  }
  /// Committed slices of the horizon, and how many it has room for.
  int64_t committed() const { return committed_; }
  int64_t possible() const { return possible_; }

 private:
  size_t windows_;
  std::vector<int64_t> counts_;
  int64_t committed_ = 0, possible_ = 0;
};

/// Twice the least support that is not cold, max(8, min(s, b/2)): twice, because b/2 may end in a half.
constexpr int64_t TwiceLeastSupport(int64_t s, int64_t b) {
  return std::max<int64_t>(16, std::min(2 * s, b));
}
constexpr bool IsCold(int64_t support, int64_t s, int64_t b) { return 2 * support < TwiceLeastSupport(s, b); }

}  // namespace ndr::baselines
