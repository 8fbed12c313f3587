// SPDX-License-Identifier: Apache-2.0
// Atomic publication on a local disk (specification 1, A run publishes atomically; specification 4, Storage).
//
//   ARROW_ASSIGN_OR_RAISE(auto writer, Writer::Open("out"));             // once per run
//   ARROW_ASSIGN_OR_RAISE(auto publication, writer->Begin({"fg_a", "v1", id}));
//   ARROW_RETURN_NOT_OK(publication->Add(place, batch));                 // any number, none is an empty
//   batch ARROW_ASSIGN_OR_RAISE(CommitRecord done, publication->Commit(record));
#pragma once

#include <arrow/result.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/storage/commit.h"
#include "ndr/storage/parquet_file.h"

namespace ndr::storage {

class Publication;

/// A publication whose files are staged, and the record that is to show them.
struct Pending {
  Publication* publication = nullptr;
  CommitRecord record;
};

/// A process's right to write below a root: its own staging folder, removed at the end. Several writers may
/// be open at a time (they must not publish the same key, which a lock above this layer sees to). Outlives
/// its publications.
class Writer {
 public:
  /// Makes the root where it is missing. Removes what dead writers left: their staging, and files that they
  /// had moved into place but not committed.
  static arrow::Result<std::unique_ptr<Writer>> Open(const std::string& root);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  const std::string& root() const { return root_; }
  /// Absolute path of this writer's own folder under _staging/: scratch space of the run too.
  const std::string& staging() const { return staging_; }

  arrow::Result<std::unique_ptr<Publication>> Begin(CommitKey key);
  /// Commits several publications of this writer together: each becomes visible by itself, in their order,
  /// but the disk is brought up to date three times for all of them. Sets key and files of each record.
  arrow::Status CommitAll(std::vector<Pending>* group);
  /// Takes back a commit: its record goes first, then its files. OK where there is none.
  arrow::Status Withdraw(const CommitKey& key);
  /// Writes a small file (run reports) whole or not at all; it may be lost with the power.
  arrow::Status WriteWhole(const std::string& relative_path, std::string_view bytes);
  /// The same for a file that stands in staging().
  arrow::Status MoveIntoPlace(const std::string& staged, const std::string& relative_path);

 private:
  friend class Publication;
  Writer() = default;

  std::string root_, staging_;
  int staging_lock_ = -1, owner_lock_ = -1;
  std::atomic<int> next_ = 0;  // names in staging
  std::mutex mutex_;           // one commit at a time
};

/// Files on their way to one commit. Without Commit nothing becomes visible. Add is thread-safe; the order of
/// calls does not act.
class Publication {
 public:
  ~Publication();

  /// Stages one file. Slice datasets: once per place, named by the key's id; FG-B: `part` is its number. A
  /// file without rows is staged too (FG-B readers find every table); leave it out for an empty slice.
  arrow::Status Add(const Place& place, const std::shared_ptr<arrow::RecordBatch>& batch, int part = 0);
  arrow::Status Add(const Place& place, const EncodedFile& file, int part = 0);

  /// Moves the files into place and writes the commit record last. Of `record` the key and files are set
  /// here. An earlier commit of the key is replaced: its record goes first, then its files. Killed anywhere
  /// and run again, the same bytes come out.
  arrow::Result<CommitRecord> Commit(CommitRecord record);

 private:
  friend class Writer;
  struct Staged;
  Publication(Writer* writer, CommitKey key, std::string folder);
  std::string IntentPath() const { return folder_ + ".intent"; }
  std::string RecordPath() const { return folder_ + "/record.json"; }
  // The parts of Writer::CommitAll. Prepare: false where the same is committed already.
  arrow::Result<bool> Prepare(CommitRecord* record);
  arrow::Status WriteIntent(const CommitRecord& record);
  arrow::Status MoveFiles();

  Writer* writer_;
  CommitKey key_;
  std::string folder_;
  std::mutex mutex_;
  std::vector<Staged> staged_;
  std::optional<CommitRecord> before_;
};

}  // namespace ndr::storage
