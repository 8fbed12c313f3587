// SPDX-License-Identifier: Apache-2.0
// Numbered counters by window, with what they were before the step under way.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace ndr::pairs {

inline constexpr uint32_t kNone = UINT32_MAX;

/// Slots that count sessions in each window and in each window's look-back, and a Cell more per window. What
/// only the look-back holds is cold and has no sessions and cells. Touch a slot before changing it: the first
/// touch of a step keeps a copy, so that Settle-time code sees what every window was and is. Pointers into it
/// live until the next Take or Heat.
template <class Cell>
class CountedSlots {
 public:
  explicit CountedSlots(int windows)
      : windows_(static_cast<size_t>(windows)), zero_counts_(windows_), zero_cells_(windows_) {}

  /// A slot whose counters are 0: a new number, or one that was given back.
  uint32_t Take() {
    if (!free_.empty()) {
      const uint32_t slot = free_.back();
      free_.pop_back();
      return slot;
    }
    hot_.push_back(kNone);
    stamp_.push_back(0);
    past_.resize(past_.size() + windows_);
    return static_cast<uint32_t>(hot_.size() - 1);
  }
  /// Only what IsIdle.
  void Give(uint32_t slot) { free_.push_back(slot); }
  /// Neither in a window nor in a look-back.
  bool IsIdle(uint32_t slot) const {
    if (hot_[slot] != kNone) return false;
    const int64_t* p = past(slot);
    return std::all_of(p, p + windows_, [](int64_t n) { return n == 0; });
  }
  size_t size() const { return hot_.size(); }

  int64_t* past(uint32_t slot) { return past_.data() + slot * windows_; }
  const int64_t* past(uint32_t slot) const { return past_.data() + slot * windows_; }
  /// Zeros where the slot is cold; write only to hot ones.
  int64_t* sessions(uint32_t slot) {
    return hot_[slot] == kNone ? zero_counts_.data() : sessions_.data() + hot_[slot] * windows_;
  }
  const int64_t* sessions(uint32_t slot) const { return const_cast<CountedSlots*>(this)->sessions(slot); }
  Cell* cells(uint32_t slot) {
    return hot_[slot] == kNone ? zero_cells_.data() : cells_.data() + hot_[slot] * windows_;
  }
  const Cell* cells(uint32_t slot) const { return const_cast<CountedSlots*>(this)->cells(slot); }

  /// kNone when cold; else a small number for what belongs to hot slots only.
  uint32_t hot(uint32_t slot) const { return hot_[slot]; }
  /// True when it was cold.
  bool Heat(uint32_t slot) {
    if (hot_[slot] != kNone) return false;
    if (free_hot_.empty()) {
      hot_[slot] = static_cast<uint32_t>(sessions_.size() / windows_);
      sessions_.resize(sessions_.size() + windows_);
      cells_.resize(cells_.size() + windows_);
    } else {
      hot_[slot] = free_hot_.back();
      free_hot_.pop_back();
    }
    return true;
  }
  /// Its sessions must be 0 in every window.
  void Cool(uint32_t slot) {
    Cell* c = cells(slot);
    std::fill(c, c + windows_, Cell{});
    free_hot_.push_back(hot_[slot]);
    hot_[slot] = kNone;
  }

  /// True for the first touch of a step.
  bool Touch(uint32_t slot) {
    if (stamp_[slot] == step_) return false;
    stamp_[slot] = step_;
    dirty_.push_back(slot);
    before_.insert(before_.end(), past(slot), past(slot) + windows_);
    const int64_t* n = sessions(slot);
    before_.insert(before_.end(), n, n + windows_);
    const Cell* c = cells(slot);
    before_cells_.insert(before_cells_.end(), c, c + windows_);
    return true;
  }
  /// Touched slots of the step, and what they were.
  const std::vector<uint32_t>& dirty() const { return dirty_; }
  const int64_t* past_before(size_t i) const { return before_.data() + 2 * i * windows_; }
  const int64_t* sessions_before(size_t i) const { return before_.data() + (2 * i + 1) * windows_; }
  const Cell* cells_before(size_t i) const { return before_cells_.data() + i * windows_; }
  void NextStep() {
    ++step_;
    dirty_.clear();
    before_.clear();
    before_cells_.clear();
  }

 private:
  size_t windows_;
  std::vector<int64_t> zero_counts_;
  std::vector<Cell> zero_cells_;
  std::vector<uint32_t> hot_, stamp_, free_, free_hot_;
  std::vector<int64_t> past_, sessions_;
  std::vector<Cell> cells_;
  uint32_t step_ = 1;
  std::vector<uint32_t> dirty_;
  std::vector<int64_t> before_;
  std::vector<Cell> before_cells_;
};

}  // namespace ndr::pairs
