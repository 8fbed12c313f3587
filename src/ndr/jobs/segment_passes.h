// SPDX-License-Identifier: Apache-2.0
// How many passes over FG-A the baselines take, so that a pass fits into memory.
#pragma once

#include <arrow/result.h>

#include <string>
#include <vector>

#include "ndr/jobs/fg_a_source.h"

namespace ndr::jobs {

/// Segments with first <= id < last, as texts compare; empty bounds are open.
struct SegmentPass {
  std::string first, last;
  bool Contains(std::string_view id) const { return id >= first && (last.empty() || id < last); }
};

/// One pass where all rows fit into `memory_bytes` as `columns` columns; else a light pass counts the rows of
/// each segment, and neighbours in order of their ids share a pass. A segment is never divided.
arrow::Result<std::vector<SegmentPass>> PlanPasses(FgASource* source, base::Micros start, base::Micros end,
                                                   size_t columns, int64_t memory_bytes);

}  // namespace ndr::jobs
