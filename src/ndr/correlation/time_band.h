// SPDX-License-Identifier: Apache-2.0
// Whether a host is active at hours that are not its own (specification 3, Time bands).
#pragma once

#include <array>
#include <cstdint>

#include "ndr/base/calendar.h"
#include "ndr/correlation/transforms.h"

namespace ndr::correlation {

/// Sessions of a host and role by band, over the rows of the shortest window in the longest horizon; 0 where
/// there is no row.
using BandSessions = std::array<int64_t, base::kTimeBands>;

/// 1 when `band` holds less than `typical_share` of the sessions, else 0; -1 (null) for a host without
/// sessions and for a band whose baseline is another band's (`baseline_band`, -1: none).
int8_t BandViolation(const BandSessions& sessions, int band, int baseline_band, double typical_share);

/// z x (1 + alpha x flag), a null flag as 0.
inline double RaisedByBand(double z, int8_t violation, double alpha) {
  return violation == 1 ? z * (1 + alpha) : z;
}

}  // namespace ndr::correlation
