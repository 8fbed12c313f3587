// SPDX-License-Identifier: Apache-2.0
// The windows of one batch after another, from the committed slices of a root.
#pragma once

#include <arrow/result.h>

#include <memory>
#include <optional>

#include "ndr/jobs/lookback_step.h"
#include "ndr/jobs/run_state.h"
#include "ndr/jobs/stored_history.h"
#include "ndr/windows/window_builder.h"

namespace ndr::jobs {

/// Moves forward. From one slice to the next it costs the slices that enter and leave; elsewhere, and past a
/// batch with late records, it starts anew as that batch sees the root.
class WindowCursor {
 public:
  explicit WindowCursor(const RunState& run);

  /// Stands at the end of the slice afterwards; commits roll-ups that are sealed by then.
  arrow::Status MoveTo(base::Micros slice);
  /// FG-A of the slice's end.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Rows(std::string_view mini_batch_id);
  const pairs::WindowPairs& pairs() const { return builder_->pairs(); }
  const base::Counters& counters() const { return builder_->counters(); }
  /// Of the partials that the last step read.
  int64_t rows_read() const { return rows_read_; }

 private:
  arrow::Status Restart(base::Micros slice);

  const RunState& run_;
  StoredHistory history_;
  std::optional<LookbackStep> lookback_;
  std::unique_ptr<windows::WindowBuilder> builder_;
  int64_t rows_read_ = 0;
};

}  // namespace ndr::jobs
