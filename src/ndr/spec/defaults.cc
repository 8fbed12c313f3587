// SPDX-License-Identifier: Apache-2.0
// The defaults that are lists and no words of the catalogue alone (specification 3, Terms, Horizons and
// metrics; specification 2, port sets).
#include "ndr/catalogue/defaults.h"

#include "ndr/spec/project.h"

namespace ndr::spec {

using catalogue::Kind;
using catalogue::Role;

std::vector<FindingTerm> DefaultTerms() {
  const std::vector<Role> out = {Role::kOutbound};
  const std::vector<Role> both = {Role::kOutbound, Role::kInbound};
  // Amounts of bytes are decimal: 20 MB is 20,000,000.
  constexpr double kMegabyte = 1e6;
  return {{Kind::kScanning, "failed_peers_per_port_max", out, 10, 20, 1},
          {Kind::kScanning, "failed_ports_per_peer_max", out, 30, 60, 1},
          {Kind::kDenials, "deny_cnt", out, 50, 100, 1},
          {Kind::kExfiltration, "new_peer_bytes_sent_max", both, 20 * kMegabyte, {}, 1},
          {Kind::kLateralMovement, "new_admin_reach", out, 1, {}, 1.5},
          {Kind::kLateralMovement, "admin_port_sessions_cnt", out, 100, {}, 1},
          {Kind::kVolume, "sessions_cnt", both, 500, {}, 1},
          {Kind::kVolume, "max_sessions_per_minute", both, 200, {}, 1},
          {Kind::kVolume, "bytes_sent", both, 100 * kMegabyte, {}, 0.5},
          {Kind::kVolume, "bytes_received", both, 500 * kMegabyte, {}, 0.5},
          {Kind::kNewBehaviour, "reached_new_peer_cnt", out, 50, {}, 0.5},
          {Kind::kNewBehaviour, "reached_new_port_cnt", both, 10, {}, 0.5}};
}

std::vector<Horizon> DefaultHorizons() {
  using base::kMicrosPerDay;
  return {{"7d", 7 * kMicrosPerDay, 2 * kMicrosPerDay}, {"30d", 30 * kMicrosPerDay, 7 * kMicrosPerDay}};
}

Project DefaultProject() {
  Project project;
  for (const catalogue::DefaultPortSet& set : catalogue::kPortSets) {
    std::vector<uint16_t> ports;
    for (const uint16_t port : set.ports)
      if (port != 0) ports.push_back(port);
    project.port_sets.emplace_back(set.name, std::move(ports));
  }
  for (const catalogue::ScoreWord& word : catalogue::kScores) {
    ScoreTerms score{std::string(word.name), word.is_max, {}};
    for (const std::string_view term : word.terms)
      if (!term.empty()) score.terms.emplace_back(term);
    project.scores.push_back(std::move(score));
  }
  project.capping.key_metrics = catalogue::DefaultKeyMetrics();
  project.findings.terms = DefaultTerms();
  return project;
}

}  // namespace ndr::spec
