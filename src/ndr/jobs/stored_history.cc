// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/stored_history.h"

#include "ndr/catalogue/batch.h"
#include "ndr/storage/dataset_reader.h"

namespace ndr::jobs {

using base::Micros;
using catalogue::Dataset;

StoredHistory::StoredHistory(std::string root, std::shared_ptr<const spec::Context> context,
                             const Published* published)
    : root_(std::move(root)), context_(std::move(context)), published_(published) {}

arrow::Result<arrow::RecordBatchVector> StoredHistory::Partials(
    Micros slice_start, Dataset dataset, const std::vector<std::string>& columns) const {
  arrow::RecordBatchVector partials;
  for (const storage::CommitRecord* commit :
       published_->Holding(slice_start, slice_start + base::kSliceMicros, last_slot_)) {
    ARROW_ASSIGN_OR_RAISE(const auto batches, storage::ReadCommittedAt(root_, *context_->catalogue, *commit,
                                                                       dataset, slice_start, columns));
    partials.insert(partials.end(), batches.begin(), batches.end());
  }
  return partials;
}

arrow::Result<arrow::RecordBatchVector> StoredHistory::Slice(Micros slice_start) {
  return Partials(slice_start, Dataset::kDeltaPair, pairs::WindowColumns());
}

arrow::Result<arrow::RecordBatchVector> StoredHistory::Hosts(Micros slice_start) {
  return Partials(slice_start, Dataset::kDeltaHost, windows::HostColumns(*context_->catalogue));
}

arrow::Result<bool> StoredHistory::Committed(Micros slice_start) {
  return slice_start <= last_slot_ && published_->Find("delta", slice_start) != nullptr;
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> StoredHistory::Day(Micros day_start) {
  const storage::CommitRecord* commit = published_->Find("lookback", day_start);
  if (commit == nullptr || !RollsUp(context_->project) || SealOf(day_start, context_->project) > batch_start_)
    return std::shared_ptr<arrow::RecordBatch>();
  ARROW_ASSIGN_OR_RAISE(const auto batches,
                        storage::ReadCommitted(root_, *context_->catalogue, *commit, Dataset::kLookback));
  return catalogue::Concatenate(context_->catalogue->Schema(Dataset::kLookback), batches);
}

}  // namespace ndr::jobs
