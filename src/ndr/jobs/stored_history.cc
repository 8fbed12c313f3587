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

arrow::Result<arrow::RecordBatchVector> StoredHistory::Slice(Micros slice_start) {
  const storage::CommitRecord* commit = published_->Find("delta", slice_start);
  if (commit == nullptr) return arrow::RecordBatchVector();
  return storage::ReadCommitted(root_, *context_->catalogue, *commit, Dataset::kDeltaPair, {},
                                pairs::WindowColumns());
}

arrow::Result<arrow::RecordBatchVector> StoredHistory::Hosts(Micros slice_start) {
  const storage::CommitRecord* commit = published_->Find("delta", slice_start);
  if (commit == nullptr) return arrow::RecordBatchVector();
  return storage::ReadCommitted(root_, *context_->catalogue, *commit, Dataset::kDeltaHost, {},
                                windows::HostColumns(*context_->catalogue));
}

arrow::Result<bool> StoredHistory::Committed(Micros slice_start) {
  return published_->Find("delta", slice_start) != nullptr;
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> StoredHistory::Day(Micros day_start) {
  const storage::CommitRecord* commit = published_->Find("lookback", day_start);
  if (commit == nullptr || SealOf(day_start, context_->project) > batch_start_)
    return std::shared_ptr<arrow::RecordBatch>();
  ARROW_ASSIGN_OR_RAISE(const auto batches,
                        storage::ReadCommitted(root_, *context_->catalogue, *commit, Dataset::kLookback));
  return catalogue::Concatenate(context_->catalogue->Schema(Dataset::kLookback), batches);
}

}  // namespace ndr::jobs
