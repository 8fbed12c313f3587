// SPDX-License-Identifier: Apache-2.0
// The partitioning pass between slices, which lie by time, and baselines, which go by segment (specification
// 6).
#pragma once

#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ndr/jobs/segment_passes.h"

namespace ndr::jobs {

/// Takes batches that have a `segment_id` and gives the rows of each segment of one pass, in the order in
/// which they came. Rows are copied once, in chunks, so that a segment is a few large batches and not one
/// small one per slice.
class BySegment {
 public:
  using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

  explicit BySegment(SegmentPass pass) : pass_(std::move(pass)) {}

  arrow::Status Add(std::shared_ptr<arrow::RecordBatch> batch);
  /// By segment id; the object is empty afterwards.
  arrow::Result<std::map<std::string, Batches>> Finish();

 private:
  arrow::Status Partition();

  SegmentPass pass_;
  Batches waiting_;
  int64_t waiting_rows_ = 0;
  std::map<std::string, Batches> segments_;
};

}  // namespace ndr::jobs
