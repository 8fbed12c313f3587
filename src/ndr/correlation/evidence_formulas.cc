// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/evidence_formulas.h"

#include <algorithm>
#include <cmath>

namespace ndr::correlation {

double AgainstReference(double x, double amount, double reference) {
  return std::max(0.0, std::log((x + amount) / (reference + amount)));
}

int64_t SharedRank(int64_t rows) { return std::max<int64_t>(4, (rows + 49) / 50); }

double BeaconLikeness(const BeaconPair& p) {
  if (!p.beacon_score || p.active_minutes < 1 || p.sessions < 1) return 0;
  const double answered =
      static_cast<double>(std::min(p.replied, p.sessions - p.failed)) / static_cast<double>(p.sessions);
  const double spread = std::log(static_cast<double>(std::max<int64_t>(1, p.peer_hosts)));
  const double rarity =
      std::max(0.0, 1 - spread / std::log(static_cast<double>(std::max<int64_t>(20, p.hosts))));
  return *p.beacon_score * (1 - 1 / std::sqrt(static_cast<double>(p.active_minutes))) * answered * rarity;
}

double BeaconEvidence(const BeaconPair& p) {
  const double likeness = BeaconLikeness(p);
  if (!(likeness > 0.5)) return 0;
  return (p.inbound ? 0.75 : 1.0) * 2.5 * std::log(0.5 / (1 - likeness));
}

double DeadAddressEvidence(const BeaconPair& p) {
  if (p.inbound || p.peer_hosts != 1 || 2 * p.failed < p.sessions || p.active_minutes <= 30) return 0;
  return std::log((static_cast<double>(p.active_minutes) + 30) / 60);
}

EndScore ScoreOf(const KindEvidence& evidence) {
  size_t top = 0;
  double sum = 0;
  for (size_t k = 0; k < evidence.size(); ++k) {
    sum += evidence[k];
    if (evidence[k] > evidence[top]) top = k;
  }
  if (!(evidence[top] > 0)) return {};
  const double total = evidence[top] + (sum - evidence[top]) / 4;
  auto kind = static_cast<catalogue::Kind>(top);
  const double scanning = evidence[static_cast<size_t>(catalogue::Kind::kScanning)];
  if (kind == catalogue::Kind::kDenials && scanning >= evidence[top] / 2) kind = catalogue::Kind::kScanning;
  return {100 * (1 - std::exp(-total / 4)), kind};
}

}  // namespace ndr::correlation
