// SPDX-License-Identifier: Apache-2.0
// A writer's own local folder, which the next writer clears away if this one dies.
#pragma once

#include <arrow/result.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "ndr/disk/descriptor.h"

namespace ndr::storage {

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
  /// What writers of one root hold while they commit: the lock of the parent, for which this waits.
  disk::FileLock Alone() const { return {parent_, LOCK_EX}; }

 private:
  Scratch() = default;
  std::string parent_, path_;
  std::optional<disk::FileLock> owner_;
};

/// Whether nobody owns this scratch folder any more.
bool IsOwnerDead(const std::string& folder);

/// The suffix of intents (intent.h) inside a scratch folder.
inline constexpr const char* kIntentSuffix = ".intent";

}  // namespace ndr::storage
