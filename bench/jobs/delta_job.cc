// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "jobs/job.h"
#include "ndr/base/parallel.h"
#include "ndr/catalogue/sessions.h"
#include "ndr/delta/delta.h"
#include "ndr/jobs/log_files.h"

namespace ndr::bench {

using arrow::Status;
using base::Micros;

arrow::Status DeltaJob(const JobInput& input, Stopwatch* watch, const Emit& emit) {
  watch->Start();
  const spec::Context& context = *input.context;
  ARROW_ASSIGN_OR_RAISE(const auto files, FilesOf(input.folder, ".json"));
  jobs::LogReader reader(input.context, "ndr-json");
  std::vector<std::vector<catalogue::SliceSessions>> parsed(files.size());
  ARROW_RETURN_NOT_OK(base::ForEachPartition(files.size(), context.threads, [&](size_t i) {
    return reader
        .Read(files[i], ingest::Source::kNdrJson, 1,
              [&](jobs::ParsedBlock block) -> Status {
                ARROW_ASSIGN_OR_RAISE(auto slices, catalogue::SplitBySlice(block.parsed.sessions));
                parsed[i].insert(parsed[i].end(), slices.begin(), slices.end());
                return Status::OK();
              })
        .status();
  }));
  std::map<Micros, delta::MiniBatch> batches;
  for (const auto& file : parsed)
    for (const auto& slice : file) batches[slice.slice_start].batches.push_back({slice.sessions, 0, false});
  parsed.clear();
  std::vector<delta::MiniBatch> slices;
  for (auto& [start, batch] : batches) {
    batch.slot_start = start;
    batch.id = base::FormatCompact(start);
    slices.push_back(std::move(batch));
  }
  std::vector<delta::Partials> partials(slices.size());
  ARROW_RETURN_NOT_OK(base::ForEachPartition(slices.size(), context.threads, [&](size_t i) -> Status {
    ARROW_ASSIGN_OR_RAISE(partials[i], delta::RunDelta(context, slices[i]));
    slices[i].batches.clear();
    return Status::OK();
  }));
  watch->Stop();
  for (const delta::Partials& p : partials) {
    ARROW_RETURN_NOT_OK(emit("host", p.host));
    ARROW_RETURN_NOT_OK(emit("pair", p.pair));
  }
  return Status::OK();
}

}  // namespace ndr::bench
