// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/by_segment.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/compute/api.h>
#include <arrow/compute/initialize.h>
#include <arrow/record_batch.h>

#include "ndr/catalogue/batch.h"

namespace ndr::jobs {
namespace {

constexpr int64_t kRowsPerChunk = 200'000;

}  // namespace

arrow::Status BySegment::Add(std::shared_ptr<arrow::RecordBatch> batch) {
  waiting_rows_ += batch->num_rows();
  waiting_.push_back(std::move(batch));
  return waiting_rows_ < kRowsPerChunk ? arrow::Status::OK() : Partition();
}

arrow::Status BySegment::Partition() {
  ARROW_RETURN_NOT_OK(arrow::compute::Initialize());  // a start that needs no kernels does not load them
  if (waiting_.empty()) return arrow::Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto chunk, catalogue::Concatenate(waiting_.front()->schema(), waiting_));
  ARROW_ASSIGN_OR_RAISE(const auto segment, catalogue::TextsOf(*chunk, "segment_id"));
  std::map<std::string, std::vector<int32_t>, std::less<>> rows;
  auto at = rows.end();
  for (int64_t i = 0; i < chunk->num_rows(); ++i) {
    const std::string_view id = segment[static_cast<size_t>(i)];
    // Rows come by address, so a segment's stand together.
    if (at == rows.end() || at->first != id) at = rows.try_emplace(std::string(id)).first;
    at->second.push_back(static_cast<int32_t>(i));
  }
  for (auto& [id, indices] : rows) {
    if (!pass_.Contains(id)) continue;
    const auto count = static_cast<int64_t>(indices.size());
    const auto array =
        std::make_shared<arrow::Int32Array>(count, arrow::Buffer::FromVector(std::move(indices)));
    ARROW_ASSIGN_OR_RAISE(
        const arrow::Datum taken,
        arrow::compute::Take(arrow::Datum(chunk), arrow::Datum(std::static_pointer_cast<arrow::Array>(array)),
                             arrow::compute::TakeOptions::NoBoundsCheck()));
    segments_[id].push_back(taken.record_batch());
  }
  waiting_.clear();
  waiting_rows_ = 0;
  return arrow::Status::OK();
}

arrow::Result<std::map<std::string, BySegment::Batches>> BySegment::Finish() {
  ARROW_RETURN_NOT_OK(Partition());
  return std::move(segments_);
}

}  // namespace ndr::jobs
