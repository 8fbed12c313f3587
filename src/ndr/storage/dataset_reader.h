// SPDX-License-Identifier: Apache-2.0
// Committed rows of a dataset as record batches of the catalogue's schema.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/storage/commit.h"
#include "ndr/storage/parquet_file.h"

namespace ndr::storage {

class ObjectStore;

/// Reads files of one dataset one after the other, in bounded memory. Only files that commit records list are
/// read, and only as they were committed: a small one is compared with its checksum, a larger one with its
/// size and the checksums of its pages; IOError names the file. Host partials may have older names
/// (specification 2).
class DatasetReader {
 public:
  /// `columns`: names, none for all. An absent file is KeyError and named (a replaced batch: read the commit
  /// record again).
  DatasetReader(std::string root, const catalogue::Catalogue& catalogue, catalogue::Dataset dataset,
                std::vector<FileEntry> files, std::vector<std::string> columns = {});

  /// The next batch (never empty), or null at the end.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Next();

 private:
  arrow::Status Open(const FileEntry& entry, const std::string& path);
  arrow::Status OpenNext();

  std::string root_;
  std::shared_ptr<ObjectStore> store_;
  std::shared_ptr<arrow::Schema> schema_;
  bool older_names_;
  std::deque<FileEntry> files_;
  std::vector<std::string> columns_;
  std::unique_ptr<ParquetReader> open_;
};

/// The commit of which a file was gone, as it was read.
struct GoneCommit {
  CommitKey key;
  base::Micros at = 0;
  std::string hash;
};
/// What a KeyError of the functions below is about; nullopt of any other status.
std::optional<GoneCommit> GoneCommitOf(const arrow::Status& status);

/// All rows of a dataset (and horizon) of one commit.
arrow::Result<Batches> ReadCommitted(const std::string& root, const catalogue::Catalogue& catalogue,
                                     const CommitRecord& commit, catalogue::Dataset dataset,
                                     std::string_view horizon = {},
                                     const std::vector<std::string>& columns = {});

/// The same of one slice (CommitRecord::FilesAt).
arrow::Result<Batches> ReadCommittedAt(const std::string& root, const catalogue::Catalogue& catalogue,
                                       const CommitRecord& commit, catalogue::Dataset dataset,
                                       base::Micros slice, const std::vector<std::string>& columns = {});

/// All rows of these files of a dataset.
arrow::Result<Batches> ReadFiles(const std::string& root, const catalogue::Catalogue& catalogue,
                                 catalogue::Dataset dataset, std::vector<FileEntry> files,
                                 const std::vector<std::string>& columns = {});

}  // namespace ndr::storage
