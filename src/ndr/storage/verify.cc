// SPDX-License-Identifier: Apache-2.0
#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>

#include <mutex>

#include "ndr/base/hash.h"
#include "ndr/base/parallel.h"
#include "ndr/storage/committed_files.h"

namespace ndr::storage {
namespace {

using arrow::Result;
using arrow::Status;

constexpr int64_t kPiece = int64_t{4} << 20;
constexpr int kLooks = 3;  // at a batch that is being replaced

// Empty where the file is what the record says.
Result<std::string> WhatDiffers(ObjectStore* store, const FileEntry& expected) {
  const auto opened = store->Open(expected.path);
  if (opened.status().IsKeyError()) return std::string("does not exist");
  ARROW_ASSIGN_OR_RAISE(const auto file, opened);
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, file->GetSize());
  if (bytes != expected.bytes)
    return "has " + std::to_string(bytes) + " bytes, not " + std::to_string(expected.bytes);
  base::Sha256 hash;
  for (int64_t read = 0; read < bytes;) {
    ARROW_ASSIGN_OR_RAISE(const auto piece, file->Read(kPiece));
    if (piece->size() == 0) return "ends after " + std::to_string(read) + " bytes";
    hash.Update({reinterpret_cast<const char*>(piece->data()), static_cast<size_t>(piece->size())});
    read += piece->size();
  }
  return hash.Hex() == expected.sha256 ? "" : "differs in its SHA-256";
}

// Adds up over threads.
class Tally {
 public:
  Tally(int64_t total, const FilesProgress& progress) : total_(total), progress_(progress) {}
  Status Add(int64_t bytes) {
    const std::lock_guard lock(mutex_);
    done_ += bytes;
    if (progress_ && !progress_(std::min(done_, total_), total_)) return Status::Cancelled("stopped");
    return Status::OK();
  }

 private:
  std::mutex mutex_;
  int64_t done_ = 0, total_;
  const FilesProgress& progress_;
};

Result<std::vector<Difference>> LookOnce(ObjectStore* store, const StoredRecord& stored, Tally* tally) {
  std::vector<Difference> differences;
  for (const FileEntry& file : stored.record.files) {
    ARROW_ASSIGN_OR_RAISE(std::string what, WhatDiffers(store, file));
    if (!what.empty()) differences.push_back({stored.name, file.path, std::move(what)});
    ARROW_RETURN_NOT_OK(tally->Add(file.bytes));
  }
  return differences;
}

// Of a batch: a difference counts when the record is still the same afterwards.
Result<std::vector<Difference>> LookAt(ObjectStore* store, StoredRecord* stored, Tally* tally) {
  for (int look = 1;; ++look) {
    ARROW_ASSIGN_OR_RAISE(auto differences, LookOnce(store, *stored, tally));
    if (differences.empty() || look == kLooks) return differences;
    ARROW_ASSIGN_OR_RAISE(const auto now, store->Read(stored->name));
    if (!now) return std::vector<Difference>();
    if (*now == stored->record.ToJson()) return differences;
    ARROW_ASSIGN_OR_RAISE(stored->record, RecordOf(*now, store->location() + "/" + stored->name));
  }
}

}  // namespace

Result<Verification> Verify(ObjectStore* store, int threads, const FilesProgress& progress) {
  ARROW_ASSIGN_OR_RAISE(auto records, ReadRecords(store, threads));
  Verification verification;
  for (const StoredRecord& stored : records) {
    verification.commits += stored.record.key.id.empty() ? 0 : 1;
    verification.files += static_cast<int64_t>(stored.record.files.size());
    verification.bytes += stored.record.bytes();
  }
  Tally tally(verification.bytes, progress);
  std::vector<std::vector<Difference>> found(records.size());
  ARROW_RETURN_NOT_OK(base::ForEachPartition(records.size(), threads, [&](size_t i) -> Status {
    ARROW_ASSIGN_OR_RAISE(found[i], LookAt(store, &records[i], &tally));
    return Status::OK();
  }));
  for (auto& differences : found)
    for (Difference& difference : differences) verification.differences.push_back(std::move(difference));
  return verification;
}

}  // namespace ndr::storage
