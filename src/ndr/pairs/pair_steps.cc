// SPDX-License-Identifier: Apache-2.0
// Rows of a shard: slices enter windows, leave them for the look-back, and leave that.
#include <numeric>

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
  if (pairs_.hot(pair) == hot_pairs_.size()) hot_pairs_.Add();
  Host& host = hosts_[peers_.info(p.peer).host];
  HotOf(pair).next = host.first_pair;
  if (host.first_pair != kNone) HotOf(host.first_pair).previous = pair;
  host.first_pair = pair;
}

void PairShard::CoolPair(uint32_t pair) {
  HotPair& h = HotOf(pair);
  if (h.previous != kNone)
    HotOf(h.previous).next = h.next;
  else
    hosts_[peers_.info(pairs_.info(pair).peer).host].first_pair = h.next;
  if (h.next != kNone) HotOf(h.next).previous = h.previous;
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

// Chains the row to the one before it of its pair.
void PairShard::Link(Row* row, uint32_t number, SliceNumber slice) {
  HotPair& hot = HotOf(row->pair);
  if (slice - hot.last_slice < geometry_.longest()) {
    row->previous_row = hot.last_row;
    row->previous_age = static_cast<uint16_t>(slice - hot.last_slice);
  }
  hot.last_row = number;
  hot.last_slice = slice;
}

// Fewer sessions than these have no 8 gaps: most pairs end here. No window has more than the longest one.
void PairShard::NoteMinutes(const Row& row, SliceNumber slice) {
  const int last = geometry_.windows() - 1;
  if (const uint32_t rhythm = HotOf(row.pair).rhythm; rhythm != kNone)
    MinutesOf(rhythm, slice) |= row.minutes;
  else if (geometry_.Scored(last) && pairs_.counts(row.pair)[last].sessions > kMinBeaconGaps)
    TakeRhythm(row.pair);
}

void PairShard::EnterRow(SliceNumber slice, uint32_t number) {
  SliceRows& slice_rows = window_rows_[static_cast<size_t>(slice - first_window_slice_)];
  Row& row = slice_rows.rows[number];
  const int64_t age = end_ - 1 - slice;
  const int from = geometry_.FirstHolding(age), past_from = geometry_.FirstReaching(age);
  for (int w = past_from; w < geometry_.windows(); ++w) Touch(row.pair, w);
  Heat(row.pair);
  Link(&row, number, slice);
  const Counts counts = slice_rows.Of(row);
  for (int w = from; w < geometry_.windows(); ++w) Add(row, counts, w, 1);
  for (int w = past_from; w < from; ++w) pairs_.MutablePast(row.pair, w) += counts.sessions;
  NoteMinutes(row, slice);
}

void PairShard::Keep(SliceNumber slice, ShardRows* dealt) {
  if (window_rows_.empty()) first_window_slice_ = slice;
  auto& rows = window_rows_.emplace_back(std::move(*dealt)).rows;
  const auto pairs = FindPairs(dealt->keys);
  for (size_t i = 0; i < rows.size(); ++i) rows[i].pair = pairs[i];
}

void PairShard::Enter(SliceNumber slice, ShardRows* dealt) {
  Keep(slice, dealt);
  const auto& rows = window_rows_.back().rows;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i + 2 * kAhead < rows.size()) PrefetchParents(rows[i + 2 * kAhead].pair, 0);
    if (i + kAhead < rows.size()) PrefetchCounts(rows[i + kAhead].pair, 0);
    EnterRow(slice, static_cast<uint32_t>(i));
  }
}

// Pair by pair: what its rows change stays in the cache from the first to the last of them.
void PairShard::EnterKept() {
  struct Place {
    uint32_t slice, row;
  };
  std::vector<uint32_t> next(pairs_.size() + 1);
  for (const SliceRows& slice : window_rows_)
    for (const Row& row : slice.rows) ++next[row.pair + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  std::vector<Place> places(next.back());
  for (uint32_t s = 0; s < window_rows_.size(); ++s)
    for (uint32_t r = 0; r < window_rows_[s].rows.size(); ++r)
      places[next[window_rows_[s].rows[r].pair]++] = {s, r};
  for (size_t i = 0; i < places.size(); ++i) {
    if (i + 2 * kAhead < places.size()) {
      const Place ahead = places[i + 2 * kAhead];
      __builtin_prefetch(&window_rows_[ahead.slice].rows[ahead.row]);
    }
    EnterRow(first_window_slice_ + places[i].slice, places[i].row);
  }
}

void PairShard::Leave(SliceNumber slice, int w) {
  const SliceRows& slice_rows = window_rows_[static_cast<size_t>(slice - first_window_slice_)];
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
    pairs_.MutablePast(row.pair, w) += counts.sessions;
    if (!last) continue;
    if (const uint32_t rhythm = HotOf(row.pair).rhythm; rhythm != kNone) MinutesOf(rhythm, slice) = 0;
  }
}

void PairShard::DropOldest() {
  window_rows_.pop_front();
  ++first_window_slice_;
}

void PairShard::EnterPast(const ShardRows& dealt, int from, int to) {
  const auto pairs = FindPairs(dealt.keys);
  for (size_t i = 0; i < pairs.size(); ++i) {
    for (int w = from; w < to; ++w) {
      Touch(pairs[i], w);
      pairs_.MutablePast(pairs[i], w) += dealt.Of(dealt.rows[i]).sessions;
    }
  }
}

void PairShard::KeepPast(SliceNumber slice, const ShardRows& dealt) {
  if (past_rows_.empty()) first_past_slice_ = slice;
  auto& rows = past_rows_.emplace_back();
  rows.reserve(dealt.rows.size());
  const auto pairs = FindPairs(dealt.keys);
  for (size_t i = 0; i < pairs.size(); ++i) rows.push_back({dealt.Of(dealt.rows[i]).sessions, pairs[i]});
}

void PairShard::LeavePast(SliceNumber slice, int w) {
  const auto& rows = past_rows_[static_cast<size_t>(slice - first_past_slice_)];
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i + 2 * kAhead < rows.size()) pairs_.Prefetch(rows[i + 2 * kAhead].pair);
    if (i + kAhead < rows.size()) PrefetchParents(rows[i + kAhead].pair, w);
    Touch(rows[i].pair, w);
    pairs_.MutablePast(rows[i].pair, w) -= rows[i].sessions;
  }
}

void PairShard::DropOldestPast() {
  past_rows_.pop_front();
  ++first_past_slice_;
}

void PairShard::TakeRhythm(uint32_t pair) {
  HotPair& hot = HotOf(pair);
  if (free_rhythms_.empty()) {
    hot.rhythm = static_cast<uint32_t>(rhythms_.size());
    rhythms_.Add();
    minutes_.Add();
  } else {
    hot.rhythm = free_rhythms_.back();
    free_rhythms_.pop_back();
    std::fill_n(rhythms_[hot.rhythm], windows_, Rhythm{});
    std::fill_n(minutes_[hot.rhythm], geometry_.longest(), uint16_t{0});
  }
  WalkRows(pair, end_ - geometry_.longest(), [&](const Row& row, const Counts&, SliceNumber slice) {
    MinutesOf(hot.rhythm, slice) |= row.minutes;
  });
}

}  // namespace ndr::pairs
