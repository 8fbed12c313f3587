// SPDX-License-Identifier: Apache-2.0
// The windows' past, read from the committed slices and roll-ups of a root as one batch sees them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ndr/jobs/published.h"
#include "ndr/windows/window_builder.h"

namespace ndr::jobs {

class StoredHistory : public windows::SliceHistory {
 public:
  StoredHistory(std::string root, std::shared_ptr<const spec::Context> context, const Published* published);

  /// A batch of this slot reads only partials of mini-batches whose slots are not after it, and roll-ups of
  /// days that are sealed at its start: late data that came in since cannot change it.
  void SeeAs(base::Micros slot) { SeeAs(slot, slot); }
  /// Partials of mini-batches up to `last_slot`, roll-ups as a batch that starts at `batch_start` reads them.
  void SeeAs(base::Micros batch_start, base::Micros last_slot) {
    batch_start_ = batch_start;
    last_slot_ = last_slot;
  }

  arrow::Result<arrow::RecordBatchVector> Slice(base::Micros slice_start) override;
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Day(base::Micros day_start) override;
  arrow::Result<bool> Committed(base::Micros slice_start) override;
  arrow::Result<arrow::RecordBatchVector> Hosts(base::Micros slice_start) override;

  /// A day's roll-up is written with the first batch that starts at or after this.
  static base::Micros SealOf(base::Micros day_start, const spec::Project& project) {
    return day_start + base::kMicrosPerDay + project.data_quality.allowed_lateness;
  }
  /// Days are rolled up only where a rule bounds how late records may be.
  static bool RollsUp(const spec::Project& project) { return project.data_quality.outside_batch; }

 private:
  arrow::Result<arrow::RecordBatchVector> Partials(base::Micros slice_start, catalogue::Dataset dataset,
                                                   const std::vector<std::string>& columns) const;

  std::string root_;
  std::shared_ptr<const spec::Context> context_;
  const Published* published_;
  base::Micros batch_start_ = 0, last_slot_ = 0;
};

}  // namespace ndr::jobs
