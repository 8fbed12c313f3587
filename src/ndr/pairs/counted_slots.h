// SPDX-License-Identifier: Apache-2.0
// Numbered counters by window, with what they were before the step under way.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace ndr::pairs {

inline constexpr uint32_t kNone = UINT32_MAX;
/// Rows between the steps of prefetching.
inline constexpr size_t kAhead = 6;
/// Touched windows are kept as bits.
inline constexpr int kMaxWindows = 64;

/// Slots with an Info each that count, per window, sessions of the look-back (the past) and what a Count has
/// besides room for that. What only look-backs hold is cold and has no Counts. Touch a slot's window before
/// changing it: the first touch of a step keeps a copy, so that settling sees what the window was and is.
/// References live until the next Take or Heat.
template <class Info, class Count>
class CountedSlots {
 public:
  /// A slot's window as it was before the step.
  struct Before {
    Count count;
    uint32_t slot;
  };

  explicit CountedSlots(int windows)
      : windows_(static_cast<size_t>(windows)), is_new_(windows_, true), dirty_(windows_), zero_(windows_) {}

  /// A slot whose counters are 0: a new number, or one that was given back.
  uint32_t Take(const Info& info) {
    uint32_t slot = static_cast<uint32_t>(slots_.size());
    if (free_.empty()) {
      slots_.emplace_back();
      past_.resize(past_.size() + windows_);
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    slots_[slot] = {info, kNone, true, 0};
    return slot;
  }
  /// Gives back a used slot that neither window nor look-back holds; false when one does.
  bool GiveIfIdle(uint32_t slot) {
    const int64_t* p = past_.data() + slot * windows_;
    if (slots_[slot].hot != kNone || !std::all_of(p, p + windows_, [](int64_t n) { return n == 0; }))
      return false;
    slots_[slot].used = false;
    free_.push_back(slot);
    return true;
  }
  bool used(uint32_t slot) const { return slots_[slot].used; }
  uint32_t size() const { return static_cast<uint32_t>(slots_.size()); }

  Info& info(uint32_t slot) { return slots_[slot].info; }
  const Info& info(uint32_t slot) const { return slots_[slot].info; }
  int64_t& past(uint32_t slot, int w) {
    return slots_[slot].hot == kNone ? past_[slot * windows_ + static_cast<size_t>(w)] : counts(slot)[w].past;
  }
  int64_t past(uint32_t slot, int w) const { return const_cast<CountedSlots*>(this)->past(slot, w); }
  /// By window; zeros where the slot is cold, so write to hot ones only.
  Count* counts(uint32_t slot) {
    return slots_[slot].hot == kNone ? zero_.data() : counts_.data() + slots_[slot].hot * windows_;
  }
  const Count* counts(uint32_t slot) const { return const_cast<CountedSlots*>(this)->counts(slot); }

  /// kNone when cold; else a small number for what belongs to hot slots only.
  uint32_t hot(uint32_t slot) const { return slots_[slot].hot; }
  /// True when it was cold.
  bool Heat(uint32_t slot) {
    if (slots_[slot].hot != kNone) return false;
    if (free_hot_.empty()) {
      slots_[slot].hot = static_cast<uint32_t>(counts_.size() / windows_);
      counts_.resize(counts_.size() + windows_);
    } else {
      slots_[slot].hot = free_hot_.back();
      free_hot_.pop_back();
    }
    MovePast(slot, true);
    return true;
  }
  /// No window may hold it.
  void Cool(uint32_t slot) {
    MovePast(slot, false);
    Count* c = counts(slot);
    std::fill(c, c + windows_, Count{});
    free_hot_.push_back(slots_[slot].hot);
    slots_[slot].hot = kNone;
  }

  /// True for the first touch of a step. Before a window's first step everything in it was 0: no copies then.
  bool Touch(uint32_t slot, int w) {
    if (is_new_[static_cast<size_t>(w)]) return false;
    Slot& s = slots_[slot];
    const uint64_t bit = uint64_t{1} << w;
    if ((s.touched & bit) != 0) return false;
    s.touched |= bit;
    Count before = counts(slot)[w];
    before.past = past(slot, w);
    dirty_[static_cast<size_t>(w)].push_back({before, slot});
    return true;
  }
  /// What was touched in a window in this step.
  const std::vector<Before>& dirty(int w) const { return dirty_[static_cast<size_t>(w)]; }
  /// Ends the step of a window: `settle(before)` for each touched slot (the first time:
  /// for each slot). What `settle` touches in here is not
  /// visited.
  template <class Settle>
  void SettleDirty(int w, const Settle& settle) {
    if (is_new_[static_cast<size_t>(w)]) {
      for (uint32_t slot = 0; slot < size(); ++slot)
        if (used(slot)) settle(Before{Count{}, slot});
      return;
    }
    const auto& dirty = dirty_[static_cast<size_t>(w)];
    for (size_t i = 0; i < dirty.size(); ++i) {
      if (i + 2 * kAhead < dirty.size()) Prefetch(dirty[i + 2 * kAhead].slot);
      if (i + kAhead < dirty.size()) PrefetchCounts(dirty[i + kAhead].slot, w);
      slots_[dirty[i].slot].touched &= ~(uint64_t{1} << w);
      settle(dirty[i]);
    }
  }
  void ClearDirty(int w) {
    is_new_[static_cast<size_t>(w)] = false;
    dirty_[static_cast<size_t>(w)].clear();
  }

  // Memory is most of the cost of a step: the slot first, some rows later what it points to.
  void Prefetch(uint32_t slot) const { __builtin_prefetch(&slots_[slot]); }
  void PrefetchCounts(uint32_t slot, int w) const {
    if (const uint32_t hot = slots_[slot].hot; hot != kNone)
      __builtin_prefetch(&counts_[hot * windows_ + static_cast<size_t>(w)]);
  }

 private:
  struct Slot {
    Info info;
    uint32_t hot = kNone;
    bool used = false;
    uint64_t touched = 0;  // windows, as bits
  };

  // The past of a hot slot stands with its counts, where a step needs it.
  void MovePast(uint32_t slot, bool to_counts) {
    Count* count = counts_.data() + slots_[slot].hot * windows_;
    int64_t* past = past_.data() + slot * windows_;
    for (size_t w = 0; w < windows_; ++w)
      (to_counts ? count[w].past : past[w]) = to_counts ? past[w] : count[w].past;
  }

  size_t windows_;
  std::vector<bool> is_new_;  // by window: never settled
  std::vector<std::vector<Before>> dirty_;
  std::vector<Count> zero_;
  std::vector<Slot> slots_;
  std::vector<int64_t> past_;
  std::vector<Count> counts_;
  std::vector<uint32_t> free_, free_hot_;
};

}  // namespace ndr::pairs
