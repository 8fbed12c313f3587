// SPDX-License-Identifier: Apache-2.0
// The FG-A rows of one end as columns, in the order in which FG-C is written.
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <cstdint>
#include <string>
#include <vector>

#include "ndr/base/address.h"
#include "ndr/base/calendar.h"
#include "ndr/base/time.h"
#include "ndr/catalogue/catalogue.h"

namespace ndr::correlation {

/// The rows of one host and role: [begin, end) of the rows.
struct HostRole {
  size_t begin = 0, end = 0;
};

/// Sorted by host, role and window (shortest first), whatever order the batch had; every column by sorted
/// row.
struct Rows {
  size_t size = 0;
  base::Micros end_ts = 0;  ///< window_end_ts of them all; 0 without rows
  std::vector<base::Address> host;
  std::vector<uint8_t> role, band, window;  ///< window: index into Catalogue::windows()
  std::vector<int32_t> segment;             ///< index into segments
  std::vector<std::string> segments;
  std::vector<int64_t> window_start_ts;
  std::vector<int32_t> slices_covered;
  /// By index into Catalogue::metrics(); empty for a metric that was not asked for. Null is NaN.
  std::vector<std::vector<double>> metric;
  std::vector<int64_t> lookback_days;
  /// Witnesses: the port (-1: null), and peers with their validity.
  std::vector<int32_t> failed_peers_per_port_at;
  std::vector<base::Address> failed_ports_per_peer_at, new_peer_bytes_sent_at;
  std::vector<uint8_t> has_failed_ports_per_peer_at, has_new_peer_bytes_sent_at;
  std::vector<HostRole> host_roles;
};

/// Reads the columns that correlation needs; `metrics` are indices into Catalogue::metrics(). Invalid: a
/// missing column, rows of several ends, an unknown role, band or window, or two rows of one (host, role,
/// window).
arrow::Result<Rows> ReadRows(const arrow::RecordBatch& fg_a, const catalogue::Catalogue& catalogue,
                             const std::vector<int>& metrics);

}  // namespace ndr::correlation
