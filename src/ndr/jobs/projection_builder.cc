// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/projection_builder.h"

#include <fmt/format.h>

#include <chrono>
#include <map>

#include "ndr/base/exit_code.h"
#include "ndr/base/parallel.h"
#include "ndr/catalogue/batch.h"
#include "ndr/catalogue/validate.h"
#include "ndr/delta/delta.h"
#include "ndr/jobs/fg_a_builder.h"
#include "ndr/storage/dataset_reader.h"
#include "ndr/windows/wide.h"

namespace ndr::jobs {

using arrow::Status;
using base::Micros;
using catalogue::Dataset;

const Projection& PairCountsProjection() {
  static const Projection projection{spec::Job::kPairCounts, Dataset::kDeltaPair, Dataset::kPairCounts,
                                     delta::PairCounts};
  return projection;
}

const Projection& WideProjection() {
  static const Projection projection{spec::Job::kFgA, Dataset::kFgA, Dataset::kFgAWide, windows::Wide};
  return projection;
}

ProjectionBuilder::ProjectionBuilder(const RunState& run, const Projection& projection,
                                     std::string mini_batch_id, Micros slot)
    : BaseRunner(run, projection.job),
      projection_(projection),
      mini_batch_id_(std::move(mini_batch_id)),
      slot_(slot) {}

arrow::Result<storage::CommitRecord> ProjectionBuilder::Draft() const {
  const std::string from(storage::FamilyOf(projection_.from));
  if (projection_.from == Dataset::kDeltaPair)
    ARROW_RETURN_NOT_OK(OwnDelta(run_, mini_batch_id_, slot_).status());
  const storage::CommitRecord* source = run_.published->Find(from, slot_);
  if (source == nullptr || source->key.id != mini_batch_id_)
    return base::ContractViolation(
        fmt::format("{} of mini-batch '{}' (slot {}) is not committed; run its job first", from,
                    mini_batch_id_, base::FormatInstant(slot_)));
  storage::CommitRecord draft =
      run_.published->Draft(storage::FamilyOf(projection_.to), mini_batch_id_, slot_);
  draft.inputs = {Published::AsInput(*source)};
  return draft;
}

arrow::Result<bool> ProjectionBuilder::IsCurrent() {
  ARROW_ASSIGN_OR_RAISE(const storage::CommitRecord draft, Draft());
  return run_.published->IsCurrent(draft);
}

Status ProjectionBuilder::Read() {
  const storage::CommitRecord* source = run_.published->Find(storage::FamilyOf(projection_.from), slot_);
  ARROW_ASSIGN_OR_RAISE(
      source_, storage::ReadCommitted(run_.root(), *run_.context->catalogue, *source, projection_.from));
  return Status::OK();
}

Status ProjectionBuilder::Build() {
  const auto start = std::chrono::steady_clock::now();
  int64_t rows_in = 0, rows_out = 0;
  // A file holds the rows of one slice: late ones lie in those of their slices.
  std::map<Micros, arrow::RecordBatchVector> by_slice;
  const bool is_wide = projection_.to == Dataset::kFgAWide;
  for (const auto& batch : source_) {
    ARROW_ASSIGN_OR_RAISE(const auto at,
                          catalogue::Values<int64_t>(*batch, is_wide ? "window_end_ts" : "slice_start_ts"));
    by_slice[is_wide ? slot_ : at[0]].push_back(batch);
    rows_in += batch->num_rows();
  }
  source_.clear();
  const auto schema = run_.context->catalogue->Schema(projection_.from);
  for (const auto& [slice, batches] : by_slice) {
    ARROW_ASSIGN_OR_RAISE(const auto rows, catalogue::Concatenate(schema, batches));
    ARROW_ASSIGN_OR_RAISE(auto projected, projection_.project(*run_.context, *rows));
    rows_out += projected->num_rows();
    if (projected->num_rows() > 0) projected_.push_back({slice, std::move(projected)});
  }
  // Of batches that are projected side by side the time is taken once for all.
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  run_.report->AddStep(storage::FamilyOf(projection_.to), is_timed() ? seconds.count() : 0, rows_in,
                       rows_out);
  return Status::OK();
}

Status ProjectionBuilder::Validate() {
  for (const auto& [slice, rows] : projected_)
    ARROW_RETURN_NOT_OK(
        base::AsViolation(catalogue::CheckTable(*run_.context->catalogue, projection_.to, rows)));
  return Status::OK();
}

Status ProjectionBuilder::Stage(CommitGroup* group) {
  ARROW_ASSIGN_OR_RAISE(storage::CommitRecord record, Draft());
  ARROW_ASSIGN_OR_RAISE(auto publication, run_.writer->Begin(record.key));
  for (const auto& [slice, rows] : projected_)
    ARROW_RETURN_NOT_OK(publication->Add(run_.PlaceOf(projection_.to, slice), rows));
  group->Add(std::move(publication), std::move(record));
  projected_.clear();
  return Status::OK();
}

namespace {

// Projected side by side, committed together.
constexpr size_t kBatchesPerCommit = 96;

}  // namespace

Status CommitProjection(const RunState& run, const Projection& projection, Micros from, Micros to) {
  std::vector<std::unique_ptr<ProjectionBuilder>> stale;
  for (const storage::CommitRecord* source :
       run.published->Range(storage::FamilyOf(projection.from), from, to)) {
    auto builder = std::make_unique<ProjectionBuilder>(run, projection, source->key.id, source->at);
    ARROW_ASSIGN_OR_RAISE(const bool current, builder->IsCurrent());
    if (!current) stale.push_back(std::move(builder));
  }
  StepTimer timer(run.report, storage::FamilyOf(projection.to));
  CommitGroup group(run);
  for (size_t begin = 0; begin < stale.size(); begin += kBatchesPerCommit) {
    ARROW_RETURN_NOT_OK(base::ForEachPartition(std::min(kBatchesPerCommit, stale.size() - begin),
                                               run.context->threads, [&](size_t i) {
                                                 ARROW_RETURN_NOT_OK(stale[begin + i]->Prepare());
                                                 return stale[begin + i]->Write(&group);
                                               }));
    ARROW_RETURN_NOT_OK(group.Commit());
  }
  return Status::OK();
}

}  // namespace ndr::jobs
