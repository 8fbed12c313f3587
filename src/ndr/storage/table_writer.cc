// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/table_writer.h"

#include <arrow/record_batch.h>
#include <arrow/table.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "ndr/base/exit_code.h"
#include "ndr/storage/hive_path.h"
#include "ndr/storage/object_store.h"
#include "ndr/storage/parquet_file.h"
#include "ndr/storage/partition_rows.h"

namespace ndr::storage {
namespace {

namespace fs = std::filesystem;
using arrow::Status;

// Files are closed at multiples of so many rows of the stream only, so that its batches do not matter.
constexpr int64_t kStreamStep = 1 << 16, kOpenRows = 1 << 20;
constexpr size_t kOpenFiles = 1000;

// The root with commit records that `base` lies in, or "".
arrow::Result<std::string> CommittedRoot(const std::string& base) {
  if (!IsRemote(base)) {
    std::error_code error;
    for (fs::path at = fs::weakly_canonical(fs::absolute(base), error); !error; at = at.parent_path()) {
      if (fs::exists(at / "_commits", error)) return at.string();
      if (at == at.parent_path()) return "";
    }
    return Status::IOError("cannot look for commit records at or above ", base, ": ", error.message());
  }
  const size_t bucket_end = base.find('/', base.find("//") + 2);
  for (std::string at = base;; at.resize(at.rfind('/'))) {
    ARROW_ASSIGN_OR_RAISE(const auto store, OpenStore(at));
    ARROW_ASSIGN_OR_RAISE(const auto names, store->Names("_commits"));
    if (!names.empty()) return at;
    if (at.rfind('/') < bucket_end || bucket_end == std::string::npos) return "";
  }
}

class TableWriter {
 public:
  TableWriter(std::shared_ptr<ObjectStore> store, const arrow::Schema& schema,
              const std::vector<std::string>& columns, WriteMode mode)
      : store_(std::move(store)),
        columns_(columns),
        schema_(WithoutPartitions(schema, columns)),
        mode_(mode) {}

  Status Begin() const;
  Status Append(std::shared_ptr<arrow::RecordBatch> batch);
  Status Finish();

 private:
  struct OpenFile {
    std::unique_ptr<ParquetEncoder> encoder;
    int64_t rows = 0;
  };

  Status AppendStep(const std::shared_ptr<arrow::RecordBatch>& batch);
  arrow::Result<OpenFile*> FileOf(const std::string& folder);
  Status CloseLargest();
  Status Put(const std::string& folder, ParquetEncoder* encoder);
  Status RemoveReplaced(const std::string& folder) const;

  std::shared_ptr<ObjectStore> store_;
  const std::vector<std::string>& columns_;
  std::shared_ptr<arrow::Schema> schema_;
  WriteMode mode_;
  std::map<std::string, OpenFile> open_;  // by folder
  int64_t rows_ = 0, open_rows_ = 0;
  std::set<std::string> folders_, written_;
};

Status TableWriter::Begin() const {
  const std::string& place = store_->location();
  if (mode_ == WriteMode::kOverwritePartition && !columns_.empty()) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const std::string root, CommittedRoot(place));
  if (!root.empty())
    return base::UsageError("cannot write to " + place + ": " + root +
                            " has commit records, which say what is in it; only partitions are overwritten "
                            "there: name partition columns, or a folder outside of it");
  if (mode_ != WriteMode::kErrorIfExists) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto names, store_->Names(""));
  const bool holds = std::any_of(names.begin(), names.end(), [](const auto& n) { return !IsHiddenPath(n); });
  if (holds)
    return base::UsageError(place +
                            " is not empty; name another folder, or say whether to append or overwrite");
  return Status::OK();
}

Status TableWriter::Append(std::shared_ptr<arrow::RecordBatch> batch) {
  while (batch->num_rows() > 0) {
    const int64_t taken = std::min(kStreamStep - rows_ % kStreamStep, batch->num_rows());
    ARROW_RETURN_NOT_OK(AppendStep(batch->Slice(0, taken)));
    batch = batch->Slice(taken);
    rows_ += taken;
    if (rows_ % kStreamStep != 0) continue;
    while (open_rows_ > kOpenRows || open_.size() > kOpenFiles) ARROW_RETURN_NOT_OK(CloseLargest());
  }
  return Status::OK();
}

Status TableWriter::AppendStep(const std::shared_ptr<arrow::RecordBatch>& batch) {
  ARROW_ASSIGN_OR_RAISE(const PartitionedRows parts, PartitionRows(batch, columns_));
  for (const auto& [folder, rows] : parts) {
    ARROW_ASSIGN_OR_RAISE(OpenFile* const file, FileOf(folder));
    const Status status = file->encoder->Append(rows);
    if (!status.ok())
      return status.WithMessage("cannot write ", store_->location(), "/", folder, ": ", status.message());
    file->rows += rows->num_rows();
    open_rows_ += rows->num_rows();
  }
  return Status::OK();
}

arrow::Result<TableWriter::OpenFile*> TableWriter::FileOf(const std::string& folder) {
  OpenFile& file = open_[folder];
  if (file.encoder != nullptr) return &file;
  auto encoder = ParquetEncoder::Make(schema_, kRowGroupRows, /*all_statistics=*/true);
  if (!encoder.ok())
    return encoder.status().WithMessage("cannot write ", store_->location(), ": ",
                                        encoder.status().message());
  file.encoder = *std::move(encoder);
  return &file;
}

Status TableWriter::CloseLargest() {
  const auto largest = std::max_element(
      open_.begin(), open_.end(), [](const auto& a, const auto& b) { return a.second.rows < b.second.rows; });
  ARROW_RETURN_NOT_OK(Put(largest->first, largest->second.encoder.get()));
  open_rows_ -= largest->second.rows;
  open_.erase(largest);
  return Status::OK();
}

Status TableWriter::Put(const std::string& folder, ParquetEncoder* encoder) {
  const auto finished = encoder->Finish();
  if (!finished.ok())
    return finished.status().WithMessage("cannot write ", store_->location(), "/", folder, ": ",
                                         finished.status().message());
  const EncodedFile& file = *finished;
  const std::string name =
      (folder.empty() ? "" : folder + "/") + "part-" + file.sha256.substr(0, 8) + ".parquet";
  folders_.insert(folder);
  written_.insert(name);
  if (mode_ != WriteMode::kAppend) return store_->Put(name, file.view());
  // Eight digits may be those of another file, which must stay.
  ARROW_ASSIGN_OR_RAISE(const auto outcome, store_->PutIf(name, file.view(), std::nullopt, file.sha256));
  if (outcome != PutOutcome::kLost) return Status::OK();
  return base::ContractViolation(
      store_->location() + "/" + name + " is there already with other content, and " +
      "appending replaces nothing; append these rows in another order, or move that file");
}

Status TableWriter::RemoveReplaced(const std::string& folder) const {
  ARROW_ASSIGN_OR_RAISE(const auto objects, store_->List(folder));
  for (const ObjectInfo& object : objects)
    if (object.name.ends_with(".parquet") && !IsHiddenPath(object.name) && !written_.contains(object.name))
      ARROW_RETURN_NOT_OK(store_->Remove(object.name));
  return Status::OK();
}

Status TableWriter::Finish() {
  if (rows_ == 0 && columns_.empty()) ARROW_RETURN_NOT_OK(FileOf("").status());
  while (!open_.empty()) {
    const auto first = open_.begin();
    ARROW_RETURN_NOT_OK(Put(first->first, first->second.encoder.get()));
    open_.erase(first);
  }
  if (mode_ == WriteMode::kOverwriteAll) return RemoveReplaced("");
  if (mode_ != WriteMode::kOverwritePartition) return Status::OK();
  for (const std::string& folder : folders_) ARROW_RETURN_NOT_OK(RemoveReplaced(folder));
  return Status::OK();
}

}  // namespace

arrow::Status WriteParquet(const arrow::Table& table, const std::string& base,
                           const std::vector<std::string>& partition_columns, WriteMode mode) {
  arrow::TableBatchReader rows(table);
  return WriteParquetPartitioned(&rows, base, partition_columns, mode);
}

arrow::Status WriteParquetPartitioned(arrow::RecordBatchReader* rows, const std::string& base,
                                      const std::vector<std::string>& partition_columns, WriteMode mode) {
  const Status columns = CheckPartitions(*rows->schema(), partition_columns);
  if (!columns.ok()) return columns.WithMessage("cannot write ", base, ": ", columns.message());
  ARROW_ASSIGN_OR_RAISE(auto store, OpenStore(base));
  TableWriter writer(std::move(store), *rows->schema(), partition_columns, mode);
  ARROW_RETURN_NOT_OK(writer.Begin());
  std::shared_ptr<arrow::RecordBatch> batch;
  while (true) {
    const Status read = rows->ReadNext(&batch);
    if (!read.ok()) return read.WithMessage("cannot write ", base, ": ", read.message());
    if (batch == nullptr) return writer.Finish();
    ARROW_RETURN_NOT_OK(writer.Append(std::move(batch)));
  }
}

}  // namespace ndr::storage
