// SPDX-License-Identifier: Apache-2.0
// The five jobs as functions: what the command line wraps, and what another program calls (specification 4,
// Jobs).
//
//   SliceRuntime runtime;
//   runtime.project_name = "acme", runtime.feature_spec_version = "v1", runtime.mini_batch_id =
//   "20240420T120000Z"; runtime.batch_start = ..., runtime.batch_end = runtime.batch_start +
//   base::kSliceMicros; RunReport report(JobName(spec::Job::kDelta)); const arrow::Status status =
//   RunDelta(runtime, &report);      // base::ExitCode(status)
#pragma once

#include <arrow/status.h>

#include "ndr/jobs/report.h"
#include "ndr/jobs/runtime.h"
#include "ndr/spec/job_spec.h"

namespace ndr::jobs {

/// Each loads the job's spec, runs the five steps and writes the run report under `<root>/_reports/`, also
/// when it fails. A batch that is published already, made from the same input and configuration, is left
/// alone.
///
/// Usage errors (2): ill-formed times, ids and specs, a slot that is no slice, a spec that is not there.
/// Contract violations (3): a missing dependency (the batch's delta or fg_a, a named reference, every slice
/// of a horizon), another configuration or catalogue than that of what is there (unless `replace`), a slot
/// with a batch of another id, output that breaks the catalogue's schema, its keys or parity. Anything else
/// is 1, too many records that can't be parsed too.
///
/// Late: records of up to data_quality.allowed_lateness_hours before the slot add partials to their slices.
/// Empty: an empty commit. Repeated: nothing to do, or, where the input changed, its output is replaced. Out
/// of order: it runs, and what was computed without it is reported as stale.
arrow::Status RunDelta(const SliceRuntime& runtime, RunReport* report);
arrow::Status RunPairCounts(const SliceRuntime& runtime, RunReport* report);
arrow::Status RunFgA(const SliceRuntime& runtime, RunReport* report);
/// Without any reference: an empty commit marked no_reference.
arrow::Status RunFgC(const SliceRuntime& runtime, RunReport* report);
arrow::Status RunFgB(const BaselineRuntime& runtime, RunReport* report);

/// `delta_builder`
inline std::string JobName(spec::Job job) { return std::string(spec::kJobNames[static_cast<size_t>(job)]); }

}  // namespace ndr::jobs
