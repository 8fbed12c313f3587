// SPDX-License-Identifier: Apache-2.0
// The pairs of the windows that end at one slice end, as the correlation stage reads them (specification 3,
// Pairs).
#pragma once

#include <cstdint>
#include <functional>

#include "ndr/base/address.h"
#include "ndr/base/time.h"
#include "ndr/catalogue/words.h"

namespace ndr::pairs {

/// The sums of one pair over one window.
struct PairSums {
  int64_t sessions = 0;
  int64_t bytes_src = 0, bytes_dst = 0;  ///< saturating
  int64_t deny = 0, failed = 0, replied = 0;
};

/// What the active minutes of one pair over one window say.
struct PairRhythm {
  int64_t active_minutes = 0;
  bool has_gap = false;
  double gap_median = 0;    ///< minutes, inverted CDF; only with has_gap
  bool scored = false;      ///< a window of at least 8 h and at least 8 gaps
  double beacon_score = 0;  ///< only when scored
};

/// A service port as pairs hold it.
inline constexpr int32_t kNoPort = -1;

/// One (peer, port) of one (host, role) that had a session in the longest window.
struct WindowPair {
  base::Address peer;
  int32_t port = kNoPort;
  /// Stable for the life of the pair inside one WindowPairs: callers may keep what they looked up under
  /// (shard, slot) while `generation` of WindowPairs does not change.
  uint32_t shard = 0, slot = 0;
  const int64_t* sessions = nullptr;  ///< by window, shortest first; gone after the visit
};

/// Read-only view at the current slice end. Safe for several threads at once.
class WindowPairs {
 public:
  virtual ~WindowPairs() = default;

  /// Calls `visit` for each pair of (host, role) with a session in the longest window, in no particular order
  /// (but the same one for the same input).
  virtual void Visit(base::Address host, catalogue::Role role,
                     const std::function<void(const WindowPair&)>& visit) const = 0;
  virtual PairSums Sums(const WindowPair& pair, int window) const = 0;
  virtual PairRhythm Rhythm(const WindowPair& pair, int window) const = 0;
  /// Hosts of the role that had a session with `peer` in the window.
  virtual int64_t PeerHosts(catalogue::Role role, base::Address peer, int window) const = 0;
  /// Changes when slots were renumbered.
  virtual uint64_t generation() const = 0;
};

}  // namespace ndr::pairs
