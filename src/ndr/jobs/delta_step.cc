// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/delta_step.h"

#include <mutex>

#include "ndr/base/parallel.h"
#include "ndr/delta/delta.h"
#include "ndr/jobs/commit_group.h"

namespace ndr::jobs {
namespace {

using arrow::Status;
using base::Micros;
using catalogue::Dataset;

// The disk's barriers are paid once for so many slices; a stop loses at most these.
constexpr size_t kSlicesPerCommit = 96;

storage::CommitRecord DeltaDraft(const RunState& run, const Intake& intake, Micros slice) {
  storage::CommitRecord draft = run.published->Draft("delta", MiniBatchId(slice), slice);
  draft.inputs = intake.InputsOf(slice);
  return draft;
}

class DeltaStep {
 public:
  DeltaStep(const RunState& run, Intake* intake) : run_(run), intake_(intake), group_(run) {}

  Status Commit() { return group_.Commit(); }

  Status StageSlice(Micros slice) {
    delta::MiniBatch batch{MiniBatchId(slice), slice, true, {}};
    {
      std::lock_guard lock(mutex_);
      ARROW_ASSIGN_OR_RAISE(const Intake::Sessions sessions, intake_->Take(slice));
      for (const auto& keyed : sessions.keyed) batch.batches.push_back({keyed, 0, true});
      for (const auto& other : sessions.others) batch.batches.push_back({other, 0, false});
    }
    ARROW_ASSIGN_OR_RAISE(const delta::Partials partials, delta::RunDelta(*run_.context, batch));
    storage::CommitRecord record = DeltaDraft(run_, *intake_, slice);
    record.counters = partials.counters;
    ARROW_ASSIGN_OR_RAISE(auto publication, run_.writer->Begin(record.key));
    if (partials.host->num_rows() > 0)
      ARROW_RETURN_NOT_OK(publication->Add(run_.PlaceOf(Dataset::kDeltaHost, slice), partials.host));
    if (partials.pair->num_rows() > 0)
      ARROW_RETURN_NOT_OK(publication->Add(run_.PlaceOf(Dataset::kDeltaPair, slice), partials.pair));
    group_.Add(std::move(publication), std::move(record));
    Count(batch, partials);
    return Status::OK();
  }

 private:
  void Count(const delta::MiniBatch& batch, const delta::Partials& partials) {
    int64_t rows = 0;
    for (const delta::SessionBatch& b : batch.batches) rows += b.sessions->num_rows();
    std::lock_guard lock(mutex_);
    run_.report->AddStep("delta", 0, rows, partials.host->num_rows() + partials.pair->num_rows());
  }

  const RunState& run_;
  Intake* intake_;
  std::mutex mutex_;
  CommitGroup group_;
};

}  // namespace

arrow::Result<int64_t> CommitDeltas(const RunState& run, const History& history, Intake* intake) {
  std::vector<Micros> stale;
  for (Micros slice = history.start; slice < history.end; slice += base::kSliceMicros)
    if (!run.published->IsCurrent(DeltaDraft(run, *intake, slice))) stale.push_back(slice);
  ARROW_RETURN_NOT_OK(intake->Load({stale.begin(), stale.end()}));
  StepTimer timer(run.report, "delta");
  DeltaStep step(run, intake);
  ARROW_RETURN_NOT_OK(base::ForEachPartitionInOrder(
      stale.size(), run.context->threads, kSlicesPerCommit,
      [&](size_t i) { return step.StageSlice(stale[i]); },
      [&](size_t i) {
        ARROW_RETURN_NOT_OK(
            run.Show("counting slices", static_cast<int64_t>(i) + 1, static_cast<int64_t>(stale.size())));
        return i % kSlicesPerCommit == kSlicesPerCommit - 1 ? step.Commit() : Status::OK();
      }));
  ARROW_RETURN_NOT_OK(step.Commit());
  // Counters are those of the whole input, whichever run committed the slice.
  for (const storage::CommitRecord* record : run.published->Range("delta", history.start, history.end))
    run.report->counters().Add(record->counters);
  return static_cast<int64_t>(stale.size());
}

}  // namespace ndr::jobs
