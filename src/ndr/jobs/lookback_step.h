// SPDX-License-Identifier: Apache-2.0
// Daily roll-ups of the pairs, committed as days are sealed (specification 1, Datasets on storage).
#pragma once

#include <arrow/status.h>

#include "ndr/jobs/run_state.h"

namespace ndr::jobs {

class LookbackStep {
 public:
  LookbackStep(const RunState& run, base::Micros first_slice);

  /// Commits the roll-up of every day since the dataset's first slice whose seal is not after `batch_start`
  /// and whose commit is absent or was made from something else. Each day is looked at once.
  arrow::Status CommitSealed(base::Micros batch_start);

 private:
  arrow::Status CommitDay(base::Micros day);

  const RunState& run_;
  base::Micros next_day_;
};

}  // namespace ndr::jobs
