// SPDX-License-Identifier: Apache-2.0
// What a commit in the making touches, written down before it begins, so that a kill leaves nothing that
// nobody owns.
#pragma once

#include <arrow/result.h>

#include <string>
#include <vector>

#include "ndr/storage/commit.h"

namespace ndr::storage {

/// A small file in a writer's staging folder: the path of a commit record, and data files, all relative to
/// the root.
class Intent {
 public:
  /// On the disk only after SyncDisk, which must come before the first of the files is touched.
  static arrow::Result<Intent> Write(std::string path, const std::string& commit_path,
                                     const std::vector<std::string>& files);
  arrow::Status Remove() const;

 private:
  explicit Intent(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

/// Removes the files of a dead writer's intent that no commit record lists now. An intent that was not
/// written to its end touched nothing, and is passed over.
arrow::Status Recover(const std::string& root, const std::string& intent_path);

/// Takes a commit back: its record first, then its files.
arrow::Status RemoveCommitted(const std::string& root, const CommitRecord& record);

}  // namespace ndr::storage
