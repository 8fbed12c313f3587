// SPDX-License-Identifier: Apache-2.0
// The FG-A batch of one end out of the ledgers and the pairs.
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "ndr/base/counters.h"
#include "ndr/pairs/sliding_pairs.h"
#include "ndr/windows/host_ledger.h"

namespace ndr::windows {

/// What is the same for all rows of an end, by window.
struct EndInput {
  SliceNumber end = 0, first = 0;
  std::string_view mini_batch_id;
  std::vector<int32_t> slices_covered;
};

/// Sorted by host_ip as a number, role, window. Adds to `counters` what WindowBuilder::counters() promises of
/// rows.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> Assemble(
    const spec::Context& context, const Geometry& geometry, const EndInput& end,
    std::span<const std::unique_ptr<HostLedger>> ledgers, pairs::SlidingPairs* pairs,
    base::Counters* counters);

}  // namespace ndr::windows
