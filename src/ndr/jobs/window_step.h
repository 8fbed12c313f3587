// SPDX-License-Identifier: Apache-2.0
// The replay's walk along the slices: FG-A at each end, roll-ups as days are sealed, and FG-C from the
// reference time on.
#pragma once

#include <arrow/result.h>

#include "ndr/jobs/judge.h"
#include "ndr/jobs/run_state.h"

namespace ndr::jobs {

/// Commits lookback, fg_a and, with a judge, fg_c for the batches of the slices in [from, to) whose commits
/// are absent or were made from something else. Starts at the first of those and leaves current ones alone.
/// Returns how many ends were computed.
arrow::Result<int64_t> CommitWindows(const RunState& run, base::Micros from, base::Micros to, Judge* judge);

}  // namespace ndr::jobs
