// SPDX-License-Identifier: Apache-2.0
// The wide export: one row per host and end, for models that want one vector per host (specification 2, Wide
// export).
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <memory>

#include "ndr/spec/project.h"

namespace ndr::windows {

/// From the FG-A rows of one end, in their order, to Dataset::kFgAWide: `<metric>_<window>` for outbound,
/// `in_<metric>_<window>` for inbound; null where the role or the window has no row. Sorted by host_ip as a
/// number.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> Wide(const spec::Context& context,
                                                        const arrow::RecordBatch& fg_a);

}  // namespace ndr::windows
