// SPDX-License-Identifier: Apache-2.0
// Which slices weigh less because they are anomalies themselves (specification 3, Anomaly capping).
#pragma once

#include <arrow/result.h>

#include <cstdint>
#include <vector>

#include "ndr/baselines/band_slices.h"
#include "ndr/baselines/column_runs.h"

namespace ndr::baselines {

/// For every group and row its bits kHostCapped and kSegmentCapped: |z| > capping.z_max in any key metric,
/// against the equally weighted slices of the segment or of the host itself; metric by metric the segment's
/// where the host has fewer non-null slices than the least support of that metric. capping.level segment:
/// both bits are the segment's.
arrow::Result<std::vector<std::vector<uint8_t>>> CappedSlices(const SegmentRows& rows,
                                                              const BandSlices& bands, int threads,
                                                              ColumnRunsPool* pool);

}  // namespace ndr::baselines
