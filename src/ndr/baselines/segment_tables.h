// SPDX-License-Identifier: Apache-2.0
// FG-B of one segment: its rows of the host and segment tables and of ip_metadata, and its part of the global
// table (specification 3, Tables, Statistics, ip_metadata).
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ndr/base/counters.h"
#include "ndr/baselines/band_slices.h"
#include "ndr/baselines/machine_names.h"
#include "ndr/baselines/segment_rows.h"

namespace ndr::baselines {

/// The values of one group and metric with their segment weights, folded and sorted: stats::WeightedRun that
/// owns its columns.
struct GlobalRun {
  uint32_t group = 0;
  uint32_t metric = 0;  ///< counts the baselined ones
  int64_t support = 0;
  std::vector<double> values;
  std::vector<int64_t> cumulative;
};

/// What a segment adds to the global table.
struct GlobalPart {
  std::string segment_id;
  std::vector<int64_t> hosts_cnt;  ///< by group; 0: the segment has no row of it
  std::vector<GlobalRun> runs;     ///< without those of no value
};

/// Batches have the catalogue's schemas of kFgBHost, kFgBSegment and kIpMetadata and are sorted by key:
/// addresses as numbers, then roles, bands and windows in the order of the catalogue.
struct SegmentTables {
  std::shared_ptr<arrow::RecordBatch> host, segment, ip_metadata;
  GlobalPart global;
  /// Those of SegmentRows, `slices_capped_host`, `slices_capped_segment`, `hosts_unmapped` (not in the
  /// machine mapping), `rows_cold_start` and `rows_warm` of ip_metadata.
  base::Counters counters;
};

/// Depends on the set of rows alone, not on their order or on `threads` (0: one per core), which work on one
/// column of one group each. Memory: 65 bytes a host row and metric, 56 bytes a row of the largest group and
/// thread, and the global runs.
arrow::Result<SegmentTables> MakeSegmentTables(const SegmentRows& rows, const Range& range,
                                               const BandSlices& bands, const MachineNames& machines,
                                               int threads);

}  // namespace ndr::baselines
