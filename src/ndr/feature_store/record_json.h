// SPDX-License-Identifier: Apache-2.0
// Records of the embedded store, and what was done with them, as text.
#pragma once

#include <string>
#include <vector>

#include "ndr/feature_store/embedded_store.h"

namespace ndr::feature_store {

/// One line: group, entity_id, record_id, window_end_ts, and the features that are not absent.
std::string ToJson(const OnlineRecord& record);
/// A block a record: its group, id and time, then one line a feature that is not absent.
std::string ToTable(const OnlineRecord& record);
/// The counts of an ingestion, one a line.
std::string ToText(const IngestReport& report);
/// One line a group.
std::string ToText(const std::vector<GroupStatus>& groups);

}  // namespace ndr::feature_store
