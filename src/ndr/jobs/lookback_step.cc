// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/lookback_step.h"

#include "ndr/jobs/stored_history.h"
#include "ndr/pairs/lookback.h"

namespace ndr::jobs {

using base::Micros;
using catalogue::Dataset;

LookbackStep::LookbackStep(const RunState& run, Micros first_slice)
    : run_(run), next_day_(base::DayStart(first_slice)) {}

arrow::Status LookbackStep::CommitSealed(Micros batch_start) {
  if (!StoredHistory::RollsUp(run_.context->project)) return arrow::Status::OK();
  for (; StoredHistory::SealOf(next_day_, run_.context->project) <= batch_start;
       next_day_ += base::kMicrosPerDay)
    ARROW_RETURN_NOT_OK(CommitDay(next_day_));
  return arrow::Status::OK();
}

arrow::Status LookbackStep::CommitDay(Micros day) {
  storage::CommitRecord record = run_.published->Draft("lookback", base::FormatCompact(day), day);
  const Micros seal = StoredHistory::SealOf(day, run_.context->project);
  record.inputs = {run_.published->DeltaAsInput(day, day + base::kMicrosPerDay, seal - 1)};
  if (run_.published->IsCurrent(record)) return arrow::Status::OK();
  StepTimer timer(run_.report, "lookback");
  StoredHistory history(run_.root(), run_.context, run_.published);
  history.SeeAs(day, seal - 1);
  pairs::LookbackBuilder builder(run_.context);
  int64_t rows = 0;
  for (Micros slice = day; slice < day + base::kMicrosPerDay; slice += base::kSliceMicros) {
    ARROW_ASSIGN_OR_RAISE(const auto batches, history.Slice(slice));
    for (const auto& batch : batches) {
      rows += batch->num_rows();
      ARROW_RETURN_NOT_OK(builder.Add(*batch));
    }
  }
  ARROW_ASSIGN_OR_RAISE(const auto rollup, builder.Finish());
  ARROW_ASSIGN_OR_RAISE(auto publication, run_.writer->Begin(record.key));
  if (rollup->num_rows() > 0)
    ARROW_RETURN_NOT_OK(publication->Add(run_.PlaceOf(Dataset::kLookback, day), rollup));
  ARROW_ASSIGN_OR_RAISE(record, publication->Commit(std::move(record)));
  run_.report->AddBytes("lookback", record.bytes());
  timer.Rows(rows, rollup->num_rows());
  run_.published->Put(std::move(record));
  return arrow::Status::OK();
}

}  // namespace ndr::jobs
