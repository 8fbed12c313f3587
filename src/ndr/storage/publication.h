// SPDX-License-Identifier: Apache-2.0
// Atomic publication below a root (specification 1, A run publishes atomically; specification 4, Storage).
//
//   ARROW_ASSIGN_OR_RAISE(auto writer, Writer::Open("out"));             // once per run
//   ARROW_ASSIGN_OR_RAISE(auto publication, writer->Begin({"fg_a", "v1", id}));
//   ARROW_RETURN_NOT_OK(publication->Add(place, batch));                 // none is an empty batch
//   ARROW_ASSIGN_OR_RAISE(CommitRecord done, publication->Commit(record));
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
#include "ndr/storage/committer.h"
#include "ndr/storage/parquet_file.h"

namespace ndr::storage {

class Publication;

/// A publication whose files are staged, and the record that is to show them.
struct Pending {
  Publication* publication = nullptr;
  CommitRecord record;
  /// Hash of the record that this run found under the key ("": none): if another stands there by now, another
  /// run was quicker, and wins. nullopt: whatever stands there is replaced.
  std::optional<std::string> expected = std::nullopt;
};

/// A process's right to write below a root: its own scratch folder, removed at the end. Several writers may
/// be open at a time. Outlives its publications.
class Writer {
 public:
  /// Makes a local root where it is missing, and takes back what dead writers there had moved into place but
  /// not committed. Of an S3 root nothing is asked yet.
  static arrow::Result<std::unique_ptr<Writer>> Open(const std::string& root);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Absolute, or `s3://...`; no slash at its end.
  const std::string& root() const { return committer_->root(); }
  /// Absolute path of this writer's own local folder: scratch space of the run too.
  const std::string& staging() const { return committer_->scratch(); }

  arrow::Result<std::unique_ptr<Publication>> Begin(CommitKey key);
  /// Commits several publications of this writer together: each becomes visible by itself, in their order,
  /// but a disk is brought up to date three times for all of them, and S3 gets several files at a time. Sets
  /// key and files of each record. AlreadyExists: another writer won.
  arrow::Status CommitAll(std::vector<Pending>* group);
  /// Takes back a commit: its record goes first, then its files. OK where there is none.
  arrow::Status Withdraw(const CommitKey& key);
  /// Writes a small file (run reports) whole or not at all; it may be lost with the power.
  arrow::Status WriteWhole(const std::string& relative_path, std::string_view bytes);
  /// OK where there is none.
  arrow::Status Remove(const std::string& relative_path);

 private:
  explicit Writer(std::unique_ptr<Committer> committer) : committer_(std::move(committer)) {}

  std::unique_ptr<Committer> committer_;
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

  /// CommitAll of this one alone. An earlier commit of the key is replaced: its record goes first, then its
  /// files. Killed anywhere and run again, the same bytes come out.
  arrow::Result<CommitRecord> Commit(CommitRecord record);

 private:
  friend class Writer;
  Publication(Writer* writer, CommitKey key, std::string folder);

  Writer* writer_;
  CommitKey key_;
  std::string folder_;
  std::mutex mutex_;
  std::vector<StagedFile> staged_;
};

}  // namespace ndr::storage
