// SPDX-License-Identifier: Apache-2.0
// delta/pair rows dealt out to the shards of the hosts that they concern.
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <cstdint>
#include <span>
#include <vector>

#include "ndr/base/address.h"
#include "ndr/base/hash.h"
#include "ndr/base/network.h"
#include "ndr/catalogue/batch.h"
#include "ndr/catalogue/words.h"

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
  int32_t Port(size_t row) const { return port_valid[row] ? int32_t{port[row]} : -1; }
};

/// Row `row` of batch `batch`, seen from its source (outbound) or destination (inbound).
struct RowSide {
  uint32_t batch;
  uint32_t row;
  catalogue::Role role;
};

/// Batches of one slice or day and, per shard, the sides of their rows: outbound of a host that is the
/// source, inbound of one that is the destination. Rows without sessions are left out.
struct DealtRows {
  arrow::RecordBatchVector batches;  // keeps the spans alive
  std::vector<PairColumns> columns;
  std::vector<RowSide> sides[kShards];
};
arrow::Result<DealtRows> Deal(const arrow::RecordBatchVector& batches, const base::Network& network,
                              bool sessions_only);

}  // namespace ndr::pairs
