// SPDX-License-Identifier: Apache-2.0
// The windows' past, read from the committed slices and roll-ups of a root.
#pragma once

#include <memory>
#include <string>

#include "ndr/jobs/published.h"
#include "ndr/windows/window_builder.h"

namespace ndr::jobs {

class StoredHistory : public windows::SliceHistory {
 public:
  StoredHistory(std::string root, std::shared_ptr<const spec::Context> context, const Published* published);

  /// Days that are not sealed for a batch that starts there are read as slices.
  void SetBatchStart(base::Micros batch_start) { batch_start_ = batch_start; }

  arrow::Result<arrow::RecordBatchVector> Slice(base::Micros slice_start) override;
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Day(base::Micros day_start) override;
  arrow::Result<bool> Committed(base::Micros slice_start) override;
  arrow::Result<arrow::RecordBatchVector> Hosts(base::Micros slice_start) override;

  /// A day's roll-up is written with the first batch that starts at or after this.
  static base::Micros SealOf(base::Micros day_start, const spec::Project& project) {
    return day_start + base::kMicrosPerDay + project.data_quality.allowed_lateness;
  }

 private:
  std::string root_;
  std::shared_ptr<const spec::Context> context_;
  const Published* published_;
  base::Micros batch_start_ = 0;
};

}  // namespace ndr::jobs
