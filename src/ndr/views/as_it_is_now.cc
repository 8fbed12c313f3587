// SPDX-License-Identifier: Apache-2.0
#include "ndr/views/as_it_is_now.h"

#include <optional>

namespace ndr::views {

arrow::Status ReadAsItIsNow(const std::string& root, const storage::CommitRecord& commit,
                            const std::function<arrow::Status(const storage::CommitRecord&)>& read) {
  // A batch that is replaced faster than it is read, so often, is an error too.
  constexpr int kTries = 10;
  arrow::Status status = read(commit);
  std::string hash = commit.Hash();
  for (int i = 1; i < kTries && status.IsKeyError(); ++i) {
    ARROW_ASSIGN_OR_RAISE(const auto now, storage::CommitLog(root).Read(commit.key));
    if (!now) return arrow::Status::OK();
    if (now->Hash() == hash) break;
    hash = now->Hash();
    status = read(*now);
  }
  return status;
}

}  // namespace ndr::views
