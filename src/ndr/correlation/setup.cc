// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/setup.h"

#include <algorithm>
#include <set>

namespace ndr::correlation {
namespace {

using arrow::Status;

int SlotOf(const catalogue::Catalogue& catalogue, std::string_view metric) {
  const auto& baselined = catalogue.baselined();
  const auto at = std::find(baselined.begin(), baselined.end(), catalogue.FindMetricIndex(metric));
  return at == baselined.end() ? -1 : static_cast<int>(at - baselined.begin());
}

// The bytes of a session's source are sent by an outbound host and received by an inbound one.
std::string MetricOf(const std::string& name, catalogue::Role role) {
  const bool outbound = role == catalogue::Role::kOutbound;
  if (name == "bytes_sent") return outbound ? "bytes_src_sum" : "bytes_dst_sum";
  if (name == "bytes_received") return outbound ? "bytes_dst_sum" : "bytes_src_sum";
  return name;
}

Status ResolveTerms(const catalogue::Catalogue& catalogue, const spec::Findings& findings, Setup* setup) {
  for (const spec::FindingTerm& t : findings.terms.empty() ? spec::DefaultTerms() : findings.terms) {
    // a stands in a denominator beside 0, and keeps the evidence finite.
    if (!(t.amount > 0))
      return Status::Invalid("findings.terms: ", t.metric, ": the amount that matters must be above 0");
    if (t.ceiling && !(*t.ceiling >= 0))
      return Status::Invalid("findings.terms: ", t.metric, ": the ceiling is below 0");
    if (!(t.weight >= 0)) return Status::Invalid("findings.terms: ", t.metric, ": the weight is below 0");
    for (const catalogue::Role role : t.roles) {
      const std::string name = MetricOf(t.metric, role);
      const int metric = catalogue.FindMetricIndex(name);
      if (metric < 0) return Status::Invalid("findings.terms: '", t.metric, "' is no metric");
      const bool shared = t.kind == catalogue::Kind::kVolume || t.kind == catalogue::Kind::kNewBehaviour;
      setup->terms[static_cast<size_t>(role)].push_back(
          {t.kind, metric, SlotOf(catalogue, name), t.amount, t.ceiling, t.weight, shared});
    }
  }
  setup->is_finding_window.assign(catalogue.windows().size(), false);
  for (const std::string& label : findings.windows) {
    // The default windows of findings need not be windows of the project.
    if (const int w = catalogue.FindWindow(label); w >= 0)
      setup->is_finding_window[static_cast<size_t>(w)] = true;
  }
  return Status::OK();
}

}  // namespace

arrow::Result<Setup> MakeSetup(std::shared_ptr<const spec::Context> context,
                               std::shared_ptr<const reference::Reference> reference) {
  Setup s;
  s.context = std::move(context);
  s.reference = std::move(reference);
  const catalogue::Catalogue& catalogue = s.catalogue();
  for (const int metric : catalogue.ranked())
    s.ranked.push_back(SlotOf(catalogue, catalogue.metrics()[static_cast<size_t>(metric)].name));
  ARROW_ASSIGN_OR_RAISE(s.scores, MakeScores(s.project().scores, catalogue));
  for (size_t i = 0; i < s.compared.size(); ++i)
    s.compared[i] = SlotOf(catalogue, catalogue::kComparedMetrics[i]);
  s.sessions = SlotOf(catalogue, "sessions_cnt");
  s.bytes_src = SlotOf(catalogue, "bytes_src_sum");
  s.high_risk = SlotOf(catalogue, "high_risk_port_sessions_cnt");
  s.w_15m = catalogue.FindWindow("w_15m");
  s.w_1h = catalogue.FindWindow("w_1h");
  ARROW_RETURN_NOT_OK(ResolveTerms(catalogue, s.project().findings, &s));
  std::set<int> metrics(catalogue.baselined().begin(), catalogue.baselined().end());
  for (const auto& terms : s.terms)
    for (const Term& t : terms) metrics.insert(t.metric);
  metrics.insert(static_cast<int>(catalogue::MetricAt("sessions_cnt")));
  s.metrics.assign(metrics.begin(), metrics.end());
  return s;
}

}  // namespace ndr::correlation
