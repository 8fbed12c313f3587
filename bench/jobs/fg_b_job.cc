// SPDX-License-Identifier: Apache-2.0
#include "jobs/job.h"
#include "ndr/base/parallel.h"
#include "ndr/baselines/global_table.h"
#include "ndr/jobs/by_segment.h"

namespace ndr::bench {

using arrow::Status;
using base::Micros;

namespace {

constexpr size_t kFilesAhead = 4;

std::vector<std::string> ColumnsOf(const baselines::Plan& plan) {
  std::vector<std::string> columns = {"host_ip",      "role",          "segment_id",    "time_band",
                                      "window_label", "window_end_ts", "slices_covered"};
  for (const baselines::PlanColumn& c : plan.columns()) columns.push_back(c.metric->column);
  return columns;
}

Status ReadFgA(const JobInput& input, const baselines::Plan& plan, jobs::BySegment* by_segment) {
  ARROW_ASSIGN_OR_RAISE(const auto files, FilesOf(input.folder, ".parquet"));
  const auto columns = ColumnsOf(plan);
  std::vector<arrow::RecordBatchVector> read(files.size());
  return base::ForEachPartitionInOrder(
      files.size(), input.context->threads, kFilesAhead,
      [&](size_t i) -> Status {
        ARROW_ASSIGN_OR_RAISE(
            read[i], ReadTable(*input.context->catalogue, catalogue::Dataset::kFgA, files[i], columns));
        return Status::OK();
      },
      [&](size_t i) {
        for (auto& batch : read[i]) ARROW_RETURN_NOT_OK(by_segment->Add(std::move(batch)));
        read[i].clear();
        return Status::OK();
      });
}

}  // namespace

arrow::Status FgBJob(const JobInput& input, Stopwatch* watch, const Emit& emit) {
  watch->Start();
  const spec::Context& context = *input.context;
  ARROW_ASSIGN_OR_RAISE(const auto plan, baselines::Plan::Make(input.context));
  const Micros end = kFirstDay + kDays * base::kMicrosPerDay;
  const baselines::Range range{"30d", kFirstDay, end, end};
  std::vector<Micros> committed;
  for (Micros slice = kFirstDay; slice < end; slice += base::kSliceMicros) committed.push_back(slice);
  const baselines::BandSlices bands(context.calendar, context.catalogue->windows(), committed, range.start,
                                    range.end);

  jobs::BySegment by_segment{jobs::SegmentPass{}};
  ARROW_RETURN_NOT_OK(ReadFgA(input, *plan, &by_segment));
  ARROW_ASSIGN_OR_RAISE(auto segments, by_segment.Finish());
  baselines::GlobalTable global(plan, range, INT64_MAX, nullptr);
  const baselines::MachineNames machines;
  std::vector<baselines::SegmentTables> tables;
  for (auto& [id, batches] : segments) {
    baselines::SegmentRows rows(plan, range);
    for (const auto& batch : batches) ARROW_RETURN_NOT_OK(rows.Add(*batch));
    batches.clear();
    ARROW_ASSIGN_OR_RAISE(auto made,
                          baselines::MakeSegmentTables(rows, range, bands, machines, context.threads));
    ARROW_RETURN_NOT_OK(global.Add(std::move(made.global)));
    tables.push_back(std::move(made));
  }
  ARROW_ASSIGN_OR_RAISE(const auto global_rows, global.Finish(bands, context.threads));
  watch->Stop();
  for (const auto& t : tables) {
    ARROW_RETURN_NOT_OK(emit("host", t.host));
    ARROW_RETURN_NOT_OK(emit("segment", t.segment));
  }
  return emit("global", global_rows);
}

}  // namespace ndr::bench
