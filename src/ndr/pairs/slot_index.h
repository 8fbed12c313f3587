// SPDX-License-Identifier: Apache-2.0
// Slots by the hash of their keys, which stay with the slots.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace ndr::pairs {

inline constexpr uint32_t kNone = UINT32_MAX;

/// An entry is 8 bytes, so that most of the index stays in a cache, and looking up can be split: fetch the
/// entry, fetch the slot that it most likely means, compare keys. Hashes must be well mixed, slots below
/// kNone.
class SlotIndex {
 public:
  void Prefetch(uint64_t hash) const {
    if (!entries_.empty()) __builtin_prefetch(&entries_[hash & mask_]);
  }
  /// The slot under `hash` for which `is_it(slot)` holds; kNone without one.
  template <class IsIt>
  uint32_t Find(uint64_t hash, const IsIt& is_it) const {
    if (entries_.empty()) return kNone;
    for (size_t i = hash & mask_; entries_[i].slot != kNone; i = (i + 1) & mask_)
      if (entries_[i].tag == static_cast<uint32_t>(hash) && is_it(entries_[i].slot)) return entries_[i].slot;
    return kNone;
  }
  /// A slot under `hash`, whatever its key.
  uint32_t Likely(uint64_t hash) const {
    return Find(hash, [](uint32_t) { return true; });
  }

  /// For a slot that is not in here.
  void Add(uint64_t hash, uint32_t slot) {
    if (2 * ++size_ > entries_.size()) Grow();
    Put({static_cast<uint32_t>(hash), slot});
  }
  /// For a slot that was added under `hash`.
  void Remove(uint64_t hash, uint32_t slot) {
    size_t hole = hash & mask_;
    while (entries_[hole].slot != slot) hole = (hole + 1) & mask_;
    // What stands behind may move up to the hole, but not before its own place.
    for (size_t i = (hole + 1) & mask_; entries_[i].slot != kNone; i = (i + 1) & mask_)
      if (((i - entries_[i].tag) & mask_) >= ((i - hole) & mask_)) {
        entries_[hole] = entries_[i];
        hole = i;
      }
    entries_[hole].slot = kNone;
    --size_;
  }

 private:
  struct Entry {
    uint32_t tag = 0;  // the low bits of the hash: its place, and more
    uint32_t slot = kNone;
  };
  void Put(Entry entry) {
    size_t i = entry.tag & mask_;
    while (entries_[i].slot != kNone) i = (i + 1) & mask_;
    entries_[i] = entry;
  }
  void Grow() {
    const std::vector<Entry> old =
        std::exchange(entries_, std::vector<Entry>(entries_.empty() ? 16 : 2 * entries_.size()));
    mask_ = entries_.size() - 1;
    for (const Entry& entry : old)
      if (entry.slot != kNone) Put(entry);
  }

  std::vector<Entry> entries_;  // a power of two, at least half of them free
  size_t mask_ = 0, size_ = 0;
};

}  // namespace ndr::pairs
