// SPDX-License-Identifier: Apache-2.0
// Harmless things that look odd. A detector that ranks them above an attack wastes an analyst's morning.
#pragma once

#include <optional>
#include <vector>

#include "ndr/simulate/answer_key.h"
#include "ndr/simulate/network.h"
#include "ndr/simulate/session.h"

namespace ndr::simulate {

struct NewPrinter {
  Host host;
  base::Micros from = 0;        ///< the start of a slice
  int workstation_segment = 0;  ///< whose users print on it from then on
};

/// What happens when. Nothing set: an ordinary network, whose backup server and scanner rest.
struct Oddities {
  bool enabled = false;
  std::optional<base::Micros> busy_day;   ///< a Monday on which every user does twice as much
  std::optional<base::Micros> patch_day;  ///< on which every workstation downloads updates
  std::optional<NewPrinter> printer;
};

/// Places the oddities: those of one day into the scored part [scored_from, end).
Oddities PlaceOddities(const Network& network, base::Micros scored_from, base::Micros end);

/// For the answer key.
std::vector<Behaviour> Describe(const Oddities& oddities, const Network& network, base::Micros start,
                                base::Micros end);

}  // namespace ndr::simulate
