// SPDX-License-Identifier: Apache-2.0
// What the pairs of one (host, role) say in one window: the pair side of an FG-A row (specification 2).
#pragma once

#include <cstdint>

#include "ndr/pairs/histogram.h"
#include "ndr/pairs/lazy_max.h"

namespace ndr::pairs {

/// Bytes of both directions as a maximum compares them: two int64 maxima fit, more saturate.
inline uint64_t BothWays(__int128 n) { return n > UINT64_MAX ? UINT64_MAX : static_cast<uint64_t>(n); }

/// Sums over the host's peers, service ports, segments and pairs, kept by difference. "New": in the window
/// and not in its look-back; "rare": in the look-back, but in fewer sessions than the project's K.
struct HostSums {
  int64_t peers = 0, ports = 0, segments = 0;
  int64_t sessions = 0, port_sessions = 0;  ///< port_: with a service port
  __int128 bytes = 0, port_bytes = 0;       ///< both directions
  int64_t high_risk_ports = 0, high_risk_port_peers = 0, admin_port_peers = 0;
  int64_t high_risk_segment_sessions = 0, high_risk_segment_peers = 0;
  int64_t new_peers = 0, new_ports = 0, new_pairs = 0, new_segments = 0;
  int64_t rare_peers = 0, rare_ports = 0, rare_pairs = 0;
  int64_t reached_new_peers = 0, reached_new_ports = 0;
  int64_t reach_peers = 0;                         ///< internal peers newly reached on ports that administer
  int64_t past_sessions = 0, past_peers = 0;       ///< N and V over peers
  int64_t past_port_sessions = 0, past_ports = 0;  ///< N and V over service ports
  int64_t strong_beacons = 0;                      ///< pairs with a score of at least 0.8
  Histogram peer_sessions, port_sessions_by_port;
  /// Sessions in the look-back, + 1, of the window's peers and ports.
  Histogram peer_past, port_past;
  LazyMax peer_bytes, port_bytes_by_port, failed_ports, failed_peers, new_sent, beacon;
};

}  // namespace ndr::pairs
