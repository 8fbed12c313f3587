// SPDX-License-Identifier: Apache-2.0
// delta/pair rows dealt out to the shards of the hosts that they concern.
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "ndr/base/address.h"
#include "ndr/base/hash.h"
#include "ndr/base/network.h"
#include "ndr/catalogue/batch.h"
#include "ndr/catalogue/words.h"
#include "ndr/pairs/slot_index.h"
#include "ndr/pairs/window_pairs.h"

namespace ndr::pairs {

/// Hosts are sharded by hash into a fixed number of shards, so that results do not depend on threads; so many
/// that what a step touches in one of them fits a processor's cache.
inline constexpr size_t kShards = 64;
inline size_t ShardOf(base::Address host) { return base::Hash(host) >> 58; }

/// One batch by column. A roll-up has sessions only.
struct PairColumns {
  const uint8_t* src = nullptr;
  const uint8_t* dst = nullptr;
  std::span<const uint16_t> port;
  catalogue::Validity port_valid;
  std::span<const int64_t> sessions, bytes_src, bytes_dst, deny, failed, replied;
  std::span<const uint16_t> minutes;

  static arrow::Result<PairColumns> Of(const arrow::RecordBatch& batch, bool sessions_only);
  size_t size() const { return sessions.size(); }
  base::Address Source(size_t row) const { return base::Address::FromBytes(src + row * base::kAddressBytes); }
  base::Address Destination(size_t row) const {
    return base::Address::FromBytes(dst + row * base::kAddressBytes);
  }
  int32_t Port(size_t row) const { return port_valid[row] ? int32_t{port[row]} : kNoPort; }
};

/// Whose row it is: outbound of a host that is the source, inbound of one that is the destination.
struct RowKey {
  base::Address host, peer;
  int32_t port;
  catalogue::Role role;
};
/// The row as the longest window keeps it. Counts too large for 32 bits stand in `wide`, at the index
/// `sessions`.
struct Row {
  int64_t bytes_src = 0, bytes_dst = 0;
  uint32_t pair = kNone;
  uint32_t sessions = 0, deny = 0, failed = 0, replied = 0;
  uint32_t previous_row = kNone;  ///< of the same pair
  uint16_t previous_age = 0;      ///< slices back
  uint16_t minutes : 15 = 0;
  uint16_t is_wide : 1 = 0;
};
struct Counts {
  int64_t sessions = 0, deny = 0, failed = 0, replied = 0;
};
struct SliceRows {
  std::vector<Row> rows;
  std::vector<Counts> wide;
  Counts Of(const Row& r) const {
    return r.is_wide ? wide[r.sessions] : Counts{r.sessions, r.deny, r.failed, r.replied};
  }
  void Add(Row row, const Counts& counts);
};

/// The rows of one slice or day that concern a shard, with their keys.
struct ShardRows : SliceRows {
  std::vector<RowKey> keys;
};
/// By shard. Rows without sessions are left out; batches are not needed any more.
using DealtRows = std::array<ShardRows, kShards>;
arrow::Result<DealtRows> Deal(const arrow::RecordBatchVector& batches, const base::Network& network,
                              bool sessions_only);

}  // namespace ndr::pairs
