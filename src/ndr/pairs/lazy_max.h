// SPDX-License-Identifier: Apache-2.0
// The largest of many values that come and go, with the key that has it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace ndr::pairs {

/// A heap whose entries grow stale instead of being removed. `current(slot)` is the slot's value now, 0 for
/// none; `rank(slot)` orders slots of one value, the lowest first, and must not change while the slot is in
/// here. Amortised O(log n).
class LazyMax {
 public:
  struct Entry {
    uint64_t value = 0;
    uint32_t slot = 0;
  };

  /// Call it whenever a slot's value became `value`, above 0.
  template <class Current, class Rank>
  void Push(uint64_t value, uint32_t slot, const Current& current, const Rank& rank) {
    if (entries_.size() >= limit_) Compact(current, rank);
    entries_.push_back({value, slot});
    std::push_heap(entries_.begin(), entries_.end(), Below<Rank>{rank});
  }

  /// The largest current value and its lowest slot by rank; value 0 when there is none.
  template <class Current, class Rank>
  Entry Top(const Current& current, const Rank& rank) {
    while (!entries_.empty() && current(entries_.front().slot) != entries_.front().value) {
      std::pop_heap(entries_.begin(), entries_.end(), Below<Rank>{rank});
      entries_.pop_back();
    }
    return entries_.empty() ? Entry{} : entries_.front();
  }

  /// Drops what is stale or double.
  template <class Current, class Rank>
  void Compact(const Current& current, const Rank& rank) {
    std::erase_if(entries_, [&](const Entry& e) { return current(e.slot) != e.value; });
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.slot < b.slot; });
    const auto same = [](const Entry& a, const Entry& b) { return a.slot == b.slot; };
    entries_.erase(std::unique(entries_.begin(), entries_.end(), same), entries_.end());
    std::make_heap(entries_.begin(), entries_.end(), Below<Rank>{rank});
    limit_ = 4 * entries_.size() + kSlack;
  }

  bool empty() const { return entries_.empty(); }

 private:
  static constexpr size_t kSlack = 16;

  template <class Rank>
  struct Below {
    const Rank& rank;
    bool operator()(const Entry& a, const Entry& b) const {
      return a.value != b.value ? a.value < b.value : rank(b.slot) < rank(a.slot);
    }
  };

  std::vector<Entry> entries_;
  size_t limit_ = kSlack;
};

}  // namespace ndr::pairs
