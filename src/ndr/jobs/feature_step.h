// SPDX-License-Identifier: Apache-2.0
// What a job does after it has published: its rows go to the feature store, where the project or the job's
// spec enables that (specification 4, Feature store).
#pragma once

#include <arrow/status.h>

#include <vector>

#include "ndr/jobs/run_state.h"
#include "ndr/spec/job_spec.h"

namespace ndr::jobs {

/// Hands the commits of the slice's batch to the online store, and to the offline one where it has a prefix.
/// What is published stays so, whatever comes of it: an error (exit 1) says how the rest is done again by
/// itself. Rows that the store has are passed over, so a job that runs again makes good what failed.
arrow::Status ServeFeatures(const RunState& state, const spec::JobSpec& spec, base::Micros slice_start,
                            const std::vector<catalogue::Dataset>& datasets);

}  // namespace ndr::jobs
