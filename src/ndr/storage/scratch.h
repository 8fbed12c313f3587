// SPDX-License-Identifier: Apache-2.0
// A writer's own local folder, which the next writer clears away if this one dies.
#pragma once

#include <arrow/result.h>

#include <functional>
#include <memory>
#include <string>

namespace ndr::storage {

/// Holds flock(2) on an open folder; the constructor waits.
class FolderLock {
 public:
  FolderLock(int fd, int operation);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int fd_;
};

/// `<parent>/<process>-<number>`, owned as long as this object lives. Its destructor removes the folder, but
/// for one that holds intents: what failed half-way waits for the next writer to act upon.
class Scratch {
 public:
  /// Makes the parent where it is missing. Folders of dead owners are handed to `before_removal` (which may
  /// be empty), then removed; nobody commits below `parent` meanwhile.
  static arrow::Result<std::unique_ptr<Scratch>> Make(
      const std::string& parent,
      const std::function<arrow::Status(const std::string& dead_folder)>& before_removal);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::string& path() const { return path_; }
  /// The parent, open: what writers of one root lock while they commit.
  int parent_fd() const { return parent_fd_; }

 private:
  Scratch() = default;
  std::string path_;
  int parent_fd_ = -1, owner_fd_ = -1;
};

/// Whether nobody owns this scratch folder any more.
bool IsOwnerDead(const std::string& folder);

/// The suffix of intents (intent.h) inside a scratch folder.
inline constexpr const char* kIntentSuffix = ".intent";

}  // namespace ndr::storage
