// SPDX-License-Identifier: Apache-2.0
// The files of a table, chosen by their paths alone.
#pragma once

#include <string>
#include <vector>

#include "ndr/storage/hive_path.h"
#include "ndr/storage/table_reader.h"

namespace ndr::storage {

struct TableFile {
  std::string path;
  int64_t bytes = -1;  ///< as stored; -1: not known
  HiveParts partitions;
  TableFormat format = TableFormat::kByName;  ///< as found

  /// nullptr where the path has no such partition.
  const std::optional<std::string>* Partition(std::string_view column) const;
};

/// What `inputs` name and the partitions' conditions leave, sorted by path; errors as of TableReader::Open.
arrow::Result<std::vector<TableFile>> FilesOfTable(const std::vector<std::string>& inputs,
                                                   const TableOptions& options);

}  // namespace ndr::storage
