// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/window_cursor.h"

#include "ndr/base/exit_code.h"

namespace ndr::jobs {

using arrow::Status;
using base::kSliceMicros;
using base::Micros;

WindowCursor::WindowCursor(const RunState& run)
    : run_(run), history_(run.root(), run.context, run.published) {}

Status WindowCursor::Restart(Micros slice) {
  const std::optional<Micros> first = run_.published->FirstSlice();
  const std::optional<Micros> first_rows = run_.published->FirstRows(slice);
  if (!first_rows)
    return base::ContractViolation("no slice up to " + base::FormatInstant(slice) +
                                   " is committed; run delta first");
  ARROW_ASSIGN_OR_RAISE(builder_, windows::WindowBuilder::Make(run_.context, *first, &history_, first_rows));
  if (!lookback_) lookback_.emplace(run_, *first_rows);
  ARROW_RETURN_NOT_OK(lookback_->CommitSealed(slice));
  history_.SeeAs(slice);
  return builder_->Start(slice);
}

Status WindowCursor::MoveTo(Micros slice) {
  if (builder_ != nullptr && builder_->end() == slice + kSliceMicros) return Status::OK();
  StepTimer timer(run_.report, "windows");
  if (builder_ == nullptr || builder_->end() != slice || run_.published->Straggles(slice)) {
    ARROW_RETURN_NOT_OK(Restart(slice));
  } else {
    ARROW_RETURN_NOT_OK(lookback_->CommitSealed(slice));
    history_.SeeAs(slice);
  }
  ARROW_ASSIGN_OR_RAISE(const auto hosts, history_.Hosts(slice));
  ARROW_ASSIGN_OR_RAISE(const auto pairs, history_.Slice(slice));
  rows_read_ = 0;
  for (const auto* batches : {&hosts, &pairs})
    for (const auto& batch : *batches) rows_read_ += batch->num_rows();
  timer.Rows(rows_read_, 0);
  ARROW_ASSIGN_OR_RAISE(const bool committed, history_.Committed(slice));
  return builder_->Advance(slice, committed, hosts, pairs);
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> WindowCursor::Rows(std::string_view mini_batch_id) {
  StepTimer timer(run_.report, "windows");
  ARROW_ASSIGN_OR_RAISE(auto rows, builder_->Rows(mini_batch_id));
  timer.Rows(0, rows->num_rows());
  return rows;
}

}  // namespace ndr::jobs
