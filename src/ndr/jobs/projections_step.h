// SPDX-License-Identifier: Apache-2.0
// Datasets that are another one seen differently: pair_counts of delta/pair, fg_a_wide of fg_a.
#pragma once

#include <arrow/status.h>

#include "ndr/jobs/history.h"
#include "ndr/jobs/run_state.h"

namespace ndr::jobs {

/// Commits those that `keep` asks for, for every slice of the history whose commit is absent or was made from
/// something else.
arrow::Status CommitProjections(const RunState& run, const History& history);

}  // namespace ndr::jobs
