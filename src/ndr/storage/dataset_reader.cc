// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/dataset_reader.h"

#include <arrow/io/memory.h>

#include "ndr/base/hash.h"
#include "ndr/storage/object_cache.h"
#include "ndr/storage/object_store.h"

namespace ndr::storage {

DatasetReader::DatasetReader(std::string root, const catalogue::Catalogue& catalogue,
                             catalogue::Dataset dataset, std::vector<FileEntry> files,
                             std::vector<std::string> columns)
    : root_(std::move(root)),
      schema_(catalogue.Schema(dataset)),
      older_names_(dataset == catalogue::Dataset::kDeltaHost),
      files_(files.begin(), files.end()),
      columns_(std::move(columns)) {}

namespace {

// Up to this size a file is read as a whole, at once: on S3 with one request.
constexpr int64_t kSmallBytes = int64_t{8} << 20;

arrow::Status Damaged(const std::string& path, const std::string& what) {
  return arrow::Status::IOError(path, " is not what was committed: ", what,
                                "; run its batch again with --replace, or bring the file back");
}

arrow::Status CheckSize(arrow::io::RandomAccessFile* file, const FileEntry& entry, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, file->GetSize());
  if (bytes == entry.bytes) return arrow::Status::OK();
  return Damaged(path, std::to_string(bytes) + " bytes, not " + std::to_string(entry.bytes));
}

std::string_view TextOf(const arrow::Buffer& buffer) {
  return {reinterpret_cast<const char*>(buffer.data()), static_cast<size_t>(buffer.size())};
}

arrow::Result<std::shared_ptr<arrow::Buffer>> ReadChecked(ObjectStore* store, const FileEntry& entry,
                                                          const std::string& path) {
  const bool remote = IsRemote(store->location());
  if (remote) {
    auto kept = ObjectCache::OfProcess().Get(entry.sha256);
    if (kept != nullptr && base::Sha256Hex(TextOf(*kept)) == entry.sha256) return kept;
  }
  ARROW_ASSIGN_OR_RAISE(const auto file, store->Open(entry.path, entry.bytes));
  ARROW_RETURN_NOT_OK(CheckSize(file.get(), entry, path));
  ARROW_ASSIGN_OR_RAISE(auto buffer, file->ReadAt(0, entry.bytes));
  if (base::Sha256Hex(TextOf(*buffer)) != entry.sha256) return Damaged(path, "its checksum differs");
  if (remote) ObjectCache::OfProcess().Put(entry.sha256, TextOf(*buffer));
  return buffer;
}

}  // namespace

arrow::Status DatasetReader::Open(const FileEntry& entry, const std::string& path) {
  std::shared_ptr<arrow::io::RandomAccessFile> file;
  if (entry.bytes <= kSmallBytes) {
    ARROW_ASSIGN_OR_RAISE(auto buffer, ReadChecked(store_.get(), entry, path));
    file = std::make_shared<arrow::io::BufferReader>(std::move(buffer));
  } else {
    ARROW_ASSIGN_OR_RAISE(file, store_->Open(entry.path, entry.bytes));
    ARROW_RETURN_NOT_OK(CheckSize(file.get(), entry, path));
  }
  return ParquetReader::Open(std::move(file), path, schema_, columns_, older_names_).Value(&open_);
}

arrow::Status DatasetReader::OpenNext() {
  if (store_ == nullptr) {
    ARROW_ASSIGN_OR_RAISE(store_, OpenStore(root_));
  }
  const FileEntry entry = std::move(files_.front());
  files_.pop_front();
  const std::string path = root_ + "/" + entry.path;
  const arrow::Status status = Open(entry, path);
  return status.IsKeyError() ? arrow::Status::KeyError(path,
                                                       " is committed but not there: its batch was replaced "
                                                       "meanwhile (run again), or it was removed by "
                                                       "hand (run its batch again with --replace)")
                             : status;
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> DatasetReader::Next() {
  for (;;) {
    if (open_ == nullptr) {
      if (files_.empty()) return nullptr;
      ARROW_RETURN_NOT_OK(OpenNext());
    }
    ARROW_ASSIGN_OR_RAISE(auto batch, open_->Next());
    if (batch == nullptr) {
      open_.reset();
    } else if (batch->num_rows() > 0) {
      return batch;
    }
  }
}

arrow::Result<Batches> ReadFiles(const std::string& root, const catalogue::Catalogue& catalogue,
                                 catalogue::Dataset dataset, std::vector<FileEntry> files,
                                 const std::vector<std::string>& columns) {
  DatasetReader reader(root, catalogue, dataset, std::move(files), columns);
  Batches batches;
  for (;;) {
    ARROW_ASSIGN_OR_RAISE(auto batch, reader.Next());
    if (batch == nullptr) return batches;
    batches.push_back(std::move(batch));
  }
}

namespace {

class GoneDetail : public arrow::StatusDetail {
 public:
  explicit GoneDetail(GoneCommit commit) : commit_(std::move(commit)) {}
  const char* type_id() const override { return "ndr::storage::GoneDetail"; }
  std::string ToString() const override { return "of " + CommitPath(commit_.key); }
  const GoneCommit& commit() const { return commit_; }

 private:
  GoneCommit commit_;
};

arrow::Result<Batches> Of(const CommitRecord& commit, arrow::Result<Batches> read) {
  if (!read.status().IsKeyError()) return read;
  return read.status().WithDetail(
      std::make_shared<GoneDetail>(GoneCommit{commit.key, commit.at, commit.Hash()}));
}

}  // namespace

std::optional<GoneCommit> GoneCommitOf(const arrow::Status& status) {
  const auto* detail = dynamic_cast<const GoneDetail*>(status.detail().get());
  return detail == nullptr ? std::nullopt : std::optional(detail->commit());
}

arrow::Result<Batches> ReadCommitted(const std::string& root, const catalogue::Catalogue& catalogue,
                                     const CommitRecord& commit, catalogue::Dataset dataset,
                                     std::string_view horizon, const std::vector<std::string>& columns) {
  return Of(commit, ReadFiles(root, catalogue, dataset, commit.FilesOf(dataset, horizon), columns));
}

arrow::Result<Batches> ReadCommittedAt(const std::string& root, const catalogue::Catalogue& catalogue,
                                       const CommitRecord& commit, catalogue::Dataset dataset,
                                       base::Micros slice, const std::vector<std::string>& columns) {
  return Of(commit, ReadFiles(root, catalogue, dataset, commit.FilesAt(dataset, slice), columns));
}

}  // namespace ndr::storage
