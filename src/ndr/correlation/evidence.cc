// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/evidence.h"

#include <algorithm>
#include <tuple>

#include "ndr/catalogue/batch.h"
#include "ndr/correlation/evidence_columns.h"
#include "ndr/correlation/evidence_formulas.h"

namespace ndr::correlation {
namespace {

using catalogue::Kind;

// The evidence of one host while its terms come in.
class HostEvidence {
 public:
  void Add(Kind kind, const EvidenceReason& reason) {
    const auto k = static_cast<size_t>(kind);
    change_[k] = std::max(change_[k], reason.change);
    standing_[k] = std::max(standing_[k], reason.standing);
    EvidenceReason& best = strongest_[k];
    // Of equal terms the first stands.
    if (std::tie(reason.change, reason.standing) > std::tie(best.change, best.standing)) best = reason;
  }

  EvidenceRow Row() const {
    EvidenceRow row;
    row.change = change_;
    row.standing = standing_;
    row.change_score = ScoreOf(change_);
    row.standing_score = ScoreOf(standing_);
    for (const EvidenceReason& r : strongest_)
      if (r.change > 0 || r.standing > 0) row.reasons.push_back(r);
    std::stable_sort(row.reasons.begin(), row.reasons.end(),
                     [](const EvidenceReason& a, const EvidenceReason& b) {
                       return std::tie(a.change, a.standing) > std::tie(b.change, b.standing);
                     });
    return row;
  }

 private:
  KindEvidence change_{}, standing_{};
  std::array<EvidenceReason, catalogue::kKinds> strongest_;
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
      if (spoken[s].change > 0 || spoken[s].standing > 0) {
        const EvidenceReason reason = ReasonOf(setup, rows, spoken[s]);
        evidence.Add(reason.kind, reason);
      }
    for (; b < beaconing.size() && beaconing[b].pair.host == host; ++b)
      evidence.Add(Kind::kBeaconing, ReasonOf(beaconing[b]));
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
