// SPDX-License-Identifier: Apache-2.0
// The metrics of one FG-A row (specification 2, fg_a and novelty).
#pragma once

#include <cstdint>
#include <vector>

#include "ndr/pairs/sliding_pairs.h"
#include "ndr/windows/feature_columns.h"
#include "ndr/windows/host_ledger.h"

namespace ndr::windows {

/// What a row is made of.
struct RowInput {
  const __int128* sums;  ///< HostLedger::Sums
  int64_t busiest_minute;
  const pairs::HostSums* pairs;  ///< null: no pair of the host is known, which is all zeros
  pairs::PairShard::Maxima maxima;
  int64_t exclusive_reach;
  int64_t lookback_days_covered;
  bool beacons;  ///< the window is scored
};

/// Writes the metrics of one row; made once per batch.
class RowMetrics {
 public:
  explicit RowMetrics(const spec::Context& context);
  /// Returns how many cells saturated.
  int64_t Write(const RowInput& input, size_t row, FeatureColumns* columns) const;

  /// The row exists: the (host, role) had a session or a THREAT row in the window.
  static bool Exists(const __int128* sums);
  static bool HasRecord(const __int128* sums);
  /// Every session was left without a reply and no THREAT row speaks of the host.
  static bool IsSilent(const __int128* sums);

 private:
  void WritePairs(const RowInput& input, size_t row, FeatureColumns* columns) const;
  void WriteNovelty(const RowInput& input, size_t row, FeatureColumns* columns) const;

  const spec::Context& context_;
  std::vector<size_t> metric_of_count_;  // by Catalogue::delta_counts()
};

}  // namespace ndr::windows
