// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/projections_step.h"

#include <functional>

#include "ndr/base/parallel.h"
#include "ndr/catalogue/batch.h"
#include "ndr/delta/delta.h"
#include "ndr/storage/dataset_reader.h"
#include "ndr/windows/wide.h"

namespace ndr::jobs {
namespace {

using arrow::Status;
using base::Micros;
using catalogue::Dataset;
using Batch = std::shared_ptr<arrow::RecordBatch>;

struct Projection {
  Dataset from, to;
  std::function<arrow::Result<Batch>(const spec::Context&, const arrow::RecordBatch&)> project;
};

Status CommitOne(const RunState& run, const Projection& projection, storage::CommitRecord record,
                 const storage::CommitRecord& source) {
  const catalogue::Catalogue& catalogue = *run.context->catalogue;
  ARROW_ASSIGN_OR_RAISE(const auto batches,
                        storage::ReadCommitted(run.root(), catalogue, source, projection.from));
  ARROW_ASSIGN_OR_RAISE(const Batch rows, catalogue::Concatenate(catalogue.Schema(projection.from), batches));
  ARROW_ASSIGN_OR_RAISE(const Batch projected, projection.project(*run.context, *rows));
  ARROW_ASSIGN_OR_RAISE(auto publication, run.writer->Begin(record.key));
  if (projected->num_rows() > 0)
    ARROW_RETURN_NOT_OK(publication->Add(run.PlaceOf(projection.to, record.at), projected));
  ARROW_ASSIGN_OR_RAISE(record, publication->Commit(std::move(record)));
  run.published->Put(std::move(record));
  return Status::OK();
}

Status CommitAll(const RunState& run, const History& history, const Projection& projection) {
  const std::string family(storage::FamilyOf(projection.to));
  std::vector<std::pair<storage::CommitRecord, const storage::CommitRecord*>> stale;
  for (const storage::CommitRecord* source :
       run.published->Range(storage::FamilyOf(projection.from), history.start, history.end)) {
    storage::CommitRecord draft = run.published->Draft(family, source->key.id, source->at);
    draft.inputs = {Published::AsInput(*source)};
    if (!run.published->IsCurrent(draft)) stale.emplace_back(std::move(draft), source);
  }
  StepTimer timer(run.report, family);
  ARROW_RETURN_NOT_OK(base::ForEachPartition(stale.size(), run.context->threads, [&](size_t i) {
    return CommitOne(run, projection, stale[i].first, *stale[i].second);
  }));
  for (const auto& [draft, source] : stale) {
    const storage::CommitRecord* done = run.published->Find(family, draft.at);
    run.report->AddBytes(family, done->bytes());
    timer.Rows(source->rows(), done->rows());
  }
  return Status::OK();
}

}  // namespace

Status CommitProjections(const RunState& run, const History& history) {
  const spec::Keep& keep = run.context->project.keep;
  if (keep.pair_counts)
    ARROW_RETURN_NOT_OK(
        CommitAll(run, history, {Dataset::kDeltaPair, Dataset::kPairCounts, delta::PairCounts}));
  if (keep.fg_a_wide)
    ARROW_RETURN_NOT_OK(CommitAll(run, history, {Dataset::kFgA, Dataset::kFgAWide, windows::Wide}));
  return Status::OK();
}

}  // namespace ndr::jobs
