// SPDX-License-Identifier: Apache-2.0
// Slice tables to the record batches of delta/host and delta/pair.
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <memory>
#include <string>
#include <vector>

#include "ndr/delta/slice_tables.h"

namespace ndr::delta {

using Slices = std::vector<const SliceTables*>;  ///< earliest first

/// Sorted by (slice, host_ip, role). Adds the cells at their maximum to `*saturated`.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> HostBatch(const spec::Context& context,
                                                             const Slices& slices,
                                                             const std::string& mini_batch_id,
                                                             int64_t* saturated);
/// Sorted by (slice, src_ip, dst_ip, dst_port), null first.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> PairBatch(const spec::Context& context,
                                                             const Slices& slices,
                                                             const std::string& mini_batch_id,
                                                             int64_t* saturated);

}  // namespace ndr::delta
