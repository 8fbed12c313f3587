// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/evidence_terms.h"

#include <algorithm>
#include <cmath>

#include "ndr/correlation/evidence_formulas.h"

namespace ndr::correlation {
namespace {

/// Peers stand for the network where so many hosts are behind them.
constexpr int64_t kHostsOfPeers = 20;

// The larger one; a null is none.
double Larger(double a, double b) { return std::fmax(a, b); }

double OwnOf(const BaselineRows& b, size_t slot) {
  if (b.is_cold || !b.host || b.host.metrics[slot].is_cold) return kNull;
  return b.host.metrics[slot].p99;
}

double PeersOf(const BaselineRows& b, size_t slot) {
  const auto stands = [&](const reference::BaselineRow& row) {
    return row && row.hosts_cnt >= kHostsOfPeers && row.metrics[slot].has_median();
  };
  if (stands(b.segment) && !b.segment.metrics[slot].is_cold) return b.segment.metrics[slot].p95;
  return stands(b.global) ? b.global.metrics[slot].p95 : kNull;
}

}  // namespace

void Weigh(const Term& term, bool has_past, Spoken* s) {
  if (term.ceiling) s->peers = IsNull(s->peers) ? *term.ceiling : std::min(s->peers, *term.ceiling);
  const auto against = [&](double reference) {
    return term.weight * AgainstReference(s->x, term.amount, reference);
  };
  if (!IsNull(s->own))
    s->change = against(s->own);
  else if (!IsNull(s->peers) && (term.ceiling || has_past))
    s->change = against(s->peers);
  else
    s->change = 0;
  s->standing = term.ceiling ? against(s->peers) : 0;
}

void Speak(const Setup& setup, const Rows& rows, const std::vector<Frame>& frames, size_t from, size_t to,
           std::vector<Spoken>* out) {
  const auto& windows = setup.catalogue().windows();
  for (size_t i = from; i < to; ++i) {
    const size_t r = frames.front().first + i;
    if (!setup.is_finding_window[rows.window[r]] ||
        !windows[rows.window[r]].IsCoveredBy(rows.slices_covered[r]))
      continue;
    const std::vector<Term>& terms = setup.terms[rows.role[r]];
    for (size_t t = 0; t < terms.size(); ++t) {
      Spoken s;
      s.x = rows.metric[static_cast<size_t>(terms[t].metric)][r];
      if (!(s.x > terms[t].amount)) continue;
      s.row = static_cast<uint32_t>(r);
      s.term = static_cast<uint16_t>(t);
      for (const Frame& frame : frames) {
        if (terms[t].slot < 0) break;
        s.own = Larger(s.own, OwnOf(frame.baseline[i], static_cast<size_t>(terms[t].slot)));
        s.peers = Larger(s.peers, PeersOf(frame.baseline[i], static_cast<size_t>(terms[t].slot)));
      }
      Weigh(terms[t], rows.lookback_days[r] >= 1, &s);
      out->push_back(s);
    }
  }
}

void SubtractShared(const Setup& setup, const Rows& rows, std::vector<Spoken>* spoken) {
  const size_t windows = setup.catalogue().windows().size();
  std::vector<int64_t> rows_of(catalogue::kRoles * windows);
  for (size_t r = 0; r < rows.size; ++r) ++rows_of[rows.role[r] * windows + rows.window[r]];
  for (size_t role = 0; role < catalogue::kRoles; ++role)
    for (size_t t = 0; t < setup.terms[role].size(); ++t) {
      if (!setup.terms[role][t].is_shared) continue;
      for (size_t w = 0; w < windows; ++w) {
        const auto is_of = [&](const Spoken& s) {
          return s.term == t && rows.role[s.row] == role && rows.window[s.row] == w;
        };
        std::vector<double> changes;
        for (const Spoken& s : *spoken)
          if (is_of(s)) changes.push_back(s.change);
        const auto k = static_cast<size_t>(SharedRank(rows_of[role * windows + w]));
        if (changes.size() < k) continue;
        std::nth_element(changes.begin(), changes.begin() + static_cast<std::ptrdiff_t>(k) - 1, changes.end(),
                         std::greater<>());
        const double shared = changes[k - 1];
        for (Spoken& s : *spoken)
          if (is_of(s)) s.change = std::max(0.0, s.change - shared);
      }
    }
}

}  // namespace ndr::correlation
