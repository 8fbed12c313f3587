// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/evidence_beaconing.h"

#include <algorithm>

#include "ndr/correlation/evidence_formulas.h"

namespace ndr::correlation {
namespace {

/// A pair with so many active days in the reference is old.
constexpr int64_t kOldDays = 3;

bool MayBeacon(const Setup& setup, const base::PortSet& clock_ports, const PairRow& row) {
  if (!base::IsUnicast(row.peer) || base::IsPrivate(row.peer) || setup.context->network.IsHost(row.peer))
    return false;
  return row.port == pairs::kNoPort || !clock_ports[static_cast<size_t>(row.port)];
}

}  // namespace

std::array<int64_t, catalogue::kRoles> ActiveHosts(const Setup& setup, const Rows& rows) {
  std::array<int64_t, catalogue::kRoles> hosts{};
  const std::vector<double>& sessions = rows.metric[catalogue::MetricAt("sessions_cnt")];
  for (size_t r = 0; r < rows.size; ++r)
    if (rows.window[r] + size_t{1} == setup.catalogue().windows().size() && sessions[r] > 0)
      ++hosts[rows.role[r]];
  return hosts;
}

std::vector<Beaconing> BeaconingOf(const Setup& setup, const base::PortSet& clock_ports,
                                   const std::array<int64_t, catalogue::kRoles>& active_hosts,
                                   const PairRows& pairs) {
  std::vector<Beaconing> found;
  const size_t horizons = setup.horizons();
  for (size_t i = 0; i < pairs.rows.size(); ++i) {
    const PairRow& row = pairs.rows[i];
    const bool is_longest = row.window + size_t{1} == setup.catalogue().windows().size();
    if (!is_longest || !MayBeacon(setup, clock_ports, row)) continue;
    BeaconPair pair;
    if (row.rhythm.scored) pair.beacon_score = row.rhythm.beacon_score;
    pair.active_minutes = row.rhythm.active_minutes;
    pair.sessions = row.sums.sessions;
    pair.failed = row.sums.failed;
    pair.replied = row.sums.replied;
    pair.peer_hosts = row.peer_hosts;
    pair.hosts = active_hosts[static_cast<size_t>(row.role)];
    pair.inbound = row.role == catalogue::Role::kInbound;
    const double rhythm = BeaconEvidence(pair), dead = DeadAddressEvidence(pair);
    const double evidence = std::max(rhythm, dead);
    if (!(evidence > 0)) continue;
    int64_t days = 0;
    for (size_t h = 0; h < horizons; ++h) days = std::max(days, pairs.horizons[i * horizons + h].active_days);
    const bool old = days >= kOldDays;
    found.push_back({row, dead > rhythm, old ? 0 : evidence, old ? evidence / 2 : evidence});
  }
  return found;
}

}  // namespace ndr::correlation
