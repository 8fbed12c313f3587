// SPDX-License-Identifier: Apache-2.0
// The reference that batches are judged by: which one, loaded, ready (specification 3, Readiness).
#pragma once

#include <arrow/result.h>

#include <memory>
#include <optional>
#include <string>

#include "ndr/correlation/correlator.h"
#include "ndr/jobs/run_state.h"
#include "ndr/reference/reference.h"

namespace ndr::jobs {

/// The commit of the reference for a batch; nullptr: there is none. Named explicitly: that one. Else, and not
/// `anew`, the one of the batch's commit record, so that a reference built today changes no batch that runs
/// again. Else the newest that is not after the batch's start. Contract violation: a named or recorded one
/// that is not there.
arrow::Result<const storage::CommitRecord*> ChooseReference(const RunState& run, base::Micros slot,
                                                            std::optional<base::Micros> named, bool anew);

/// The committed tables in memory.
arrow::Result<std::shared_ptr<const reference::Reference>> LoadReference(const std::string& root,
                                                                         const spec::Context& context,
                                                                         const storage::CommitRecord& commit);

/// One for the batches of a walk: what it looked up of a pair is kept for the next.
struct Judge {
  storage::CommitRecord commit;
  std::shared_ptr<const reference::Reference> reference;
  std::unique_ptr<correlation::Correlator> correlator;

  static arrow::Result<std::unique_ptr<Judge>> Load(const RunState& run, const storage::CommitRecord& commit);
};

}  // namespace ndr::jobs
