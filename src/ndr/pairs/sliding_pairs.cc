// SPDX-License-Identifier: Apache-2.0
#include "ndr/pairs/sliding_pairs.h"

#include <algorithm>

#include "ndr/base/parallel.h"

namespace ndr::pairs {
namespace {

// So many slices are read at once, in parallel; then each shard keeps them all.
constexpr int64_t kSlicesPerRound = 32;

}  // namespace

SlidingPairs::SlidingPairs(std::shared_ptr<const spec::Context> context, base::Micros first_slice,
                           PairHistory* history)
    : context_(std::move(context)),
      geometry_(*context_),
      first_(NumberOf(first_slice)),
      end_(first_),
      history_(history) {
  for (size_t i = 0; i < kShards; ++i) shards_.push_back(std::make_unique<PairShard>(*context_, geometry_));
}

SlidingPairs::~SlidingPairs() = default;

arrow::Status SlidingPairs::EachShard(const std::function<void(PairShard*, size_t)>& work) {
  return base::ForEachPartition(kShards, context_->threads, [&](size_t i) {
    work(shards_[i].get(), i);
    return arrow::Status::OK();
  });
}

arrow::Result<DealtRows> SlidingPairs::Read(SliceNumber slice, bool sessions_only) {
  ARROW_ASSIGN_OR_RAISE(const auto batches, history_->Slice(StartOf(slice)));
  return Deal(batches, context_->network, sessions_only);
}

arrow::Status SlidingPairs::Start(base::Micros end) {
  if (NumberOf(end) < first_)
    return arrow::Status::Invalid("windows can't end at ", base::FormatInstant(end),
                                  ", before the first slice");
  ++generation_;
  end_ = NumberOf(end);
  for (auto& shard : shards_) {
    shard = std::make_unique<PairShard>(*context_, geometry_);
    shard->MoveEnd(end_);
  }
  ARROW_RETURN_NOT_OK(StartPast());
  return StartWindows();
}

// Days that lie in the look-back of every window come from roll-ups; around them each slice goes where it
// belongs.
arrow::Status SlidingPairs::StartPast() {
  const SliceNumber oldest = end_ - geometry_.longest() - geometry_.lookback;
  const SliceNumber common = end_ - geometry_.slices.front() - geometry_.lookback;
  const SliceNumber window_start = end_ - geometry_.longest();
  for (SliceNumber slice = std::max(first_, oldest); slice < window_start;) {
    const SliceNumber day = base::DayStart(StartOf(slice)) / base::kSliceMicros,
                      next_day = day + base::kSlicesPerDay;
    // The day of the first slice holds nothing before it.
    const bool whole = (slice == day || slice == first_) && day >= common && next_day <= window_start;
    std::shared_ptr<arrow::RecordBatch> roll_up;
    if (whole) {
      ARROW_ASSIGN_OR_RAISE(roll_up, history_->Day(StartOf(day)));
    }
    if (roll_up == nullptr) {
      ARROW_RETURN_NOT_OK(StartPastSlice(slice++));
      continue;
    }
    ARROW_ASSIGN_OR_RAISE(const DealtRows dealt, Deal({roll_up}, context_->network, true));
    ARROW_RETURN_NOT_OK(
        EachShard([&](PairShard* shard, size_t i) { shard->EnterPast(dealt[i], 0, geometry_.windows()); }));
    slice = next_day;
  }
  return arrow::Status::OK();
}

arrow::Status SlidingPairs::StartPastSlice(SliceNumber slice) {
  ARROW_ASSIGN_OR_RAISE(const DealtRows dealt, Read(slice, true));
  const int from = geometry_.FirstReaching(end_ - 1 - slice);
  return EachShard([&](PairShard* shard, size_t i) {
    shard->EnterPast(dealt[i], from, geometry_.windows());
    if (from > 0) shard->KeepPast(slice, dealt[i]);
  });
}

arrow::Status SlidingPairs::StartWindows() {
  const auto threads = context_->threads;
  for (SliceNumber slice = std::max(first_, end_ - geometry_.longest()); slice < end_;) {
    const auto count = static_cast<size_t>(std::min(kSlicesPerRound, end_ - slice));
    std::vector<DealtRows> dealt(count);
    ARROW_RETURN_NOT_OK(base::ForEachPartition(count, threads, [&](size_t i) -> arrow::Status {
      ARROW_ASSIGN_OR_RAISE(dealt[i], Read(slice + static_cast<SliceNumber>(i), false));
      return arrow::Status::OK();
    }));
    ARROW_RETURN_NOT_OK(EachShard([&](PairShard* shard, size_t number) {
      for (size_t i = 0; i < count; ++i) shard->Keep(slice + static_cast<SliceNumber>(i), &dealt[i][number]);
    }));
    slice += static_cast<SliceNumber>(count);
  }
  return EachShard([](PairShard* shard, size_t) {
    shard->EnterKept();
    shard->Settle();
  });
}

arrow::Status SlidingPairs::Advance(const arrow::RecordBatchVector& pairs) {
  const SliceNumber slice = end_;
  ARROW_ASSIGN_OR_RAISE(DealtRows entering, Deal(pairs, context_->network, false));
  const SliceNumber past = slice - geometry_.slices.front() - geometry_.lookback;
  DealtRows leaving;
  if (Exists(past)) {
    ARROW_ASSIGN_OR_RAISE(leaving, Read(past, true));
  }
  ++end_;
  const bool sweep = end_ % base::kSlicesPerDay == 0;
  if (sweep) ++generation_;
  const int windows = geometry_.windows();
  return EachShard([&](PairShard* shard, size_t i) {
    shard->MoveEnd(end_);
    const auto leave = [&](int w) {
      if (const SliceNumber s = slice - geometry_.slices[static_cast<size_t>(w)]; Exists(s))
        shard->Leave(s, w);
    };
    // The oldest slice makes room for the newest one.
    leave(windows - 1);
    if (Exists(slice - geometry_.longest())) shard->DropOldest();
    shard->Enter(slice, &entering[i]);
    if (Exists(past)) shard->KeepPast(past, leaving[i]);
    for (int w = 0; w < windows; ++w) {
      if (w + 1 < windows) leave(w);
      if (const SliceNumber s = slice - geometry_.slices[static_cast<size_t>(w)] - geometry_.lookback;
          Exists(s))
        shard->LeavePast(s, w);
      shard->SettleWindow(w);
    }
    if (Exists(slice - geometry_.longest() - geometry_.lookback)) shard->DropOldestPast();
    if (sweep) shard->Sweep();
  });
}

std::vector<int64_t> SlidingPairs::ExclusiveReach(size_t shard) const {
  const auto windows = static_cast<size_t>(geometry_.windows());
  std::vector<int64_t> exclusive(shards_[shard]->hosts() * windows);
  shards_[shard]->VisitCandidates([&](uint32_t host, catalogue::Role role, base::Address peer, int w) {
    int64_t seen = shards_[shard]->HostsSeen(role, peer, w);
    for (size_t i = 0; i < kShards && seen < 2; ++i)
      if (i != shard) seen += shards_[i]->HostsSeen(role, peer, w);
    if (seen < 2) ++exclusive[host * windows + static_cast<size_t>(w)];
  });
  return exclusive;
}

void SlidingPairs::Visit(base::Address host, catalogue::Role role,
                         const std::function<void(const WindowPair&)>& visit) const {
  const size_t shard = ShardOf(host);
  shards_[shard]->Visit(host, role, static_cast<uint32_t>(shard), visit);
}

PairSums SlidingPairs::Sums(const WindowPair& pair, int window) const {
  return shards_[pair.shard]->SumsOf(pair.slot, window);
}

PairRhythm SlidingPairs::Rhythm(const WindowPair& pair, int window) const {
  return shards_[pair.shard]->RhythmOf(pair.slot, window);
}

int64_t SlidingPairs::PeerHosts(catalogue::Role role, base::Address peer, int window) const {
  int64_t hosts = 0;
  for (const auto& shard : shards_) hosts += shard->HostsInWindow(role, peer, window);
  return hosts;
}

}  // namespace ndr::pairs
