// SPDX-License-Identifier: Apache-2.0
// Quantiles of many durations in constant memory.
#pragma once

#include <array>
#include <cstdint>

#include "ndr/base/time.h"

namespace ndr::feature_store {

/// Counts durations in bins that grow by 1 %, from a microsecond to some eighty minutes.
class Latencies {
 public:
  void Add(base::Micros micros);
  /// The upper end of the bin that holds the quantile, in milliseconds: at most 1 % too much. 0 where
  /// nothing was counted. `q` is within (0, 1].
  double Millis(double q) const;

 private:
  static constexpr double kGrowth = 1.01;
  std::array<int64_t, 2250> bins_{};
  int64_t count_ = 0;
};

}  // namespace ndr::feature_store
