// SPDX-License-Identifier: Apache-2.0
// What a shard answers at the current end.
#include <bit>

#include "ndr/pairs/pair_shard.h"
#include "ndr/pairs/pair_walk.h"

namespace ndr::pairs {
namespace {

int64_t Capped(__int128 n) { return n > INT64_MAX ? INT64_MAX : static_cast<int64_t>(n); }

}  // namespace

PairShard::Maxima PairShard::MaximaOf(uint32_t host, int w) {
  HostSums& sums = MutableSums(host, w);
  const auto address = [this](uint32_t s) -> const base::Address& { return peers_.info(s).address; };
  const auto number = [this](uint32_t s) { return ports_.info(s).port; };
  Maxima m;
  m.peer_bytes =
      sums.peer_bytes
          .Top([&](uint32_t s) { return BytesOf(peers_.counts(s)[w]); }, [](uint32_t s) { return s; })
          .value;
  m.port_bytes =
      sums.port_bytes_by_port.Top([&](uint32_t s) { return BothWays(ports_.counts(s)[w].bytes); }, number)
          .value;
  if (const auto top =
          sums.failed_ports.Top([&](uint32_t s) { return peers_.counts(s)[w].failed_ports; }, address);
      top.value > 0) {
    m.failed_ports = static_cast<int64_t>(top.value);
    m.failed_ports_at = peers_.info(top.slot).address;
  }
  if (const auto top =
          sums.failed_peers.Top([&](uint32_t s) { return ports_.counts(s)[w].failed_peers; }, number);
      top.value > 0) {
    m.failed_peers = static_cast<int64_t>(top.value);
    m.failed_peers_at = ports_.info(top.slot).port;
  }
  if (const auto top = sums.new_sent.Top([&](uint32_t s) { return SentNow(s, w); }, address); top.value > 0) {
    m.new_sent = static_cast<int64_t>(top.value);
    m.new_sent_at = peers_.info(top.slot).address;
  }
  const auto beacon =
      sums.beacon.Top([&](uint32_t s) { return BeaconValue(s, w); }, [](uint32_t s) { return s; });
  if (beacon.value > 0) m.beacon = std::bit_cast<double>(beacon.value);
  return m;
}

int64_t PairShard::Visitors(catalogue::Role role, base::Address peer, int w, bool seen) const {
  const auto it = visited_map_.find(HostKey{peer, role});
  return it == visited_map_.end() ? 0 : visitors_[it->second][2 * w + (seen ? 1 : 0)];
}

void PairShard::Visit(base::Address host, catalogue::Role role, uint32_t shard,
                      const std::function<void(const WindowPair&)>& visit) const {
  const uint32_t slot = FindHost(host, role);
  if (slot == kNone) return;
  std::vector<int64_t> sessions(windows_);
  for (uint32_t p = hosts_[slot].first_pair; p != kNone; p = HotOf(p).next) {
    const PairCount* counts = pairs_.counts(p);
    for (size_t w = 0; w < windows_; ++w) sessions[w] = counts[w].sessions;
    const Pair& pair = pairs_.info(p);
    visit(WindowPair{peers_.info(pair.peer).address, pair.port, shard, p, sessions.data()});
  }
}

PairSums PairShard::SumsOf(uint32_t pair, int w) const {
  PairSums sums;
  __int128 bytes_src = 0, bytes_dst = 0;
  WalkRows(pair, end_ - geometry_.slices[static_cast<size_t>(w)],
           [&](const Row& row, const Counts& counts, SliceNumber) {
             bytes_src += row.bytes_src;
             bytes_dst += row.bytes_dst;
             sums.deny += counts.deny;
           });
  const PairCount& count = pairs_.counts(pair)[w];
  sums.sessions = count.sessions;
  sums.failed = count.failed;
  sums.replied = count.replied;
  sums.bytes_src = Capped(bytes_src);
  sums.bytes_dst = Capped(bytes_dst);
  return sums;
}

void PairShard::FeedRows(uint32_t pair, int w, BeaconGaps* gaps) const {
  gaps->Clear();
  const int slices = geometry_.slices[static_cast<size_t>(w)];
  SliceNumber at = end_;
  uint16_t bits = 0;
  const auto flush = [&] {
    gaps->AddSlice(static_cast<int32_t>(at - end_ + slices) * base::kMinutesPerSlice, bits, true);
  };
  WalkRows(pair, end_ - slices, [&](const Row& row, const Counts&, SliceNumber slice) {
    if (slice != at) flush(), at = slice, bits = 0;
    bits = static_cast<uint16_t>(bits | row.minutes);
  });
  flush();
}

PairRhythm PairShard::RhythmOf(uint32_t pair, int w) const {
  PairRhythm rhythm;
  if (pairs_.counts(pair)[w].sessions == 0) return rhythm;
  if (pairs_.counts(pair)[w].sessions == 1) {
    rhythm.active_minutes = 1;
    return rhythm;
  }
  static thread_local BeaconGaps gaps;  // keeps its memory from pair to pair
  const uint32_t kept = HotOf(pair).rhythm;
  if (kept != kNone)
    FeedKept(kept, w, &gaps);
  else
    FeedRows(pair, w, &gaps);
  rhythm.active_minutes = gaps.active_minutes();
  rhythm.has_gap = gaps.gaps() > 0;
  if (rhythm.has_gap) rhythm.gap_median = gaps.Quantile(50);
  rhythm.scored = kept != kNone && rhythms_[kept][w].score >= 0;
  if (rhythm.scored) rhythm.beacon_score = rhythms_[kept][w].score;
  return rhythm;
}

}  // namespace ndr::pairs
