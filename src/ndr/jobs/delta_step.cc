// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/delta_step.h"

#include "ndr/base/parallel.h"
#include "ndr/jobs/delta_builder.h"

namespace ndr::jobs {

using arrow::Status;
using base::Micros;

namespace {

// The disk's barriers are paid once for so many slices; a stop loses at most these.
constexpr size_t kSlicesPerCommit = 96;

}  // namespace

arrow::Result<int64_t> CommitDeltas(const RunState& run, const History& history, Intake* intake) {
  std::vector<std::unique_ptr<DeltaBuilder>> stale;
  std::set<Micros> slices;
  for (Micros slice = history.start; slice < history.end; slice += base::kSliceMicros) {
    auto builder = std::make_unique<DeltaBuilder>(run, intake, MiniBatchId(slice), slice);
    ARROW_ASSIGN_OR_RAISE(const bool current, builder->IsCurrent());
    if (current) continue;
    stale.push_back(std::move(builder));
    slices.insert(slice);
  }
  ARROW_RETURN_NOT_OK(intake->Load(slices));
  StepTimer timer(run.report, "delta");
  CommitGroup group(run);
  ARROW_RETURN_NOT_OK(base::ForEachPartitionInOrder(
      stale.size(), run.context->threads, kSlicesPerCommit,
      [&](size_t i) {
        ARROW_RETURN_NOT_OK(stale[i]->Prepare());
        return stale[i]->Write(&group);
      },
      [&](size_t i) {
        stale[i].reset();
        ARROW_RETURN_NOT_OK(
            run.Show("counting slices", static_cast<int64_t>(i) + 1, static_cast<int64_t>(stale.size())));
        return i % kSlicesPerCommit == kSlicesPerCommit - 1 ? group.Commit() : Status::OK();
      }));
  ARROW_RETURN_NOT_OK(group.Commit());
  // Counters are those of the whole input, whichever run committed the slice.
  for (const storage::CommitRecord* record : run.published->Range("delta", history.start, history.end))
    run.report->Count(record->counters);
  return static_cast<int64_t>(stale.size());
}

}  // namespace ndr::jobs
