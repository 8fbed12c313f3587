// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/as_it_is_now.h"

#include <optional>

namespace ndr::storage {

arrow::Status ReadAsItIsNow(const std::string& root, const CommitRecord& commit,
                            const std::function<arrow::Status(const CommitRecord&)>& read) {
  // A batch that is replaced faster than it is read, so often, is an error too.
  constexpr int kTries = 10;
  arrow::Status status = read(commit);
  std::string hash = commit.Hash();
  for (int i = 1; i < kTries && status.IsKeyError(); ++i) {
    ARROW_ASSIGN_OR_RAISE(const auto now, CommitLog(root).Read(commit.key));
    if (!now) return arrow::Status::OK();
    if (now->Hash() == hash) break;
    hash = now->Hash();
    status = read(*now);
  }
  return status;
}

}  // namespace ndr::storage
