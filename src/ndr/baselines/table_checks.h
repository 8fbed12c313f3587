// SPDX-License-Identifier: Apache-2.0
// What a set of FG-B tables must fulfil before it is published (specification 3, Tables and Readiness).
#pragma once

#include <arrow/record_batch.h>
#include <arrow/status.h>

#include <memory>
#include <vector>

#include "ndr/catalogue/catalogue.h"

namespace ndr::baselines {

/// Invalid, with the column, when `table` (kFgBSegment or kFgBGlobal) does not have the host table's columns:
/// the same names and types in the same order, but for the keys and hosts_cnt.
arrow::Status CheckParity(const catalogue::Catalogue& catalogue, const arrow::Schema& host,
                          catalogue::Dataset table, const arrow::Schema& schema);

/// Invalid, with the key, when two rows have one key. O(n log n).
arrow::Status CheckUniqueKeys(const catalogue::Catalogue& catalogue, catalogue::Dataset table,
                              const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches);

}  // namespace ndr::baselines
