// SPDX-License-Identifier: Apache-2.0
// The tables of one horizon while they are built and published.
#pragma once

#include <arrow/status.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ndr/baselines/global_table.h"
#include "ndr/baselines/machine_names.h"
#include "ndr/baselines/pair_rarity.h"
#include "ndr/jobs/by_segment.h"
#include "ndr/jobs/disk_spill.h"
#include "ndr/jobs/run_state.h"

namespace ndr::jobs {

/// Publishes batches of one table as parts of so many rows: which share a part depends on the rows alone, not
/// on how they are cut into batches.
class PartWriter {
 public:
  PartWriter(const RunState& run, storage::Publication* publication, storage::Place place);
  arrow::Status Add(std::shared_ptr<arrow::RecordBatch> batch);
  /// Writes the rest; a table without rows gets one empty part, so that readers find its columns.
  arrow::Status Finish();
  /// That were added.
  int64_t rows() const { return all_rows_; }

 private:
  arrow::Status Flush();

  const RunState& run_;
  storage::Publication* publication_;
  storage::Place place_;
  std::vector<std::shared_ptr<arrow::RecordBatch>> waiting_;
  int64_t rows_ = 0, all_rows_ = 0;
  int part_ = 0;
};

class HorizonTables {
 public:
  HorizonTables(const RunState& run, storage::Publication* publication,
                const std::shared_ptr<const baselines::Plan>& plan, const baselines::Range& range,
                const std::vector<base::Micros>& committed, const baselines::MachineNames* machines);

  const baselines::Range& range() const { return range_; }
  /// Committed slices of the horizon over those it has room for.
  double share() const;
  int64_t committed_slices() const { return bands_.committed(); }

  /// All rows of one segment; segments in ascending order of their ids.
  arrow::Status AddSegment(const BySegment::Batches& rows);
  /// Pairs of one pass over delta/pair. Of a horizon whose pairs are done nothing more is taken.
  arrow::Status AddPairs(const arrow::RecordBatch& pairs) {
    return pairs_ ? pairs_->Add(pairs) : arrow::Status::OK();
  }
  /// Stages the pair tables of the pass; `*done`: no segment needs another one.
  arrow::Status FinishPairs(bool* done);
  /// Stages the global table, and what is left of the others.
  arrow::Status Finish();
  /// After Finish: unique keys of every table, and columns of segment and global as those of host. Invalid
  /// names both.
  arrow::Status Check() const { return check_; }
  const base::Counters& counters() const { return counters_; }
  /// After Finish: of the pair tables, and of all others.
  int64_t pair_rows() const { return pair_host_.rows() + pair_segment_.rows(); }
  int64_t baseline_rows() const { return host_.rows() + segment_.rows() + metadata_.rows() + global_rows_; }

 private:
  storage::Place PlaceOf(catalogue::Dataset table) const;

  const RunState& run_;
  storage::Publication* publication_;
  std::shared_ptr<const baselines::Plan> plan_;
  baselines::Range range_;
  baselines::BandSlices bands_;
  const baselines::MachineNames* machines_;
  DiskSpill spill_;
  baselines::GlobalTable global_;
  std::optional<baselines::PairRarity> pairs_;
  PartWriter host_, segment_, metadata_, pair_host_, pair_segment_;
  int64_t global_rows_ = 0;
  base::Counters counters_;
  arrow::Status check_;  // the first that failed
};

}  // namespace ndr::jobs
