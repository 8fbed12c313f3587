// SPDX-License-Identifier: Apache-2.0
// Batches that are staged one by one and committed together, so that the disk's barriers are paid once for
// many.
#pragma once

#include <arrow/status.h>

#include <memory>
#include <mutex>
#include <vector>

#include "ndr/jobs/run_state.h"

namespace ndr::jobs {

class CommitGroup {
 public:
  explicit CommitGroup(const RunState& run) : run_(run) {}

  /// Thread-safe. The order of calls does not act on what is published.
  void Add(std::unique_ptr<storage::Publication> publication, storage::CommitRecord record);
  /// Commits what was added, in order of time, and tells `published` and the report. The group is empty
  /// afterwards.
  arrow::Status Commit();

 private:
  struct Member {
    std::unique_ptr<storage::Publication> publication;
    storage::CommitRecord record;
  };
  const RunState& run_;
  std::mutex mutex_;
  std::vector<Member> members_;
};

}  // namespace ndr::jobs
