// SPDX-License-Identifier: Apache-2.0
#include "ndr/pairs/pair_rows.h"

#include "ndr/pairs/history.h"

namespace ndr::pairs {

using catalogue::Role;

const std::vector<std::string>& WindowColumns() {
  static const auto* const kColumns = new std::vector<std::string>{
      "slice_start_ts", "src_ip",   "dst_ip",     "dst_port",    "sessions_cnt",  "bytes_src_sum",
      "bytes_dst_sum",  "deny_cnt", "failed_cnt", "replied_cnt", "active_minutes"};
  return *kColumns;
}

arrow::Result<PairColumns> PairColumns::Of(const arrow::RecordBatch& batch, bool sessions_only) {
  PairColumns c;
  ARROW_ASSIGN_OR_RAISE(c.src, catalogue::AddressBytes(batch, "src_ip"));
  ARROW_ASSIGN_OR_RAISE(c.dst, catalogue::AddressBytes(batch, "dst_ip"));
  ARROW_ASSIGN_OR_RAISE(c.port, catalogue::Values<uint16_t>(batch, "dst_port"));
  ARROW_ASSIGN_OR_RAISE(c.port_valid, catalogue::Valid(batch, "dst_port"));
  ARROW_ASSIGN_OR_RAISE(c.sessions, catalogue::Counts(batch, "sessions_cnt"));
  if (sessions_only) return c;
  ARROW_ASSIGN_OR_RAISE(c.bytes_src, catalogue::Values<int64_t>(batch, "bytes_src_sum"));
  ARROW_ASSIGN_OR_RAISE(c.bytes_dst, catalogue::Values<int64_t>(batch, "bytes_dst_sum"));
  ARROW_ASSIGN_OR_RAISE(c.deny, catalogue::Counts(batch, "deny_cnt"));
  ARROW_ASSIGN_OR_RAISE(c.failed, catalogue::Counts(batch, "failed_cnt"));
  ARROW_ASSIGN_OR_RAISE(c.replied, catalogue::Counts(batch, "replied_cnt"));
  ARROW_ASSIGN_OR_RAISE(c.minutes, catalogue::Values<uint16_t>(batch, "active_minutes"));
  return c;
}

void SliceRows::Add(Row row, const Counts& counts) {
  if ((counts.sessions | counts.deny | counts.failed | counts.replied) >> 32 != 0) {
    row.is_wide = 1;
    row.sessions = static_cast<uint32_t>(wide.size());
    wide.push_back(counts);
  } else {
    row.sessions = static_cast<uint32_t>(counts.sessions);
    row.deny = static_cast<uint32_t>(counts.deny);
    row.failed = static_cast<uint32_t>(counts.failed);
    row.replied = static_cast<uint32_t>(counts.replied);
  }
  rows.push_back(row);
}

namespace {

constexpr uint8_t kNoShard = 255;
static_assert(kShards <= kNoShard);

// The shard of each row's source and destination, where they are hosts.
struct Sides {
  std::vector<uint8_t> source, destination;
  Sides(const PairColumns& c, const base::Network& network) : source(c.size()), destination(c.size()) {
    const auto shard = [&](base::Address host) {
      return network.IsHost(host) ? static_cast<uint8_t>(ShardOf(host)) : kNoShard;
    };
    for (size_t r = 0; r < c.size(); ++r) {
      const bool counts = c.sessions[r] > 0;
      source[r] = counts ? shard(c.Source(r)) : kNoShard;
      destination[r] = counts ? shard(c.Destination(r)) : kNoShard;
    }
  }
};

void MakeRoom(const Sides& sides, DealtRows* dealt) {
  std::array<size_t, kNoShard + 1> rows{};
  for (const uint8_t shard : sides.source) ++rows[shard];
  for (const uint8_t shard : sides.destination) ++rows[shard];
  for (size_t s = 0; s < kShards; ++s) {
    (*dealt)[s].keys.reserve((*dealt)[s].keys.size() + rows[s]);
    (*dealt)[s].rows.reserve((*dealt)[s].rows.size() + rows[s]);
  }
}

void DealBatch(const PairColumns& c, const base::Network& network, bool sessions_only, DealtRows* dealt) {
  const Sides sides(c, network);
  MakeRoom(sides, dealt);
  for (size_t r = 0; r < c.size(); ++r) {
    if (sides.source[r] == kNoShard && sides.destination[r] == kNoShard) continue;
    Row row;
    Counts counts{c.sessions[r]};
    if (!sessions_only) {
      row.bytes_src = c.bytes_src[r];
      row.bytes_dst = c.bytes_dst[r];
      row.minutes = c.minutes[r] & 0x7fff;
      counts = {c.sessions[r], c.deny[r], c.failed[r], c.replied[r]};
    }
    const auto deal = [&](uint8_t to, base::Address host, base::Address peer, Role role) {
      if (to == kNoShard) return;
      ShardRows& shard = (*dealt)[to];
      shard.keys.push_back({host, peer, c.Port(r), role});
      shard.Add(row, counts);
    };
    deal(sides.source[r], c.Source(r), c.Destination(r), Role::kOutbound);
    deal(sides.destination[r], c.Destination(r), c.Source(r), Role::kInbound);
  }
}

}  // namespace

arrow::Result<DealtRows> Deal(const arrow::RecordBatchVector& batches, const base::Network& network,
                              bool sessions_only) {
  DealtRows dealt;
  for (const auto& batch : batches) {
    ARROW_ASSIGN_OR_RAISE(const PairColumns c, PairColumns::Of(*batch, sessions_only));
    DealBatch(c, network, sessions_only, &dealt);
  }
  return dealt;
}

}  // namespace ndr::pairs
