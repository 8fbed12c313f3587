// SPDX-License-Identifier: Apache-2.0
// How staged files become visible below a root. Folders and S3 have different means to the same promise
// (specification 1, A run publishes atomically; specification 4, Storage).
#pragma once

#include <arrow/result.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/storage/commit.h"

namespace ndr::storage {

class ObjectStore;

/// A file in a publication's folder, and what it is to become.
struct StagedFile {
  std::string path;  ///< absolute, local
  FileEntry file;
};

/// One commit in the making.
struct Change {
  std::string folder;              ///< of the publication, in the committer's scratch
  std::vector<StagedFile> staged;  ///< sorted by the files' paths
  CommitRecord* record = nullptr;
  /// Hash of the record that this run knows of ("": of none), nullopt: whatever stands there is replaced.
  std::optional<std::string> expected;
};

/// What stands under a commit's key.
struct Standing {
  std::optional<CommitRecord> record;  ///< none: never committed, or withdrawn
  std::optional<std::string> tag;      ///< of the object, where the store has tags; none: there is no object
  std::vector<std::string> withdrawn = {};  ///< files of a record that was withdrawn; some may still be there
};

class Committer {
 public:
  /// For a folder (made where missing; what dead writers left is taken back or cleared away) or an
  /// `s3://bucket/prefix`.
  static arrow::Result<std::unique_ptr<Committer>> Open(const std::string& root);
  virtual ~Committer() = default;

  /// Absolute, or `s3://...`; no slash at its end.
  const std::string& root() const { return root_; }
  /// A local folder of this committer's own.
  virtual const std::string& scratch() const = 0;

  /// Makes the changes visible, each by itself, in their order. What is committed already, with all its
  /// files, is left as it is. Of several writers of a key that knew the same, one wins; to the others this is
  /// an AlreadyExists that says so, unless they had the same to say.
  virtual arrow::Status Publish(std::vector<Change>* changes) = 0;
  /// Takes a commit back: its record first, then its files. OK where there is none.
  virtual arrow::Status Withdraw(const CommitKey& key) = 0;
  /// Puts a local file at a path below the root, whole or not at all; it may be lost with the power.
  virtual arrow::Status Put(const std::string& staged, const std::string& relative_path) = 0;
  /// OK where there is none.
  virtual arrow::Status Remove(const std::string& relative_path) = 0;

 protected:
  explicit Committer(std::string root) : root_(std::move(root)) {}
  /// Whether there is something to do for a change, given what stands there: false where the same record
  /// does. AlreadyExists where another writer was quicker; one that has only withdrawn a record may yet lose.
  static arrow::Result<bool> Differs(const Change& change, const Standing& standing);
  static arrow::Status AnotherWon(const CommitKey& key);

 private:
  std::string root_;
};

/// With the means of a file system: renames, barriers, locks. `root`: absolute and normal.
arrow::Result<std::unique_ptr<Committer>> OpenFolderCommitter(std::string root);
/// With those of S3: whole puts and conditional ones.
arrow::Result<std::unique_ptr<Committer>> OpenObjectCommitter(std::shared_ptr<ObjectStore> store);

}  // namespace ndr::storage
