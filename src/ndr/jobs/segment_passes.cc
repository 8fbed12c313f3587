// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/segment_passes.h"

#include <arrow/record_batch.h>

#include <map>

#include "ndr/catalogue/batch.h"

namespace ndr::jobs {
namespace {

// A value lies in memory three times: as it was read, by segment, and as the column that is sorted.
constexpr int64_t kBytesPerValue = 3 * 8;

}  // namespace

arrow::Result<std::vector<SegmentPass>> PlanPasses(FgASource* source, base::Micros start, base::Micros end,
                                                   size_t columns, int64_t memory_bytes) {
  const int64_t rows_that_fit = memory_bytes / (static_cast<int64_t>(columns) * kBytesPerValue);
  if (source->RowsAtMost(start, end) <= rows_that_fit) return std::vector<SegmentPass>(1);
  std::map<std::string, int64_t, std::less<>> rows_by_segment;
  ARROW_RETURN_NOT_OK(
      source->Read(start, end, {"segment_id"}, [&](const std::shared_ptr<arrow::RecordBatch>& batch) {
        ARROW_ASSIGN_OR_RAISE(const auto segment, catalogue::TextsOf(*batch, "segment_id"));
        auto at = rows_by_segment.end();
        for (int64_t i = 0; i < batch->num_rows(); ++i) {
          const std::string_view id = segment[static_cast<size_t>(i)];
          if (at == rows_by_segment.end() || at->first != id)
            at = rows_by_segment.try_emplace(std::string(id), 0).first;
          ++at->second;
        }
        return arrow::Status::OK();
      }));
  std::vector<SegmentPass> passes(1);
  int64_t held = 0;
  for (const auto& [id, n] : rows_by_segment) {
    if (held > 0 && held + n > rows_that_fit) {
      passes.back().last = id;
      passes.push_back({id, ""});
      held = 0;
    }
    held += n;
  }
  return passes;
}

}  // namespace ndr::jobs
