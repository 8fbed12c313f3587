// SPDX-License-Identifier: Apache-2.0
// Tables of anybody's: Parquet, CSV and JSON Lines as record batches (specification 4, Storage).
//
//   TableOptions options{.columns = {"host", "dt"}, .partitions = {{"dt", TableComparison::kFrom,
//   "2024-04-20"}}}; ARROW_ASSIGN_OR_RAISE(const auto reader, TableReader::Open({"s3://lake/hosts/"},
//   options)); while (true) {
//     ARROW_ASSIGN_OR_RAISE(const auto batch, reader->Next());
//     if (batch == nullptr) break;
//   }
#pragma once

#include <arrow/result.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace arrow {
class RecordBatch;
class Schema;
}  // namespace arrow

namespace ndr::storage {

enum class TableFormat : uint8_t {
  kByName,  ///< .parquet, .csv, .json, .jsonl, .ndjson; the latter four may end in .gz, .zst or .zstd
  kParquet,
  kCsv,  ///< with a header; text formats may be gzip or zstd, whatever their name
  kJsonLines
};

enum class TableComparison : uint8_t { kEqual, kBelow, kUpTo, kAbove, kFrom };  ///< = < <= > >=

/// `column op value`. A null meets none.
struct TableCondition {
  std::string column;
  TableComparison op = TableComparison::kEqual;
  std::string value;  ///< as text: `12`, `2024-04-20`, `2024-04-20T12:00:00Z`
};

struct TableOptions {
  /// Columns and types as agreed (a catalogue's, say; addresses of 16 bytes are text in files). Null:
  /// inferred from the first file, text formats from their first 4 MiB.
  std::shared_ptr<arrow::Schema> schema = {};
  /// The columns that leave, in this order; none named: all.
  std::vector<std::string> columns = {};
  /// All must hold. Of Hive partitions in paths: files that do not meet them are not asked for. Two numbers
  /// are compared as such, all else as text.
  std::vector<TableCondition> partitions = {};
  /// All must hold. Row groups of Parquet files whose statistics exclude them are not read; rows are not
  /// looked at, so that the rest, and all of text formats, comes with rows that do not meet them.
  std::vector<TableCondition> row_groups = {};
  /// Files need not have all columns: nulls stand for the others. The schema is that of all files, which are
  /// opened once more for it; where one is given, columns that it has not are passed over.
  bool union_schemas = false;
  TableFormat format = TableFormat::kByName;
};

/// Holds one file at a time, of Parquet one row group, of text formats a few MiB. One thread at a time.
///
/// Hive partitions of whole paths (`dt=2024-04-20`) are columns too, of text unless the schema says
/// otherwise, behind those of the files; a file's own column of that name is passed over. A key that a JSON
/// Lines file lacks is null. Files below a folder that readers pass over (IsHiddenPath) are none. Large texts
/// and dictionaries leave as texts.
class TableReader {
 public:
  /// `inputs`: files, folders and globs, local or on S3 (ExpandInputs); read in order of their paths.
  /// UsageError: a column or partition that is not there, a value that is none of the column's type, a file
  /// of no known format. Where no file is left, nothing is inferred and the schema is the given one, or
  /// empty.
  static arrow::Result<std::unique_ptr<TableReader>> Open(const std::vector<std::string>& inputs,
                                                          TableOptions options = {});
  ~TableReader();
  /// Of the batches.
  const std::shared_ptr<arrow::Schema>& schema() const;
  /// The next batch, or null at the end. ContractViolation names the file, the column and both types where a
  /// file does not agree with the schema; other errors name the file. After an error the reader is spent.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Next();

 private:
  TableReader();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ndr::storage
