// SPDX-License-Identifier: Apache-2.0
// The replay's walk along the slices: FG-A at each end, roll-ups as days are sealed, and FG-C from the
// reference time on.
#pragma once

#include <arrow/status.h>

#include <memory>
#include <optional>

#include "ndr/jobs/history.h"
#include "ndr/jobs/run_state.h"
#include "ndr/reference/reference.h"

namespace ndr::jobs {

/// Which slices to walk, and by what to judge them.
struct Walk {
  base::Micros first_slice = 0;   ///< of the dataset
  base::Micros from = 0, to = 0;  ///< slices [from, to)
  bool publish_fg_a = true;       ///< false: FG-A is needed by nobody but FG-B, and `keep` leaves it out
  /// With a reference FG-C is computed too.
  std::shared_ptr<const reference::Reference> reference;
  const storage::CommitRecord* reference_commit = nullptr;
};

/// Commits lookback, fg_a and fg_c for the slices of the walk whose commit is absent or was made from
/// something else. Starts at the first of those and leaves current ones alone. Returns how many ends were
/// computed.
arrow::Result<int64_t> CommitWindows(const RunState& run, const Walk& walk);

}  // namespace ndr::jobs
