// SPDX-License-Identifier: Apache-2.0
// Runs a pipeline on this machine (specification 4, Pipelines: `ndr pipeline run`).
#pragma once

#include <arrow/result.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "ndr/pipeline/bind.h"
#include "ndr/pipeline/commands.h"
#include "ndr/pipeline/lock.h"
#include "ndr/pipeline/pipelines.h"

namespace ndr::pipeline {

enum class Outcome : uint8_t { kDone, kFailed, kSkipped };
std::string_view NameOf(Outcome outcome);

struct StepResult {
  std::string step;
  Outcome outcome = Outcome::kSkipped;
  double seconds = 0;
  arrow::Status status;  ///< of kFailed
  std::string reason;    ///< of kSkipped: `fg_a failed`, `stopped`
};

struct RunResult {
  std::vector<StepResult> steps;  ///< in the pipeline's order
  arrow::Status interruption;     ///< why no further step was begun: a stop, or a lock that was lost
  /// Of the first step in order that failed, which the message names beside the skipped ones; else the
  /// interruption.
  arrow::Status status() const;
};

struct RunOptions {
  Values values;
  std::chrono::milliseconds lease = kLease;
  /// The signal that asks the run to stop, 0: none. Steps that run go on to their end, no other begins. May
  /// be null.
  std::function<int()> stop;
  /// Told of each step that ended, from one thread at a time; may be null.
  std::function<void(const StepResult&)> ended;
};

/// The steps' command lines, in the pipeline's order, after the checks that come before any step: the
/// pipeline is valid, its parameters are set, and each command takes its arguments.
arrow::Result<std::vector<Arguments>> Plan(const Pipeline& pipeline, const Values& values,
                                           const Commands& commands);

/// Runs every step once all that it waits for are done, independent ones at the same time. A failed step
/// stops those that wait for it and no others. Each job skips by itself what its commit record shows as
/// current, so the same run again is how a failed or killed one goes on. Where the pipeline has a parameter
/// of Kind::kRoot, the lock of the project, version and batch or reference is held meanwhile (lock.h); a
/// second run is refused with exit 3. An error means that no step began; what happened to steps stands in the
/// result.
arrow::Result<RunResult> Run(const Pipeline& pipeline, const RunOptions& options, const Commands& commands);

}  // namespace ndr::pipeline
