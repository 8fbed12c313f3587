// SPDX-License-Identifier: Apache-2.0
// Tables as Parquet files in anybody's folder, without commit records (specification 4, Storage):
//
//   ARROW_RETURN_NOT_OK(WriteParquet(*table, "s3://lake/hosts", {"dt", "segment"}));
#pragma once

#include <arrow/status.h>

#include <cstdint>
#include <string>
#include <vector>

namespace arrow {
class RecordBatchReader;
class Table;
}  // namespace arrow

namespace ndr::storage {

enum class WriteMode : uint8_t {
  kOverwritePartition,  ///< the partitions that rows go to hold these rows alone; others stay
  kOverwriteAll,        ///< the folder holds these rows alone
  kAppend,        ///< all files stay; the same rows once more are the same file, so a retry adds nothing
  kErrorIfExists  ///< UsageError where the folder holds anything
};

/// The rows of `table` in `<base>/<column>=<value>/.../part-<8 hex of the content's SHA-256>.parquet`, in
/// their order, whatever its chunks. `base`: a folder or `s3://bucket/prefix`. Partition columns leave the
/// files; they are texts, integers, booleans, dates or addresses (16 bytes; text in paths as in files), and
/// null or empty text is Hive's default partition. No rows: one file of none, or no file where there are
/// partitions.
///
/// New files are put first, then those that they replace are removed: Parquet files only, and none that
/// readers pass over (IsHiddenPath). Until then a reader sees both; a write that fails leaves the old ones,
/// and another overwrite clears away what it put. UsageError: a partition column that is not there, twice, of
/// another type, or all columns; below a root with commit records all but the overwriting of partitions.
/// ContractViolation: kAppend meets another file of its name. Errors name the place.
arrow::Status WriteParquet(const arrow::Table& table, const std::string& base,
                           const std::vector<std::string>& partition_columns = {},
                           WriteMode mode = WriteMode::kOverwritePartition);

/// Likewise the rows of a stream. It holds about a million rows, after which the largest open partition goes
/// to a file of its own; where it does depends on the rows alone.
arrow::Status WriteParquetPartitioned(arrow::RecordBatchReader* rows, const std::string& base,
                                      const std::vector<std::string>& partition_columns,
                                      WriteMode mode = WriteMode::kOverwritePartition);

}  // namespace ndr::storage
