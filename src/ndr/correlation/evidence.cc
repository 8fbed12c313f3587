// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/evidence.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ndr/catalogue/batch.h"
#include "ndr/correlation/evidence_columns.h"
#include "ndr/correlation/evidence_formulas.h"

namespace ndr::correlation {
namespace {

using catalogue::Kind;

auto ByChange(const EvidenceReason& r) { return std::pair(r.change, r.standing); }
auto ByStanding(const EvidenceReason& r) { return std::pair(r.standing, r.change); }

// The evidence of one host while its terms come in.
class HostEvidence {
 public:
  void Add(const EvidenceReason& reason) {
    Strongest& kind = strongest_[static_cast<size_t>(reason.kind)];
    // Of equal terms the first stands.
    if (ByChange(reason) > ByChange(kind.by_change)) kind.by_change = reason;
    if (ByStanding(reason) > ByStanding(kind.by_standing)) kind.by_standing = reason;
  }

  EvidenceRow Row() const {
    EvidenceRow row;
    for (size_t k = 0; k < catalogue::kKinds; ++k) {
      const auto& [by_change, by_standing] = strongest_[k];
      row.change[k] = by_change.change;
      row.standing[k] = by_standing.standing;
      if (by_change.change > 0 || by_change.standing > 0) row.reasons.push_back(by_change);
      // Another term, for of equal change the more unlike its peers was taken.
      if (by_standing.standing > by_change.standing) row.reasons.push_back(by_standing);
    }
    row.change_score = ScoreOf(row.change);
    row.standing_score = ScoreOf(row.standing);
    std::stable_sort(
        row.reasons.begin(), row.reasons.end(),
        [](const EvidenceReason& a, const EvidenceReason& b) { return ByChange(a) > ByChange(b); });
    return row;
  }

 private:
  // The terms that give a kind its evidence.
  struct Strongest {
    EvidenceReason by_change, by_standing;
  };
  std::array<Strongest, catalogue::kKinds> strongest_;
};

// The port or peer at which the metric took its value.
std::string WitnessOf(const Rows& rows, int metric, size_t row) {
  switch (static_cast<size_t>(metric)) {
    case catalogue::MetricAt("failed_peers_per_port_max"):
      return rows.failed_peers_per_port_at[row] < 0 ? "" : std::to_string(rows.failed_peers_per_port_at[row]);
    case catalogue::MetricAt("failed_ports_per_peer_max"):
      return rows.has_failed_ports_per_peer_at[row] ? base::ToText(rows.failed_ports_per_peer_at[row]) : "";
    case catalogue::MetricAt("new_peer_bytes_sent_max"):
      return rows.has_new_peer_bytes_sent_at[row] ? base::ToText(rows.new_peer_bytes_sent_at[row]) : "";
    default:
      return "";
  }
}

EvidenceReason ReasonOf(const Setup& setup, const Rows& rows, const Spoken& s) {
  const Term& term = setup.terms[rows.role[s.row]][s.term];
  EvidenceReason reason;
  reason.kind = term.kind;
  reason.metric = setup.catalogue().metrics()[static_cast<size_t>(term.metric)].name;
  reason.role = static_cast<catalogue::Role>(rows.role[s.row]);
  reason.window = rows.window[s.row];
  reason.x = s.x;
  reason.own = s.own;
  reason.peers = s.peers;
  reason.change = s.change;
  reason.standing = s.standing;
  reason.at = WitnessOf(rows, term.metric, s.row);
  return reason;
}

EvidenceReason ReasonOf(const Beaconing& b) {
  const PairRow& pair = b.pair;
  EvidenceReason reason;
  reason.kind = Kind::kBeaconing;
  reason.metric = b.is_dead ? "active_minutes_cnt" : "beacon_score";
  reason.role = pair.role;
  reason.window = pair.window;
  reason.x = b.is_dead ? static_cast<double>(pair.rhythm.active_minutes) : pair.rhythm.beacon_score;
  reason.gap_median = pair.rhythm.has_gap ? pair.rhythm.gap_median : kNull;
  reason.change = b.change;
  reason.standing = b.standing;
  reason.at = base::ToText(pair.peer);
  if (pair.port != pairs::kNoPort) reason.at += "|" + std::to_string(pair.port);
  return reason;
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::RecordBatch>> EvidenceBatch(const Setup& setup, const Rows& rows,
                                                                 const std::vector<Spoken>& spoken,
                                                                 const std::vector<Beaconing>& beaconing) {
  std::vector<EvidenceRow> found;
  size_t s = 0, b = 0;
  for (size_t r = 0; r < rows.size;) {
    const base::Address host = rows.host[r];
    HostEvidence evidence;
    for (; s < spoken.size() && rows.host[spoken[s].row] == host; ++s)
      if (spoken[s].change > 0 || spoken[s].standing > 0) evidence.Add(ReasonOf(setup, rows, spoken[s]));
    for (; b < beaconing.size() && beaconing[b].pair.host == host; ++b) evidence.Add(ReasonOf(beaconing[b]));
    EvidenceRow row = evidence.Row();
    row.host = host;
    row.segment = rows.segment[r];
    const double score = std::max(row.change_score.score, row.standing_score.score);
    if (score >= setup.project().findings.min_score && score > 0) found.push_back(std::move(row));
    while (r < rows.size && rows.host[r] == host) ++r;
  }
  return EvidenceColumns(setup, rows, found);
}

}  // namespace ndr::correlation
