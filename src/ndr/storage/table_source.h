// SPDX-License-Identifier: Apache-2.0
// One file of a table as record batches, in its own columns.
#pragma once

#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <vector>

#include "ndr/storage/table_files.h"

namespace ndr::storage {

/// What a file is opened for.
struct SourceRequest {
  std::shared_ptr<arrow::Schema> types;  ///< null: text formats infer theirs; Parquet has its own
  std::vector<std::string> columns;      ///< Parquet and CSV read these alone; none named: all
  std::vector<TableCondition> row_groups;
  bool passes_over_keys = false;  ///< JSON Lines: those that `types` has not; else they are an error
};

/// Errors do not name the file.
class TableSource {
 public:
  virtual ~TableSource() = default;
  /// All columns of the file, Parquet's read or not, but CSV's that are read; of JSON Lines with types, those
  /// too.
  virtual const arrow::Schema& schema() const = 0;
  /// The next batch, or null at the end.
  virtual arrow::Result<std::shared_ptr<arrow::RecordBatch>> Next() = 0;
};

/// By the file's format; OpenParquetSource is that of Parquet. Errors do not name the file.
arrow::Result<std::unique_ptr<TableSource>> OpenSource(const TableFile& file, const SourceRequest& request);
arrow::Result<std::unique_ptr<TableSource>> OpenParquetSource(const TableFile& file,
                                                              const SourceRequest& request);

/// A file that is Parquet by its first bytes, otherwise CSV, plain or packed, in which the columns `texts`
/// are texts whatever they look like. `columns`: as above. KeyError: there is no such file.
arrow::Result<std::unique_ptr<TableSource>> OpenParquetOrCsv(const std::string& path,
                                                             const std::vector<std::string>& texts,
                                                             std::vector<std::string> columns = {});

/// The type that a column leaves with: text for large texts, text views and dictionaries of texts.
std::shared_ptr<arrow::DataType> PlainType(const std::shared_ptr<arrow::DataType>& type);
/// How a type stands in files: addresses of 16 bytes are text there.
std::shared_ptr<arrow::DataType> TypeInFiles(const std::shared_ptr<arrow::DataType>& type);

}  // namespace ndr::storage
