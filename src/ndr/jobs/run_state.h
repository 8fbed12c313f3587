// SPDX-License-Identifier: Apache-2.0
// What the steps of one run share: the context of every job.
#pragma once

#include <memory>
#include <string>

#include "ndr/jobs/published.h"
#include "ndr/jobs/report.h"
#include "ndr/spec/project.h"
#include "ndr/storage/publication.h"

namespace ndr::jobs {

/// The id of a replay's mini-batch: its slot's start.
inline std::string MiniBatchId(base::Micros slice_start) { return base::FormatCompact(slice_start); }

struct RunState {
  std::shared_ptr<const spec::Context> context;
  storage::Writer* writer = nullptr;
  Published* published = nullptr;
  RunReport* report = nullptr;
  Progress progress;
  int64_t memory_bytes = 0;
  std::string run_id;

  storage::Place PlaceOf(catalogue::Dataset dataset, base::Micros at, std::string horizon = "") const {
    return {dataset, context->project.feature_spec_version, std::move(horizon), at};
  }
  /// By one thread at a time. An error: the run is to end.
  arrow::Status Show(std::string_view step, int64_t done, int64_t total) const {
    return progress ? progress(step, done, total) : arrow::Status::OK();
  }
  const std::string& root() const { return writer->root(); }
};

}  // namespace ndr::jobs
