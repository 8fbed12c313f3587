// SPDX-License-Identifier: Apache-2.0
// The planted attacks. Each is small enough to drown in what the busiest normal hosts do: only its shape
// gives it away.
#pragma once

#include <vector>

#include "ndr/simulate/answer_key.h"
#include "ndr/simulate/network.h"
#include "ndr/simulate/session.h"

namespace ndr::simulate {

struct Attacks {
  std::vector<Behaviour>
      behaviours;                 ///< beacon, exfiltration, horizontal_scan, vertical_scan, lateral_movement
  std::vector<Session> sessions;  ///< of all of them, by start
};

/// Places one attack of each kind into [scored_from, end), on a workstation of its own; which ones, when,
/// against whom and how fast follows from the network's seed. A part below 27 hours shortens the beacon,
/// which else lasts 26 to 60.
Attacks PlaceAttacks(const Network& network, base::Micros scored_from, base::Micros end);

}  // namespace ndr::simulate
