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
  ARROW_ASSIGN_OR_RAISE(c.sessions, catalogue::Values<int64_t>(batch, "sessions_cnt"));
  if (sessions_only) return c;
  ARROW_ASSIGN_OR_RAISE(c.bytes_src, catalogue::Values<int64_t>(batch, "bytes_src_sum"));
  ARROW_ASSIGN_OR_RAISE(c.bytes_dst, catalogue::Values<int64_t>(batch, "bytes_dst_sum"));
  ARROW_ASSIGN_OR_RAISE(c.deny, catalogue::Values<int64_t>(batch, "deny_cnt"));
  ARROW_ASSIGN_OR_RAISE(c.failed, catalogue::Values<int64_t>(batch, "failed_cnt"));
  ARROW_ASSIGN_OR_RAISE(c.replied, catalogue::Values<int64_t>(batch, "replied_cnt"));
  ARROW_ASSIGN_OR_RAISE(c.minutes, catalogue::Values<uint16_t>(batch, "active_minutes"));
  return c;
}

arrow::Result<DealtRows> Deal(const arrow::RecordBatchVector& batches, const base::Network& network,
                              bool sessions_only) {
  DealtRows dealt;
  for (const auto& batch : batches) {
    ARROW_ASSIGN_OR_RAISE(const PairColumns c, PairColumns::Of(*batch, sessions_only));
    const auto number = static_cast<uint32_t>(dealt.columns.size());
    for (size_t row = 0; row < c.size(); ++row) {
      if (c.sessions[row] <= 0) continue;
      const base::Address src = c.Source(row), dst = c.Destination(row);
      const auto r = static_cast<uint32_t>(row);
      if (network.IsHost(src)) dealt.sides[ShardOf(src)].push_back({number, r, Role::kOutbound});
      if (network.IsHost(dst)) dealt.sides[ShardOf(dst)].push_back({number, r, Role::kInbound});
    }
    dealt.columns.push_back(c);
    dealt.batches.push_back(batch);
  }
  return dealt;
}

}  // namespace ndr::pairs
