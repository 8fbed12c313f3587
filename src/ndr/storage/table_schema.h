// SPDX-License-Identifier: Apache-2.0
// The columns of a table of many files, and whether a file agrees with them.
#pragma once

#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ndr/storage/table_files.h"

namespace ndr::storage {

class TableSchema {
 public:
  /// Given, or (null) to be merged from files.
  TableSchema(const std::shared_ptr<arrow::Schema>& given, bool union_schemas);

  /// Adds a file's columns to a schema that is not given; ContractViolation where a type is another one.
  arrow::Status Merge(const TableFile& file, const arrow::Schema& columns);
  /// Adds partitions of paths that are no columns yet, as text. After all Merge; columns of nulls become
  /// text.
  void Close(const std::vector<TableFile>& files);

  /// ContractViolation: a column or partition that is not known or not there (but see union_schemas), or of
  /// another type.
  arrow::Status Check(const TableFile& file, const arrow::Schema& columns) const;
  /// Why a text file was not read with these types, by the types it would have by itself; OK if that tells
  /// nothing.
  arrow::Status Explain(const TableFile& file, const arrow::Schema& inferred) const;

  std::shared_ptr<arrow::Schema> schema() const;
  /// Columns that are not known are no error.
  bool passes_over() const { return given_ && union_; }

 private:
  arrow::Status Unknown(const TableFile& file, const std::string& what) const;
  arrow::Status Conflict(const TableFile& file, const std::string& column, const arrow::DataType& type,
                         const arrow::DataType& agreed) const;
  const std::shared_ptr<arrow::Field>* Find(const std::string& column) const;

  bool given_, union_;
  std::vector<std::shared_ptr<arrow::Field>> fields_;
  std::map<std::string, std::string> origins_;  // column to the file it was first seen in
};

/// An array under another type that fits it.
arrow::Result<std::shared_ptr<arrow::Array>> ToTableColumn(const std::shared_ptr<arrow::Array>& array,
                                                           const std::shared_ptr<arrow::DataType>& type);

}  // namespace ndr::storage
