// SPDX-License-Identifier: Apache-2.0
// The rows of a batch by the Hive partition they go to.
#pragma once

#include <arrow/result.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace arrow {
class RecordBatch;
class Schema;
}  // namespace arrow

namespace ndr::storage {

/// UsageError: a column that is not there, is named twice or has no partition's type, or no column is left.
arrow::Status CheckPartitions(const arrow::Schema& schema, const std::vector<std::string>& columns);
/// Without the partition columns.
std::shared_ptr<arrow::Schema> WithoutPartitions(const arrow::Schema& schema,
                                                 const std::vector<std::string>& columns);

/// Folder (`a=1/b=x`) and its rows in their order, without the partition columns; folders in order of their
/// first row.
using PartitionedRows = std::vector<std::pair<std::string, std::shared_ptr<arrow::RecordBatch>>>;
arrow::Result<PartitionedRows> PartitionRows(const std::shared_ptr<arrow::RecordBatch>& batch,
                                             const std::vector<std::string>& columns);

}  // namespace ndr::storage
