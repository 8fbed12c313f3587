// SPDX-License-Identifier: Apache-2.0
// Parity of the FG-B tables, before they are published (specification 3, Readiness).
#pragma once

#include <arrow/status.h>
#include <arrow/type.h>

#include "ndr/catalogue/catalogue.h"

namespace ndr::baselines {

/// Invalid, with the column, when `table` (kFgBSegment or kFgBGlobal) does not have the host table's columns:
/// the same names and types in the same order, but for the keys and hosts_cnt.
arrow::Status CheckParity(const catalogue::Catalogue& catalogue, const arrow::Schema& host,
                          catalogue::Dataset table, const arrow::Schema& schema);

}  // namespace ndr::baselines
