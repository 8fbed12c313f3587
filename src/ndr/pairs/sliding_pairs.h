// SPDX-License-Identifier: Apache-2.0
// The pairs of all windows and their look-backs at one slice end, slid forward (specification 2, fg_a and
// novelty).
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "ndr/pairs/history.h"
#include "ndr/pairs/pair_shard.h"
#include "ndr/pairs/window_pairs.h"
#include "ndr/spec/project.h"

namespace ndr::pairs {

/// A step costs the rows of the slices that enter and leave, not what the windows hold. Results depend
/// neither on threads and the order of rows nor on where it was started; only the order of Visit does.
class SlidingPairs final : public WindowPairs {
 public:
  /// `first_slice`: the start of the dataset's first committed slice; nothing lies before it. `history`
  /// outlives this.
  SlidingPairs(std::shared_ptr<const spec::Context> context, base::Micros first_slice, PairHistory* history);
  ~SlidingPairs() override;

  /// Builds the state at `end` (not before first_slice) from history.
  arrow::Status Start(base::Micros end);
  /// Moves the end over the next slice, whose delta/pair partials are given.
  arrow::Status Advance(const arrow::RecordBatchVector& pairs);
  base::Micros end() const { return StartOf(end_); }

  /// Hosts live in shards: one thread a shard may ask for maxima.
  PairShard& shard(size_t i) { return *shards_[i]; }
  /// Of HostSums::reach_peers those that no other host of the role has in look-back or window, by [host slot
  /// x windows + window].
  std::vector<int64_t> ExclusiveReach(size_t shard) const;

  void Visit(base::Address host, catalogue::Role role,
             const std::function<void(const WindowPair&)>& visit) const override;
  PairSums Sums(const WindowPair& pair, int window) const override;
  PairRhythm Rhythm(const WindowPair& pair, int window) const override;
  int64_t PeerHosts(catalogue::Role role, base::Address peer, int window) const override;
  uint64_t generation() const override { return generation_; }

 private:
  arrow::Status EachShard(const std::function<void(PairShard*, size_t)>& work);
  arrow::Status StartPast();
  arrow::Status StartPastSlice(SliceNumber slice);
  arrow::Status StartWindows();
  arrow::Result<DealtRows> Read(SliceNumber slice, bool sessions_only);
  bool Exists(SliceNumber slice) const { return slice >= first_; }

  std::shared_ptr<const spec::Context> context_;
  Geometry geometry_;
  SliceNumber first_, end_;
  PairHistory* history_;
  std::vector<std::unique_ptr<PairShard>> shards_;
  uint64_t generation_ = 0;
};

}  // namespace ndr::pairs
