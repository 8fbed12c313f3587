// SPDX-License-Identifier: Apache-2.0
// Numbered counters by window, with what they were before the step under way.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "ndr/pairs/blocks.h"
#include "ndr/pairs/slot_index.h"

namespace ndr::pairs {

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
      : windows_(static_cast<size_t>(windows)),
        is_new_(windows_, true),
        dirty_(windows_),
        zero_(windows_),
        past_(windows_),
        counts_(windows_) {}

  /// A slot whose counters are 0: a new number, or one that was given back.
  uint32_t Take(const Info& info) {
    const uint32_t slot = Number(&free_, &slots_);
    *slots_[slot] = Slot{info};
    slots_[slot]->used = true;
    return slot;
  }
  /// Gives back a used slot that neither window nor look-back holds; false when one does.
  bool GiveIfIdle(uint32_t slot) {
    Slot& s = *slots_[slot];
    if (s.is_hot) return false;
    if (s.at != kNone) {
      const int64_t* p = past_[s.at];
      if (!std::all_of(p, p + windows_, [](int64_t n) { return n == 0; })) return false;
      free_cold_.push_back(s.at);
    }
    s.used = false;
    free_.push_back(slot);
    return true;
  }
  bool used(uint32_t slot) const { return slots_[slot]->used; }
  uint32_t size() const { return static_cast<uint32_t>(slots_.size()); }

  Info& info(uint32_t slot) { return slots_[slot]->info; }
  const Info& info(uint32_t slot) const { return slots_[slot]->info; }
  int64_t past(uint32_t slot, int w) const {
    const Slot& s = *slots_[slot];
    return s.is_hot ? counts_[s.at][w].past : s.at == kNone ? 0 : past_[s.at][w];
  }
  int64_t& MutablePast(uint32_t slot, int w) {
    Slot& s = *slots_[slot];
    if (s.is_hot) return counts_[s.at][w].past;
    if (s.at == kNone) s.at = Number(&free_cold_, &past_);
    return past_[s.at][w];
  }
  /// By window; zeros where the slot is cold, so write to hot ones only.
  Count* counts(uint32_t slot) { return slots_[slot]->is_hot ? counts_[slots_[slot]->at] : zero_.data(); }
  const Count* counts(uint32_t slot) const { return const_cast<CountedSlots*>(this)->counts(slot); }

  /// kNone when cold; else a small number for what belongs to hot slots only.
  uint32_t hot(uint32_t slot) const { return slots_[slot]->is_hot ? slots_[slot]->at : kNone; }
  /// True when it was cold.
  bool Heat(uint32_t slot) {
    Slot& s = *slots_[slot];
    if (s.is_hot) return false;
    const uint32_t hot = Number(&free_hot_, &counts_);
    if (s.at != kNone) {
      for (size_t w = 0; w < windows_; ++w) counts_[hot][w].past = std::exchange(past_[s.at][w], 0);
      free_cold_.push_back(s.at);
    }
    s.at = hot;
    s.is_hot = true;
    return true;
  }
  /// No window may hold it.
  void Cool(uint32_t slot) {
    Slot& s = *slots_[slot];
    const uint32_t cold = Number(&free_cold_, &past_);
    for (size_t w = 0; w < windows_; ++w) past_[cold][w] = std::exchange(counts_[s.at][w], Count{}).past;
    free_hot_.push_back(s.at);
    s.at = cold;
    s.is_hot = false;
  }

  /// True for the first touch of a step. Before a window's first step everything in it was 0: no copies then.
  bool Touch(uint32_t slot, int w) {
    if (is_new_[static_cast<size_t>(w)]) return false;
    Slot& s = *slots_[slot];
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
      slots_[dirty[i].slot]->touched &= ~(uint64_t{1} << w);
      settle(dirty[i]);
    }
  }
  void ClearDirty(int w) {
    is_new_[static_cast<size_t>(w)] = false;
    dirty_[static_cast<size_t>(w)].clear();
  }

  // Memory is most of the cost of a step: the slot first, some rows later what it points to.
  void Prefetch(uint32_t slot) const { __builtin_prefetch(slots_[slot]); }
  void PrefetchCounts(uint32_t slot, int w) const {
    if (const Slot& s = *slots_[slot]; s.is_hot) __builtin_prefetch(counts_[s.at] + w);
  }

 private:
  struct Slot {
    Info info;
    uint32_t at = kNone;  // of counts_ when hot, else of past_; kNone: no past yet
    bool is_hot = false, used = false;
    uint64_t touched = 0;  // windows, as bits
  };

  // A row of zeros: one that was given back, or a new one.
  template <class T>
  static uint32_t Number(std::vector<uint32_t>* free, Blocks<T>* rows) {
    if (free->empty()) {
      rows->Add();
      return static_cast<uint32_t>(rows->size() - 1);
    }
    const uint32_t number = free->back();
    free->pop_back();
    return number;
  }

  size_t windows_;
  std::vector<bool> is_new_;  // by window: never settled
  std::vector<std::vector<Before>> dirty_;
  std::vector<Count> zero_;
  Blocks<Slot> slots_;
  Blocks<int64_t> past_;  // of cold slots
  Blocks<Count> counts_;  // of hot ones
  std::vector<uint32_t> free_, free_cold_, free_hot_;
};

}  // namespace ndr::pairs
