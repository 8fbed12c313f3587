// SPDX-License-Identifier: Apache-2.0
// Exact quantiles and MAD of weighted values (specification 3, Statistics). A run is one sorted column, its
// equal values folded into one; several runs answer together as if they were merged, without merging them.
#pragma once

#include <cstdint>
#include <span>

namespace ndr::stats {

/// Values in strictly ascending order, and the total weight of each and all before it. Weights are integers
/// above 0 (of slices: thousandths), their total at most 9e16, so that every comparison is exact.
struct WeightedRun {
  std::span<const double> values;
  std::span<const int64_t> cumulative;

  int64_t total() const { return cumulative.empty() ? 0 : cumulative.back(); }
};

/// The statistics of an FG-B row but for the support. `iqr` is p75 - p25.
struct Summary {
  double median, p25, p75, p95, p99, mad, iqr;
};

/// The smallest value whose cumulative weight reaches `percent` hundredths of the total. The run is not
/// empty. O(log n).
double Quantile(const WeightedRun& run, int percent);

/// The weighted median of |x - median|. O(n), without sorting again: the run is walked from `median`, one of
/// its values, to both sides.
double Mad(const WeightedRun& run, double median);

Summary Summarize(const WeightedRun& run);

/// The same over all values of several runs, of which at least one is not empty; equal to the bit to that
/// over one run of their union. O(runs x 64 + total of log n) per statistic, memory O(runs).
Summary Summarize(std::span<const WeightedRun> runs);

}  // namespace ndr::stats
