// SPDX-License-Identifier: Apache-2.0
// The evidence of beaconing that pairs give (specification 3, beaconing).
#pragma once

#include <span>
#include <vector>

#include "ndr/base/network.h"
#include "ndr/correlation/pair_features.h"

namespace ndr::correlation {

/// Evidence of one pair of the longest window.
struct Beaconing {
  PairRow pair;
  bool is_dead = false;  ///< the calls to a dead address say more than the rhythm
  double change = 0, standing = 0;
};

/// Hosts of each role with a session in the longest window.
std::array<int64_t, catalogue::kRoles> ActiveHosts(const Setup& setup, const Rows& rows);

/// The pairs of the longest window that give evidence, in their order. A pair known for 3 days in any horizon
/// is old.
std::vector<Beaconing> BeaconingOf(const Setup& setup, const base::PortSet& clock_ports,
                                   const std::array<int64_t, catalogue::kRoles>& active_hosts,
                                   const PairRows& pairs);

}  // namespace ndr::correlation
