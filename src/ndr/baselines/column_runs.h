// SPDX-License-Identifier: Apache-2.0
// One column of a group, sorted once and dealt out to the runs of its hosts and of its segment.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "ndr/baselines/segment_rows.h"
#include "ndr/stats/ranked.h"
#include "ndr/stats/weighted_run.h"

namespace ndr::baselines {

/// What the capping says of a slice, as bits.
inline constexpr uint8_t kHostCapped = 1, kSegmentCapped = 2;

/// Room for one column at a time; reused from column to column.
class ColumnRuns {
 public:
  /// `capped`, by row; empty: equal weights. A slice of weight 0 is in no run and counts in no support. O(n)
  /// but for the sorting; 56 bytes a row.
  void Deal(const GroupRows& group, size_t column, std::span<const uint8_t> capped, int64_t w_anom);

  size_t hosts() const { return dealt_.size(); }
  stats::WeightedRun OfHost(size_t host) const;
  /// Non-null slices of weight above 0, unweighted.
  int64_t SupportOfHost(size_t host) const { return dealt_[host].support; }
  stats::WeightedRun OfSegment() const { return {segment_.values, segment_.cumulative}; }
  int64_t SupportOfSegment() const { return segment_support_; }

 private:
  struct Dealt {
    size_t begin = 0, end = 0;  // of its run within hosts_
    int64_t support = 0;
  };
  struct Run {
    std::vector<double> values;
    std::vector<int64_t> cumulative;
  };
  void SortColumn(const std::vector<double>& values);

  std::vector<stats::Ranked> sorted_, scratch_;
  std::vector<Dealt> dealt_;
  Run hosts_, segment_;
  int64_t segment_support_ = 0;
};

/// Lends rooms to threads, so that each is allocated once a thread and not once a column.
class ColumnRunsPool {
 public:
  std::unique_ptr<ColumnRuns> Take();
  void Return(std::unique_ptr<ColumnRuns> runs);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<ColumnRuns>> free_;
};

}  // namespace ndr::baselines
