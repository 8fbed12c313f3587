// SPDX-License-Identifier: Apache-2.0
// The records that data-quality rules refused (specification 4, ndr show).
#pragma once

#include <arrow/status.h>

#include <string>
#include <vector>

#include "ndr/views/show.h"

namespace ndr::views {

/// Names of the members of a row, in order; `wanted`: some only, empty: all.
std::vector<std::string> QuarantineShown(const std::vector<std::string>& wanted);

/// Calls `row` with each refused record of a version: file, byte_offset, rule, reason, first_bytes (as text;
/// bytes that are no UTF-8 are replaced); `columns`, where any are named. A version without any calls
/// nothing. A usage error names an unknown column.
arrow::Status ShowQuarantine(const std::string& root, const std::string& version,
                             const std::vector<std::string>& columns, const RowCallback& row);

}  // namespace ndr::views
