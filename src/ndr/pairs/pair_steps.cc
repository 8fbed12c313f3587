// SPDX-License-Identifier: Apache-2.0
// Rows of a shard: slices enter windows, leave them for the look-back, and leave that.
#include "ndr/pairs/pair_shard.h"
#include "ndr/pairs/pair_walk.h"

namespace ndr::pairs {

void PairShard::Touch(uint32_t pair, int w) {
  if (!pairs_.Touch(pair, w)) return;
  const Pair& p = pairs_.info(pair);
  peers_.Touch(p.peer, w);
  if (p.port_slot != kNone) ports_.Touch(p.port_slot, w);
}

void PairShard::Heat(uint32_t pair) {
  if (!pairs_.Heat(pair)) return;
  const Pair& p = pairs_.info(pair);
  peers_.Heat(p.peer);
  if (p.port_slot != kNone) ports_.Heat(p.port_slot);
  const uint32_t hot = pairs_.hot(pair);
  if (hot >= hot_pairs_.size()) hot_pairs_.resize(hot + 1);
  Host& host = hosts_[peers_.info(p.peer).host];
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
    hosts_[peers_.info(pairs_.info(pair).peer).host].first_pair = h.next;
  if (h.next != kNone) hot_pairs_[pairs_.hot(h.next)].previous = h.previous;
  if (h.rhythm != kNone) free_rhythms_.push_back(h.rhythm);
  h = {};
  pairs_.Cool(pair);
}

void PairShard::PrefetchParents(uint32_t pair, int w) const {
  pairs_.PrefetchCounts(pair, w);
  const Pair& p = pairs_.info(pair);
  peers_.Prefetch(p.peer);
  if (p.port_slot != kNone) ports_.Prefetch(p.port_slot);
}

void PairShard::PrefetchCounts(uint32_t pair, int w) const {
  const Pair& p = pairs_.info(pair);
  peers_.PrefetchCounts(p.peer, w);
  if (p.port_slot != kNone) ports_.PrefetchCounts(p.port_slot, w);
}

void PairShard::Add(const Row& row, const Counts& counts, int w, int sign) {
  const Pair& p = pairs_.info(row.pair);
  PairCount& pair = pairs_.counts(row.pair)[w];
  pair.sessions += sign * counts.sessions;
  pair.failed += sign * counts.failed;
  pair.replied += sign * counts.replied;
  pair.moved = 1;
  PeerCount& peer = peers_.counts(p.peer)[w];
  peer.bytes_src += sign * static_cast<__int128>(row.bytes_src);
  peer.bytes_dst += sign * static_cast<__int128>(row.bytes_dst);
  if (p.port_slot != kNone)
    ports_.counts(p.port_slot)[w].bytes += sign * (static_cast<__int128>(row.bytes_src) + row.bytes_dst);
}

PairShard::Row PairShard::MakeRow(const PairColumns& c, size_t r, uint32_t pair, SliceRows* slice_rows) {
  const Counts counts{c.sessions[r], c.deny[r], c.failed[r], c.replied[r]};
  Row row{c.bytes_src[r],
          c.bytes_dst[r],
          pair,
          static_cast<uint32_t>(counts.sessions),
          static_cast<uint32_t>(counts.deny),
          static_cast<uint32_t>(counts.failed),
          static_cast<uint32_t>(counts.replied),
          kNone,
          0,
          0,
          0};
  row.minutes = c.minutes[r] & 0x7fff;
  if ((counts.sessions | counts.deny | counts.failed | counts.replied) >> 32 != 0) {
    row.is_wide = 1;
    row.sessions = static_cast<uint32_t>(slice_rows->wide.size());
    slice_rows->wide.push_back(counts);
  }
  return row;
}

void PairShard::Enter(SliceNumber slice, const DealtRows& dealt, size_t shard, int64_t age) {
  if (window_rows_.empty()) first_window_slice_ = slice;
  SliceRows& slice_rows = window_rows_.emplace_back();
  const auto longest = static_cast<size_t>(geometry_.longest());
  const int from = geometry_.FirstHolding(age), past_from = geometry_.FirstReaching(age);
  slice_rows.rows.reserve(dealt.sides[shard].size());
  for (const RowSide& side : dealt.sides[shard]) {
    const uint32_t pair = PairOfSide(dealt, side);
    for (int w = past_from; w < geometry_.windows(); ++w) Touch(pair, w);
    Heat(pair);
    Row row = MakeRow(dealt.columns[side.batch], side.row, pair, &slice_rows);
    HotPair& hot = hot_pairs_[pairs_.hot(pair)];
    if (slice - hot.last_slice < geometry_.longest()) {
      row.previous_row = hot.last_row;
      row.previous_age = static_cast<uint16_t>(slice - hot.last_slice);
    }
    hot.last_row = static_cast<uint32_t>(slice_rows.rows.size());
    hot.last_slice = slice;
    if (hot.rhythm != kNone)
      minutes_[hot.rhythm * longest + static_cast<size_t>(slice) % longest] |= row.minutes;
    slice_rows.rows.push_back(row);
    const Counts counts = slice_rows.Of(row);
    for (int w = from; w < geometry_.windows(); ++w) Add(row, counts, w, 1);
    for (int w = past_from; w < from; ++w) pairs_.past(pair, w) += counts.sessions;
  }
}

void PairShard::Leave(SliceNumber slice, int w) {
  const SliceRows& slice_rows = window_rows_[static_cast<size_t>(slice - first_window_slice_)];
  const auto longest = static_cast<size_t>(geometry_.longest());
  const bool last = w + 1 == geometry_.windows();
  const auto& rows = slice_rows.rows;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i + 3 * kAhead < rows.size()) pairs_.Prefetch(rows[i + 3 * kAhead].pair);
    if (i + 2 * kAhead < rows.size()) PrefetchParents(rows[i + 2 * kAhead].pair, w);
    if (i + kAhead < rows.size()) PrefetchCounts(rows[i + kAhead].pair, w);
    const Row& row = rows[i];
    Touch(row.pair, w);
    const Counts counts = slice_rows.Of(row);
    Add(row, counts, w, -1);
    pairs_.past(row.pair, w) += counts.sessions;
    if (!last) continue;
    if (const uint32_t rhythm = hot_pairs_[pairs_.hot(row.pair)].rhythm; rhythm != kNone)
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
    for (int w = from; w < to; ++w) {
      Touch(pair, w);
      pairs_.past(pair, w) += dealt.columns[side.batch].sessions[side.row];
    }
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
  const auto& rows = past_rows_[static_cast<size_t>(slice - first_past_slice_)];
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i + 2 * kAhead < rows.size()) pairs_.Prefetch(rows[i + 2 * kAhead].pair);
    if (i + kAhead < rows.size()) PrefetchParents(rows[i + kAhead].pair, w);
    Touch(rows[i].pair, w);
    pairs_.past(rows[i].pair, w) -= rows[i].sessions;
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
