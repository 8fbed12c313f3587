// SPDX-License-Identifier: Apache-2.0
// FG-B at one reference time: built from committed FG-A, or from windows rebuilt from delta; and read back
// for those who judge by it.
#pragma once

#include <arrow/result.h>

#include <memory>

#include "ndr/jobs/history.h"
#include "ndr/jobs/run_state.h"
#include "ndr/reference/reference.h"

namespace ndr::jobs {

/// Commits the reference of the plan where it is absent or was made from something else; `*built` says
/// whether. All tables of all horizons become visible together. A horizon without one committed slice is left
/// out and named; none left: contract violation.
arrow::Result<const storage::CommitRecord*> CommitReference(const RunState& run, const History& history,
                                                            const Plan& plan, bool* built);

/// The committed tables in memory.
arrow::Result<std::shared_ptr<const reference::Reference>> LoadReference(const std::string& root,
                                                                         const spec::Context& context,
                                                                         const storage::CommitRecord& commit);

}  // namespace ndr::jobs
