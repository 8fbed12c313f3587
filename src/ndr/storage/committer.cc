// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/committer.h"

#include <filesystem>

#include "ndr/storage/object_store.h"

namespace ndr::storage {

arrow::Result<std::unique_ptr<Committer>> Committer::Open(const std::string& root) {
  if (IsRemote(root)) {
    ARROW_ASSIGN_OR_RAISE(auto store, OpenStore(root));
    return OpenObjectCommitter(std::move(store));
  }
  std::error_code error;
  std::filesystem::path absolute = std::filesystem::absolute(root, error).lexically_normal();
  if (error || root.empty()) return arrow::Status::Invalid("'", root, "' is no path of a folder");
  if (!absolute.has_filename()) absolute = absolute.parent_path();
  return OpenFolderCommitter(absolute.string());
}

arrow::Status Committer::AnotherWon(const CommitKey& key) {
  return arrow::Status::AlreadyExists(
      key.family, "/", key.id, " of version ", key.version,
      " was published by another run while this one worked; what that one published stands. Run again to see "
      "whether anything is left to do");
}

arrow::Result<bool> Committer::Differs(const Change& change, const Standing& standing) {
  const std::string now = standing.record ? standing.record->Hash() : "";
  if (now == change.record->Hash()) return false;
  // A withdrawal without a record after it may be of a writer that died, which no index knows: the tag
  // decides.
  const bool withdrawn = standing.tag && !standing.record;
  if (change.expected && *change.expected != now && !withdrawn) return AnotherWon(change.record->key);
  return true;
}

}  // namespace ndr::storage
