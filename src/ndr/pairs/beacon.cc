// SPDX-License-Identifier: Apache-2.0
#include "ndr/pairs/beacon.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>

namespace ndr::pairs {
namespace {

// The value at place ceil(p n) of a list of (value, times), values ascending.
template <class Bins>
int32_t AtQuantile(const Bins& bins, int64_t n, int hundredths) {
  int64_t left = (hundredths * n + 99) / 100;
  for (const auto& bin : bins)
    if ((left -= bin.times) <= 0) return bin.gap;
  return bins.back().gap;
}

}  // namespace

void BeaconGaps::Clear() {
  if (minutes_ > 0) std::memset(small_, 0, sizeof(small_));
  large_.clear();
  minutes_ = 0;
  sorted_ = false;
}

void BeaconGaps::AddMinute(int32_t minute) {
  if (minutes_++ > 0) {
    const int32_t gap = std::abs(minute - last_);
    if (gap < kSmall)
      ++small_[gap];
    else
      large_.push_back(gap);
  }
  last_ = minute;
}

void BeaconGaps::AddSlice(int32_t slice_minute, uint16_t bits, bool backwards) {
  uint32_t rest = bits;
  while (rest != 0) {
    const int i = backwards ? 31 - std::countl_zero(rest) : std::countr_zero(rest);
    rest &= ~(1u << i);
    AddMinute(slice_minute + i);
  }
}

void BeaconGaps::Sort() {
  if (sorted_) return;
  sorted_ = true;
  bins_.clear();
  for (int32_t gap = 1; gap < kSmall; ++gap)
    if (small_[gap] > 0) bins_.push_back({gap, small_[gap]});
  std::sort(large_.begin(), large_.end());
  for (const int32_t gap : large_) {
    if (!bins_.empty() && bins_.back().gap == gap)
      ++bins_.back().times;
    else
      bins_.push_back({gap, 1});
  }
}

int32_t BeaconGaps::Quantile(int hundredths) {
  Sort();
  return AtQuantile(bins_, gaps(), hundredths);
}

BeaconGaps::Score BeaconGaps::Evaluate(int64_t sessions, int64_t window_minutes) {
  using Wide = __int128;
  const int64_t q1 = Quantile(25), q2 = Quantile(50), q3 = Quantile(75);
  deviations_.clear();
  int64_t covered = 0;
  for (const Bin& bin : bins_) {
    deviations_.push_back({static_cast<int32_t>(std::abs(bin.gap - q2)), bin.times});
    if (bin.gap <= 4 * q2) covered += static_cast<int64_t>(bin.gap) * bin.times;
  }
  std::sort(deviations_.begin(), deviations_.end(), [](const Bin& a, const Bin& b) { return a.gap < b.gap; });
  const int64_t mad = AtQuantile(deviations_, gaps(), 50);

  const Wide regular = std::max<int64_t>(q2 - mad, 0);  // over q2
  const bool narrow = q3 - q1 <= 1;
  const Wide symmetric_of = narrow ? 1 : q3 - q1;
  const Wide symmetric = narrow ? 1 : q3 - q1 - std::abs(q1 + q3 - 2 * q2);
  const Wide span_of = window_minutes - 1;
  const Wide span = std::min<int64_t>(window_minutes - 1, 2 * covered);
  Wide score = (regular * symmetric_of + symmetric * q2) * span;
  Wide score_of = 2 * static_cast<Wide>(q2) * symmetric_of * span_of;
  if (3 * minutes_ > covered + 1) {
    // Beyond this many sessions the square leaves 128 bits, and the score is 0.0000...
    constexpr int64_t kMostSessions = int64_t{1} << 36;
    const Wide n = std::min(sessions, kMostSessions);
    score *= static_cast<Wide>(minutes_) * minutes_;
    score_of *= n * n;
  }
  return {static_cast<double>(score) / static_cast<double>(score_of), 5 * score >= 4 * score_of};
}

}  // namespace ndr::pairs
