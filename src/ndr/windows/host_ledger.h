// SPDX-License-Identifier: Apache-2.0
// The additive metrics of one shard of hosts over all windows, slid forward slice by slice (specification 2).
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "ndr/base/address.h"
#include "ndr/base/hash.h"
#include "ndr/catalogue/batch.h"
#include "ndr/pairs/geometry.h"
#include "ndr/pairs/pair_rows.h"

namespace ndr::windows {

using pairs::Geometry;
using pairs::SliceNumber;

/// The delta/host rows of one slice that concern a shard. Numbers are packed with a variable length.
struct HostRows {
  struct Key {
    base::Address host;
    catalogue::Role role;
    friend bool operator==(const Key&, const Key&) = default;
  };
  std::vector<Key> keys;
  std::vector<uint8_t> metrics;  ///< by key: Catalogue::delta_counts(), then the duration in microseconds
  std::vector<uint8_t> minutes;  ///< by key: sessions of each minute of the slice
};
/// By shard.
using DealtHosts = std::array<HostRows, pairs::kShards>;
arrow::Result<DealtHosts> DealHosts(const arrow::RecordBatchVector& batches,
                                    const catalogue::Catalogue& catalogue);

/// A (host, role) with a record in the longest window has a slot. Sums are exact; they saturate where they
/// are written.
class HostLedger {
 public:
  HostLedger(const spec::Context& context, const Geometry& geometry);

  /// As PairShard: slices enter in order without gaps (their metrics moved out of `rows`), leave window after
  /// window, and are dropped.
  void Enter(SliceNumber slice, HostRows* rows, int64_t age);
  void Leave(SliceNumber slice, int w);
  void DropOldest();

  struct Host {
    base::Address host;
    catalogue::Role role = catalogue::Role::kOutbound;
    int32_t segment = 0;  ///< in segments()
    uint32_t rows = 0;    ///< of the longest window; 0: the slot is free
    /// Busiest minute of a slice, while no later slice has a busier one.
    std::vector<std::pair<SliceNumber, int64_t>> bursts;
  };
  const std::vector<Host>& hosts() const { return hosts_; }
  /// Segment ids of the hosts.
  const std::vector<std::string>& segments() const { return segments_; }

  /// Sums of one window by Catalogue::delta_counts(), then the duration in microseconds.
  const __int128* Sums(uint32_t host, int w) const {
    return sums_.data() + (host * windows_ + static_cast<size_t>(w)) * metrics_;
  }
  int64_t BusiestMinute(uint32_t host, SliceNumber window_start) const;

 private:
  using Key = HostRows::Key;
  struct KeyHash {
    using is_avalanching = void;
    size_t operator()(const Key& k) const {
      return base::Mix(base::Hash(k.host), static_cast<uint64_t>(k.role));
    }
    size_t operator()(const base::SegmentKey& k) const { return base::Mix(base::Hash(k.base), k.kind); }
  };

  uint32_t HostOf(base::Address host, catalogue::Role role);
  void NoteMinutes(uint32_t host, const uint8_t** minutes);
  void NoteBursts(SliceNumber slice);

  const spec::Context& context_;
  const Geometry& geometry_;
  const size_t windows_, metrics_;
  boost::unordered_flat_map<Key, uint32_t, KeyHash> map_;
  boost::unordered_flat_map<base::SegmentKey, int32_t, KeyHash> segment_map_;
  std::vector<std::string> segments_;
  std::vector<Host> hosts_;
  std::vector<uint32_t> free_;
  std::vector<__int128> sums_;
  struct SliceRows {
    std::vector<uint32_t> hosts;
    std::vector<uint8_t> metrics;
  };
  std::deque<SliceRows> slices_;
  SliceNumber first_slice_ = 0;
  // Minute counts of the slice that enters, summed over its partials.
  std::vector<uint32_t> minute_hosts_, minute_row_;
  std::vector<int64_t> minute_counts_;
  std::vector<int64_t> row_;
};

}  // namespace ndr::windows
