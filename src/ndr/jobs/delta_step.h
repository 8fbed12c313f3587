// SPDX-License-Identifier: Apache-2.0
// The replay's first step: sessions of each slice to committed partials.
#pragma once

#include <arrow/status.h>

#include "ndr/jobs/history.h"
#include "ndr/jobs/intake.h"
#include "ndr/jobs/run_state.h"

namespace ndr::jobs {

/// Commits delta for every slice of the history whose commit is absent or was made from
/// something else; the others are left alone. Slices run in parallel. Returns how many were committed.
arrow::Result<int64_t> CommitDeltas(const RunState& run, const History& history, Intake* intake);

}  // namespace ndr::jobs
