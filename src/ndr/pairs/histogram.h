// SPDX-License-Identifier: Apache-2.0
// How many keys have how many sessions: entropies and shares follow from it exactly, whatever the order of
// merging.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace ndr::pairs {

/// A multiset of counts above 0, kept as (count, times), counts ascending.
class Histogram {
 public:
  struct Bin {
    int64_t count;
    int64_t times;
  };

  void Add(int64_t count) {
    const auto at = Find(count);
    if (at != bins_.end() && at->count == count)
      ++at->times;
    else
      bins_.insert(at, {count, 1});
  }
  void Remove(int64_t count) {
    const auto at = Find(count);
    if (--at->times == 0) bins_.erase(at);
  }
  /// A key's count moved; 0 is no key.
  void Move(int64_t from, int64_t to) {
    if (from == to) return;
    if (from > 0) Remove(from);
    if (to > 0) Add(to);
  }

  bool empty() const { return bins_.empty(); }
  const std::vector<Bin>& bins() const { return bins_; }
  int64_t largest() const { return bins_.back().count; }

  /// -sum p ln p over the keys, counts ascending, `total` their sum; 0 for one key. Not for an empty
  /// histogram.
  double Entropy(int64_t total) const {
    double sum = 0;
    for (const Bin& bin : bins_) {
      const double p = static_cast<double>(bin.count) / static_cast<double>(total);
      sum += static_cast<double>(bin.times) * (p * std::log(p));
    }
    return 0.0 - sum;
  }

 private:
  std::vector<Bin>::iterator Find(int64_t count) {
    return std::lower_bound(bins_.begin(), bins_.end(), count,
                            [](const Bin& b, int64_t c) { return b.count < c; });
  }

  std::vector<Bin> bins_;
};

}  // namespace ndr::pairs
