// SPDX-License-Identifier: Apache-2.0
// Rows of a shard: slices enter windows, leave them for the look-back, and leave that.
#include "ndr/pairs/pair_shard.h"
#include "ndr/pairs/pair_walk.h"

namespace ndr::pairs {

void PairShard::Touch(uint32_t pair) {
  if (!pairs_.Touch(pair)) return;
  const Pair& p = pair_of_[pair];
  peers_.Touch(p.peer);
  if (p.port_slot != kNone) ports_.Touch(p.port_slot);
}

void PairShard::Heat(uint32_t pair) {
  if (!pairs_.Heat(pair)) return;
  const Pair& p = pair_of_[pair];
  peers_.Heat(p.peer);
  if (p.port_slot != kNone) ports_.Heat(p.port_slot);
  const uint32_t hot = pairs_.hot(pair);
  if (hot >= hot_pairs_.size()) hot_pairs_.resize(hot + 1);
  Host& host = hosts_[peer_of_[p.peer].host];
  hot_pairs_[hot] = {};
  hot_pairs_[hot].next = host.first_pair;
  if (host.first_pair != kNone) hot_pairs_[pairs_.hot(host.first_pair)].previous = pair;
  host.first_pair = pair;
}

void PairShard::CoolPair(uint32_t pair) {
  HotPair& h = hot_pairs_[pairs_.hot(pair)];
  if (h.previous != kNone)
    hot_pairs_[pairs_.hot(h.previous)].next = h.next;
  else
    hosts_[peer_of_[pair_of_[pair].peer].host].first_pair = h.next;
  if (h.next != kNone) hot_pairs_[pairs_.hot(h.next)].previous = h.previous;
  if (h.rhythm != kNone) free_rhythms_.push_back(h.rhythm);
  h = {};
  pairs_.Cool(pair);
}

void PairShard::Add(const Row& row, const Counts& counts, int from, int to, int sign) {
  const Pair& p = pair_of_[row.pair];
  int64_t* sessions = pairs_.sessions(row.pair);
  PairCell* pair = pairs_.cells(row.pair);
  PeerCell* peer = peers_.cells(p.peer);
  PortCell* port = p.port_slot == kNone ? nullptr : ports_.cells(p.port_slot);
  HotPair& hot = hot_pairs_[pairs_.hot(row.pair)];
  for (int w = from; w < to; ++w) {
    sessions[w] += sign * counts.sessions;
    pair[w].failed += sign * counts.failed;
    pair[w].replied += sign * counts.replied;
    peer[w].bytes_src += sign * static_cast<__int128>(row.bytes_src);
    peer[w].bytes_dst += sign * static_cast<__int128>(row.bytes_dst);
    if (port != nullptr) port[w].bytes += sign * (static_cast<__int128>(row.bytes_src) + row.bytes_dst);
    hot.moved |= uint64_t{1} << std::min(w, 63);
  }
}

void PairShard::Enter(SliceNumber slice, const DealtRows& dealt, size_t shard, int64_t age) {
  if (window_rows_.empty()) first_window_slice_ = slice;
  SliceRows& slice_rows = window_rows_.emplace_back();
  const int from = geometry_.FirstHolding(age), past_from = geometry_.FirstReaching(age);
  slice_rows.rows.reserve(dealt.sides[shard].size());
  for (const RowSide& side : dealt.sides[shard]) {
    const PairColumns& c = dealt.columns[side.batch];
    const size_t r = side.row;
    const uint32_t pair = PairOfSide(dealt, side);
    Touch(pair);
    Heat(pair);
    const Counts counts{c.sessions[r], c.deny[r], c.failed[r], c.replied[r]};
    HotPair& hot = hot_pairs_[pairs_.hot(pair)];
    Row row{c.bytes_src[r],
            c.bytes_dst[r],
            pair,
            static_cast<uint32_t>(counts.sessions),
            static_cast<uint32_t>(counts.deny),
            static_cast<uint32_t>(counts.failed),
            static_cast<uint32_t>(counts.replied),
            hot.last_row,
            static_cast<uint16_t>(slice - hot.last_slice),
            0,
            0};
    row.minutes = c.minutes[r] & 0x7fff;
    if ((counts.sessions | counts.deny | counts.failed | counts.replied) >> 32 != 0) {
      row.is_wide = 1;
      row.sessions = static_cast<uint32_t>(slice_rows.wide.size());
      slice_rows.wide.push_back(counts);
    }
    if (slice - hot.last_slice >= geometry_.longest()) row.previous_row = kNone;
    hot.last_row = static_cast<uint32_t>(slice_rows.rows.size());
    hot.last_slice = slice;
    if (hot.rhythm != kNone) {
      const auto longest = static_cast<size_t>(geometry_.longest());
      minutes_[hot.rhythm * longest + static_cast<size_t>(slice) % longest] |= row.minutes;
    }
    slice_rows.rows.push_back(row);
    Add(row, counts, from, geometry_.windows(), 1);
    int64_t* past = pairs_.past(pair);
    for (int w = past_from; w < from; ++w) past[w] += counts.sessions;
  }
}

void PairShard::Leave(SliceNumber slice, int w) {
  const SliceRows& slice_rows = window_rows_[static_cast<size_t>(slice - first_window_slice_)];
  const auto longest = static_cast<size_t>(geometry_.longest());
  const bool last = w + 1 == geometry_.windows();
  for (const Row& row : slice_rows.rows) {
    Touch(row.pair);
    const Counts counts = slice_rows.Of(row);
    Add(row, counts, w, w + 1, -1);
    pairs_.past(row.pair)[w] += counts.sessions;
    if (const uint32_t rhythm = hot_pairs_[pairs_.hot(row.pair)].rhythm; last && rhythm != kNone)
      minutes_[rhythm * longest + static_cast<size_t>(slice) % longest] = 0;
  }
}

void PairShard::DropOldest() {
  window_rows_.pop_front();
  ++first_window_slice_;
}

void PairShard::EnterPast(const DealtRows& dealt, size_t shard, int from, int to) {
  for (const RowSide& side : dealt.sides[shard]) {
    const uint32_t pair = PairOfSide(dealt, side);
    Touch(pair);
    int64_t* past = pairs_.past(pair);
    for (int w = from; w < to; ++w) past[w] += dealt.columns[side.batch].sessions[side.row];
  }
}

void PairShard::KeepPast(SliceNumber slice, const DealtRows& dealt, size_t shard) {
  if (past_rows_.empty()) first_past_slice_ = slice;
  auto& rows = past_rows_.emplace_back();
  rows.reserve(dealt.sides[shard].size());
  for (const RowSide& side : dealt.sides[shard])
    rows.push_back({dealt.columns[side.batch].sessions[side.row], PairOfSide(dealt, side)});
}

void PairShard::LeavePast(SliceNumber slice, int w) {
  for (const PastRow& row : past_rows_[static_cast<size_t>(slice - first_past_slice_)]) {
    Touch(row.pair);
    pairs_.past(row.pair)[w] -= row.sessions;
  }
}

void PairShard::DropOldestPast() {
  past_rows_.pop_front();
  ++first_past_slice_;
}

void PairShard::TakeRhythm(uint32_t pair) {
  HotPair& hot = hot_pairs_[pairs_.hot(pair)];
  const auto longest = static_cast<size_t>(geometry_.longest());
  if (free_rhythms_.empty()) {
    hot.rhythm = static_cast<uint32_t>(rhythms_.size() / windows_);
    rhythms_.resize(rhythms_.size() + windows_);
    minutes_.resize(minutes_.size() + longest);
  } else {
    hot.rhythm = free_rhythms_.back();
    free_rhythms_.pop_back();
    std::fill_n(rhythms_.begin() + static_cast<ptrdiff_t>(hot.rhythm * windows_), windows_, Rhythm{});
    std::fill_n(minutes_.begin() + static_cast<ptrdiff_t>(hot.rhythm * longest), longest, uint16_t{0});
  }
  uint16_t* minutes = minutes_.data() + hot.rhythm * longest;
  WalkRows(pair, end_ - geometry_.longest(), [&](const Row& row, const Counts&, SliceNumber slice) {
    minutes[static_cast<size_t>(slice) % longest] |= row.minutes;
  });
}

}  // namespace ndr::pairs
