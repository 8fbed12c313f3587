// SPDX-License-Identifier: Apache-2.0
#include "ndr/delta/slice_tables.h"

#include <algorithm>
#include <bit>

#include "ndr/base/saturating.h"
#include "ndr/catalogue/metrics.h"
#include "ndr/delta/classify.h"

namespace ndr::delta {
namespace {

using catalogue::kDeltaCounts;
using catalogue::Role;
using catalogue::Transport;

constexpr int32_t kNoRow = -1;
constexpr int32_t kNotAHost = -2;

// Columns by name, found at compile time.
consteval size_t ColumnAt(std::string_view name) {
  for (size_t i = 0; i < kDeltaCounts.size(); ++i)
    if (kDeltaCounts[i] == name) return i;
  throw "no such column of delta/host";
}
consteval uint64_t BitOf(std::string_view name) { return uint64_t{1} << ColumnAt(name); }

constexpr size_t kBytesSrc = ColumnAt("bytes_src_sum"), kBytesDst = ColumnAt("bytes_dst_sum");
constexpr size_t kFirstPortSet = ColumnAt("high_risk_port_sessions_cnt");
constexpr size_t kPortSets = catalogue::kPortSets.size();

// The column of the project's port set `s`: the default ones stand together, its own behind all others.
constexpr size_t PortSetColumn(size_t s) {
  return s < kPortSets ? kFirstPortSet + s : kDeltaCounts.size() + s - kPortSets;
}

uint64_t When(bool condition, uint64_t bit) { return condition ? bit : 0; }

Amount AmountOf(const catalogue::SessionColumns& c, catalogue::SessionAmount a, size_t row) {
  return c.has_amount[a][row] ? Amount(c.amounts[a][row]) : std::nullopt;
}

}  // namespace

SliceTables::SliceTables(const spec::Context& context, base::Micros slice_start)
    : context_(context), slice_start_(slice_start), width_(context.catalogue->delta_counts().size()) {}

void SliceTables::Add(const InputBatch& batch, size_t row) {
  const uint32_t source = NumberOf(batch.columns.Source(row));
  const uint32_t destination = NumberOf(batch.columns.Destination(row));
  const Share share = ShareOf(batch, row);
  if (host_rows_[source][0] != kNotAHost) AddToHost(HostRowOf(source, Role::kOutbound), share);
  if (host_rows_[destination][0] != kNotAHost) AddToHost(HostRowOf(destination, Role::kInbound), share);
  if (share.minute >= 0) AddToPair(batch, row, source, destination, share);
}

uint32_t SliceTables::NumberOf(base::Address address) {
  const auto [entry, added] = numbers_.try_emplace(address, static_cast<uint32_t>(addresses_.size()));
  if (added) {
    addresses_.push_back(address);
    const int32_t none = context_.network.IsHost(address) ? kNoRow : kNotAHost;
    host_rows_.push_back({none, none});
  }
  return entry->second;
}

size_t SliceTables::HostRowOf(uint32_t address, Role role) {
  int32_t& row = host_rows_[address][static_cast<size_t>(role)];
  if (row == kNoRow) {
    row = static_cast<int32_t>(hosts_.size());
    hosts_.push_back({addresses_[address], role});
    counts_.resize(counts_.size() + width_);
  }
  return static_cast<size_t>(row);
}

SliceTables::Share SliceTables::ShareOf(const InputBatch& batch, size_t row) const {
  const auto& c = batch.columns;
  const auto word = [&](catalogue::SessionWord kind, uint8_t absent = 0) {
    return batch.classes.Of(kind, c.words[kind][row], absent);
  };
  const uint8_t action = word(catalogue::kAction), subtype = word(catalogue::kSubtype, WordClasses::kSession);
  Share share;
  share.repeat = c.repeat_count[row];
  if (c.event_name[row] == static_cast<uint8_t>(catalogue::EventName::kThreat)) {
    const bool vulnerability = ((subtype | word(catalogue::kCategory)) & WordClasses::kVulnerability) != 0;
    share.counts = BitOf("threat_cnt") | When((action & WordClasses::kAlert) != 0, BitOf("alert_cnt")) |
                   When(vulnerability, BitOf("vulnerability_cnt"));
    return share;
  }
  share.counts = BitOf("traffic_cnt");
  if ((subtype & WordClasses::kSession) == 0) return share;
  const uint8_t reason = word(catalogue::kReason);
  const auto transport = static_cast<Transport>(c.transport[row]);
  const base::Micros duration = c.Duration(row);
  const bool zero_reply = IsZeroReply(AmountOf(c, catalogue::kDestinationBytes, row),
                                      AmountOf(c, catalogue::kDestinationPackets, row));
  share.counts |= BitOf("sessions_cnt") | When((action & WordClasses::kAllow) != 0, BitOf("allow_cnt")) |
                  When((action & WordClasses::kDeny) != 0, BitOf("deny_cnt")) |
                  When((action & WordClasses::kAlert) != 0, BitOf("alert_cnt")) |
                  When((reason & WordClasses::kReset) != 0, BitOf("rst_cnt")) |
                  When((reason & WordClasses::kAgedOut) != 0, BitOf("aged_out_cnt")) |
                  When(zero_reply, BitOf("zero_reply_cnt")) |
                  When(IsShort(duration), BitOf("short_session_cnt")) |
                  When(transport == Transport::kTcp, BitOf("tcp_cnt")) |
                  When(transport == Transport::kUdp, BitOf("udp_cnt")) |
                  When(transport == Transport::kIcmp, BitOf("icmp_cnt"));
  if (c.has_destination_port[row]) share.port = c.destination_port[row];
  share.bytes_src = AmountOf(c, catalogue::kSourceBytes, row).value_or(0);
  share.bytes_dst = AmountOf(c, catalogue::kDestinationBytes, row).value_or(0);
  share.duration = base::SaturatingMultiply(duration, share.repeat);
  share.minute = static_cast<int>((c.event_start[row] - slice_start_) / base::kMicrosPerMinute);
  return share;
}

void SliceTables::AddToHost(size_t host, const Share& share) {
  int64_t* counts = counts_.data() + host * width_;
  const auto count = [&](size_t column) {
    counts[column] = base::SaturatingAdd(counts[column], share.repeat);
  };
  for (uint64_t bits = share.counts; bits != 0; bits &= bits - 1)
    count(static_cast<size_t>(std::countr_zero(bits)));
  if (share.minute < 0) return;
  if (share.port >= 0)
    for (size_t s = 0; s < context_.port_sets.size(); ++s)
      if (context_.port_sets[s][static_cast<size_t>(share.port)]) count(PortSetColumn(s));
  counts[kBytesSrc] = base::SaturatingAdd(counts[kBytesSrc], share.bytes_src);
  counts[kBytesDst] = base::SaturatingAdd(counts[kBytesDst], share.bytes_dst);
  HostRow& row = hosts_[host];
  row.duration = base::SaturatingAdd(row.duration, share.duration);
  int64_t& minute = row.per_minute[static_cast<size_t>(share.minute)];
  minute = base::SaturatingAdd(minute, share.repeat);
}

void SliceTables::AddToPair(const InputBatch& batch, size_t row, uint32_t source, uint32_t destination,
                            const Share& share) {
  const PairKey key{uint64_t{source} << 32 | destination, share.port};
  const auto [entry, added] = pair_rows_.try_emplace(key, static_cast<uint32_t>(pairs_.size()));
  const base::Micros start = batch.columns.event_start[row];
  if (added) {
    PairRow fresh;
    fresh.source = source, fresh.destination = destination, fresh.port = share.port;
    fresh.first = fresh.last = start;
    pairs_.push_back(fresh);
  }
  const auto has = [&](uint64_t bit) { return (share.counts & bit) != 0; };
  const bool denied = has(BitOf("deny_cnt")), zero_reply = has(BitOf("zero_reply_cnt"));
  const bool failed =
      IsFailed(denied, has(BitOf("tcp_cnt")), zero_reply, has(BitOf("rst_cnt")), batch.columns.Duration(row),
               AmountOf(batch.columns, catalogue::kDestinationBytes, row));
  PairRow& pair = pairs_[entry->second];
  pair.sessions = base::SaturatingAdd(pair.sessions, share.repeat);
  pair.bytes_src = base::SaturatingAdd(pair.bytes_src, share.bytes_src);
  pair.bytes_dst = base::SaturatingAdd(pair.bytes_dst, share.bytes_dst);
  if (denied) pair.deny = base::SaturatingAdd(pair.deny, share.repeat);
  if (failed) pair.failed = base::SaturatingAdd(pair.failed, share.repeat);
  if (IsReplied(denied, zero_reply)) pair.replied = base::SaturatingAdd(pair.replied, share.repeat);
  pair.first = std::min(pair.first, start);
  pair.last = std::max(pair.last, start);
  pair.active_minutes = static_cast<uint16_t>(pair.active_minutes | 1u << share.minute);
}

}  // namespace ndr::delta
