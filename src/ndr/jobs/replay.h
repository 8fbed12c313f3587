// SPDX-License-Identifier: Apache-2.0
// A whole history: cut into mini-batches, run through every stage, judged from the reference time on
// (specification 4, replay).
#pragma once

#include <arrow/result.h>

#include <optional>
#include <string>
#include <vector>

#include "ndr/jobs/history.h"
#include "ndr/jobs/intake.h"
#include "ndr/jobs/report.h"
#include "ndr/spec/project.h"

namespace ndr::jobs {

struct ReplayOptions {
  std::string root;
  IntakeOptions intake;
  spec::Project project;
  std::optional<base::Micros> from, to;  ///< bounds of the history
  PlanRequest plan;
  bool replace = false;      ///< withdraw what the root holds of this version outside the history
  int threads = 0;           ///< 0: one per core; no output depends on it
  int64_t memory_bytes = 0;  ///< 0: half of the machine
  Progress progress;
};

struct ReplayResult {
  RunReport report{"replay"};
  History history;
  Plan plan;
  bool changed = false;  ///< false: everything was there already, made from the same input and configuration
};

/// Runs what is missing or stale and leaves the rest alone, so a stopped replay goes on where it was. The
/// same input, project and version give the same bytes, for any number of threads and after any number of
/// stops. Usage errors (exit 2) say what to type instead; a root that holds slices of another history is a
/// contract violation (exit 3).
arrow::Result<ReplayResult> Replay(const ReplayOptions& options);

}  // namespace ndr::jobs
