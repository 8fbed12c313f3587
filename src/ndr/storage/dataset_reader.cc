// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/dataset_reader.h"

#include <filesystem>

namespace ndr::storage {

DatasetReader::DatasetReader(std::string root, const catalogue::Catalogue& catalogue,
                             catalogue::Dataset dataset, std::vector<FileEntry> files,
                             std::vector<std::string> columns)
    : root_(std::move(root)),
      schema_(catalogue.Schema(dataset)),
      older_names_(dataset == catalogue::Dataset::kDeltaHost),
      files_(files.begin(), files.end()),
      columns_(std::move(columns)) {}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> DatasetReader::Next() {
  for (;;) {
    if (open_ == nullptr) {
      if (files_.empty()) return nullptr;
      const std::string path = root_ + "/" + files_.front().path;
      files_.pop_front();
      std::error_code error;
      if (!std::filesystem::exists(path, error))
        return arrow::Status::KeyError(
            path, " is committed but not there: its batch was replaced meanwhile, or it was removed by hand");
      ARROW_ASSIGN_OR_RAISE(open_, ParquetReader::Open(path, schema_, columns_, older_names_));
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

arrow::Result<Batches> ReadCommitted(const std::string& root, const catalogue::Catalogue& catalogue,
                                     const CommitRecord& commit, catalogue::Dataset dataset,
                                     std::string_view horizon, const std::vector<std::string>& columns) {
  return ReadFiles(root, catalogue, dataset, commit.FilesOf(dataset, horizon), columns);
}

}  // namespace ndr::storage
