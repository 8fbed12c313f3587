// SPDX-License-Identifier: Apache-2.0
// The global table of a horizon from the parts of its segments (specification 3, Tables).
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ndr/base/counters.h"
#include "ndr/baselines/segment_tables.h"
#include "ndr/baselines/spill.h"
#include "ndr/stats/weighted_run.h"

namespace ndr::baselines {

/// Holds the sorted runs of all segments (16 bytes a distinct value); what exceeds the budget goes to the
/// spill. Nothing is ever merged: the statistics come from all runs of a metric at once, by bisection.
class GlobalTable {
 public:
  /// `spill` outlives the table; null: no limit.
  GlobalTable(std::shared_ptr<const Plan> plan, Range range, int64_t budget_bytes, Spill* spill);

  /// Parts in any order. Invalid when a segment brings the same group twice: its keys would stand twice in
  /// every table. Safe for several threads.
  arrow::Status Add(GlobalPart part);
  /// Schema of kFgBGlobal, sorted by role, band and window. Reads one metric of one group per thread back
  /// from the spill.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Finish(const BandSlices& bands, int threads);
  /// `global_runs`, `global_runs_spilled`, `global_bytes_spilled`.
  const base::Counters& counters() const { return counters_; }

 private:
  struct Held {
    std::vector<double> values;
    std::vector<int64_t> cumulative;
    size_t size = 0;
    int64_t block = -1;  // of the spill; -1: in memory
  };
  struct Cell {  // a metric of a group
    std::vector<Held> runs;
    int64_t support = 0;
  };
  arrow::Status SpillAll();
  arrow::Status SpillRun(Held* held);
  arrow::Status ReadBack(Held* held);
  arrow::Status Summarize(Cell* cell, stats::Summary* summary);

  std::shared_ptr<const Plan> plan_;
  Range range_;
  int64_t budget_bytes_, memory_bytes_ = 0;
  Spill* spill_;
  std::mutex mutex_;
  std::vector<Cell> cells_;  // [group][metric]
  std::vector<int64_t> hosts_cnt_;
  std::set<std::pair<std::string, size_t>> seen_;  // segment and group
  base::Counters counters_;
};

}  // namespace ndr::baselines
