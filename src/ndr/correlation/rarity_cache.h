// SPDX-License-Identifier: Apache-2.0
// What the reference says of the pairs of the windows, looked up once in the life of a pair.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "ndr/base/hash.h"
#include "ndr/base/network.h"
#include "ndr/pairs/window_pairs.h"
#include "ndr/reference/reference.h"

namespace ndr::correlation {

/// Sessions of a pair in pair/host and in pair/segment of one horizon; 0: the table lacks it.
struct Seen {
  int64_t host = -1, segment = -1;  ///< -1: not looked up
};

/// Kept by (shard, slot) of WindowPairs while its generation does not change. Find is safe for several
/// threads; Merge is not.
class RarityCache {
 public:
  explicit RarityCache(size_t horizons) : horizons_(horizons) {}

  /// What one thread looked up while others read the cache.
  struct Pending {
    std::vector<std::pair<uint32_t, uint32_t>> pairs;  ///< shard, slot
    std::vector<Seen> seen;                            ///< horizons a pair
  };

  /// Forgets everything where the slots were renumbered.
  void Begin(uint64_t generation);
  /// Of each horizon; empty: not known yet.
  std::span<const Seen> Find(uint32_t shard, uint32_t slot) const;
  void Merge(const Pending& pending);

 private:
  size_t horizons_;
  uint64_t generation_ = 0;
  std::vector<std::vector<Seen>> shards_;
};

/// Looks pairs up for one thread: in the cache, else in the reference.
class RarityLookup {
 public:
  RarityLookup(const reference::Reference& reference, const base::Network& network, const RarityCache& cache)
      : reference_(reference), network_(network), cache_(cache) {}

  /// Of each horizon, for a pair with a port; valid until the next call.
  std::span<const Seen> Of(base::Address host, catalogue::Role role, const pairs::WindowPair& pair);
  /// active_days of pair/host; 0: absent.
  int64_t ActiveDays(size_t horizon, base::Address host, catalogue::Role role, base::Address peer,
                     int32_t port) const;
  RarityCache::Pending TakePending() { return std::move(pending_); }

 private:
  struct KeyHash {
    using is_avalanching = void;
    size_t operator()(const base::SegmentKey& key) const { return base::Mix(base::Hash(key.base), key.kind); }
  };
  reference::Id SegmentOf(base::Address source);

  const reference::Reference& reference_;
  const base::Network& network_;
  const RarityCache& cache_;
  RarityCache::Pending pending_;
  boost::unordered_flat_map<base::SegmentKey, reference::Id, KeyHash> segments_;
};

}  // namespace ndr::correlation
