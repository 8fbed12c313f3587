// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/commit_group.h"

#include <algorithm>

namespace ndr::jobs {

void CommitGroup::Add(std::unique_ptr<storage::Publication> publication, storage::CommitRecord record) {
  std::lock_guard lock(mutex_);
  members_.push_back({std::move(publication), std::move(record)});
}

arrow::Status CommitGroup::Commit() {
  std::lock_guard lock(mutex_);
  std::sort(members_.begin(), members_.end(),
            [](const Member& a, const Member& b) { return a.record.at < b.record.at; });
  std::vector<storage::Pending> pending;
  for (Member& member : members_) {
    const storage::CommitRecord* known = run_.published->Find(member.record.key.family, member.record.at);
    const bool same_key = known != nullptr && known->key.id == member.record.key.id;
    pending.push_back(
        {member.publication.get(), std::move(member.record), same_key ? known->Hash() : std::string()});
  }
  ARROW_RETURN_NOT_OK(run_.writer->CommitAll(&pending));
  members_.clear();
  for (storage::Pending& done : pending) {
    run_.report->AddBytes(done.record.key.family, done.record.bytes());
    run_.published->Put(std::move(done.record));
  }
  return arrow::Status::OK();
}

}  // namespace ndr::jobs
