// SPDX-License-Identifier: Apache-2.0
// The reference that batches are judged by: which one, loaded, ready (specification 3, Readiness).
#pragma once

#include <arrow/result.h>

#include <bitset>
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

using TimeBands = std::bitset<base::kTimeBands>;

/// The committed tables in memory; host rows of these bands only.
arrow::Result<std::shared_ptr<const reference::Reference>> LoadReference(const std::string& root,
                                                                         const spec::Context& context,
                                                                         const storage::CommitRecord& commit,
                                                                         TimeBands bands = ~TimeBands());

/// The reference of one batch after another. A batch needs the host rows of its own time band and of the same
/// hours of the other kind of day: where those of all bands do not fit into a quarter of the run's memory,
/// only these are held, and loaded anew when the band changes. What was looked up of a pair is kept between
/// batches.
class Judge {
 public:
  /// `one_batch`: no more than that needs is loaded.
  Judge(const RunState& run, storage::CommitRecord commit, bool one_batch = false);

  /// Ready for a batch of the slot afterwards.
  arrow::Status MoveTo(base::Micros slot);
  const storage::CommitRecord& commit() const { return commit_; }
  const reference::Reference& reference() const { return *reference_; }
  correlation::Correlator* correlator() { return correlator_.get(); }

 private:
  const RunState& run_;
  storage::CommitRecord commit_;
  bool whole_;
  TimeBands held_;
  std::shared_ptr<const reference::Reference> reference_;
  std::unique_ptr<correlation::Correlator> correlator_;
};

}  // namespace ndr::jobs
