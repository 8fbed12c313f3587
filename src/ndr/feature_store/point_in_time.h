// SPDX-License-Identifier: Apache-2.0
// The point-in-time join: the features of a spine's rows as they were known at their times, never later
// (specification 4, Feature store).
#pragma once

#include <arrow/result.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ndr/base/time.h"
#include "ndr/feature_store/group.h"
#include "ndr/spec/project.h"

namespace ndr::feature_store {

struct JoinOptions {
  std::string spine;                  ///< Parquet or CSV, see SpineReader
  std::string out;                    ///< `.parquet` or `.csv`
  std::string entity_tail;            ///< behind the host of a spine that has no entity_id: `|outbound|w_1h`
  std::optional<base::Micros> as_of;  ///< none: each row's own time
  std::vector<std::string> features;  ///< none: all
  int64_t pass_rows = 1 << 20;        ///< spine rows for which the keys of the store are read once
};

struct JoinReport {
  int64_t rows = 0, found = 0;
};

/// Writes the spine's rows in their order with its columns, then entity_id, window_end_ts, record_id,
/// write_time and the features: those of the newest record that was known, null where there was none. A
/// column of the spine stands in the place of a feature of the same name. `groups`: the parts of one dataset.
arrow::Result<JoinReport> JoinPointInTime(const spec::FeatureGroups& settings,
                                          const std::vector<Group>& groups, const JoinOptions& options);

}  // namespace ndr::feature_store
