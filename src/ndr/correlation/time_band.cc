// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/time_band.h"

#include <numeric>

namespace ndr::correlation {

int8_t BandViolation(const BandSessions& sessions, int band, int baseline_band, double typical_share) {
  const auto total = static_cast<double>(std::accumulate(sessions.begin(), sessions.end(), int64_t{0}));
  if (total <= 0 || baseline_band != band) return -1;
  // As a quotient: one that equals the share in exact arithmetic equals it here.
  return static_cast<double>(sessions[static_cast<size_t>(band)]) / total >= typical_share ? 0 : 1;
}

}  // namespace ndr::correlation
