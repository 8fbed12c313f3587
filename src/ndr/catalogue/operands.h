// SPDX-License-Identifier: Apache-2.0
// What a measure may name besides metrics: filters, columns, keys, weights, statistics. Any other word does
// not compile (metrics.cc).
#pragma once

#include <string_view>

#include "ndr/catalogue/words.h"

namespace ndr::catalogue {

/// Filters that a record alone decides; their counts are the first columns of delta/host, in this order.
inline constexpr std::string_view kRecordFilters[] = {
    "sessions",      "allow",  "deny",    "alert",         "rst", "aged_out", "zero_reply",
    "short_session", "threat", "traffic", "vulnerability", "tcp", "udp",      "icmp"};
/// The filter of a port set: `high_risk_port`.
constexpr std::string_view FilterOf(const DefaultPortSet& set) {
  return set.metric.substr(0, set.metric.find("_sessions_cnt"));
}
/// The filter that takes the peer's segment.
inline constexpr std::string_view kSegmentFilter = "high_risk_segment";

/// Columns of a session that are summed. Sums of bytes are columns of delta/host, behind the counts.
inline constexpr std::string_view kByteColumns[] = {"source_bytes", "destination_bytes"};
inline constexpr std::string_view kDurationColumn = "duration";

inline constexpr std::string_view kKeys[] = {"peer", "port", "pair", "segment"};
inline constexpr std::string_view kWeights[] = {"sessions", "bytes"};
inline constexpr std::string_view kBeaconStatistics[] = {"max", "count"};
inline constexpr std::string_view kNovelties[] = {"new",        "new_ratio", "rare",       "rarity_mean",
                                                  "rarity_max", "reached",   "bytes_sent", "admin_reach"};

}  // namespace ndr::catalogue
