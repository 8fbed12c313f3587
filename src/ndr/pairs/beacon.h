// SPDX-License-Identifier: Apache-2.0
// How much the active minutes of a pair look like a clock (specification 2, Beacon score of a pair).
#pragma once

#include <cstdint>
#include <vector>

namespace ndr::pairs {

/// Fewer gaps than this are not scored.
inline constexpr int kMinBeaconGaps = 8;

/// Active minutes of one pair, fed in ascending or descending order; reusable, so that nothing is allocated
/// per pair.
class BeaconGaps {
 public:
  void Clear();
  /// Each minute once; the order is strictly monotone.
  void AddMinute(int32_t minute);
  /// The minutes of one slice (bit i is minute i), `slices` after (or, backwards, before) the slice fed
  /// first.
  void AddSlice(int32_t slice_minute, uint16_t bits, bool backwards);

  int64_t active_minutes() const { return minutes_; }
  int64_t gaps() const { return minutes_ > 0 ? minutes_ - 1 : 0; }
  /// Inverted CDF with equal weights; needs a gap.
  int32_t Quantile(int hundredths);

  struct Score {
    double value = 0;
    bool strong = false;  ///< at least 0.8, compared as fractions
  };
  /// Needs kMinBeaconGaps gaps. `sessions` are those of the pair in the window of `window_minutes`.
  Score Evaluate(int64_t sessions, int64_t window_minutes);

 private:
  struct Bin {
    int32_t gap;
    int32_t times;
  };
  void Sort();

  static constexpr int32_t kSmall = 128;
  int32_t small_[kSmall] = {};  // times by gap, for the many short ones
  std::vector<int32_t> large_;
  std::vector<Bin> bins_, deviations_;
  int32_t last_ = 0;
  int64_t minutes_ = 0;
  bool sorted_ = false;
};

}  // namespace ndr::pairs
