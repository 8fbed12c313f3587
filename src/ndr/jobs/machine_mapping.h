// SPDX-License-Identifier: Apache-2.0
// The dimension of machines: ip_address to machine_name, from Parquet or CSV (specification 3, ip_metadata).
#pragma once

#include <arrow/result.h>

#include <optional>

#include "ndr/baselines/machine_names.h"
#include "ndr/spec/project.h"
#include "ndr/storage/commit.h"

namespace ndr::jobs {

struct MachineMapping {
  baselines::MachineNames names;
  std::optional<storage::InputEntry> input;  ///< the file's identity; none where no path is configured
  int64_t malformed = 0;                     ///< rows whose ip_address is none
};

/// A contract violation where the file is required and absent, or lacks a column.
arrow::Result<MachineMapping> ReadMachineMapping(const spec::Project& project);

}  // namespace ndr::jobs
