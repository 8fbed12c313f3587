// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/check.h"

#include <algorithm>

namespace ndr::spec {
namespace {

using arrow::Status;
using catalogue::Catalogue;

Status Unknown(const std::string& key, const std::string& name, std::string_view what,
               const std::vector<std::string>& known) {
  const std::string nearest = catalogue::Nearest(name, known);
  return Status::Invalid(key, ": '", name, "' is no ", what,
                         nearest.empty() ? "" : "; did you mean '" + nearest + "'?");
}

// Names of the metrics that baselines hold, after those in `first`.
std::vector<std::string> Baselined(const Catalogue& catalogue, std::vector<std::string> first = {}) {
  for (const int i : catalogue.baselined()) first.push_back(catalogue.metrics()[static_cast<size_t>(i)].name);
  return first;
}

Status CheckBaselined(const std::string& key, const std::string& name,
                      const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), name) != known.end()) return Status::OK();
  return Unknown(key, name, "baselined metric", known);
}

Status CheckWindow(const std::string& key, const std::string& label, const Catalogue& catalogue) {
  if (catalogue.FindWindow(label) >= 0) return Status::OK();
  std::vector<std::string> known;
  for (const catalogue::Window& w : catalogue.windows()) known.push_back(w.label);
  return Unknown(key, label, "window", known);
}

// A term is `m`, `-m` or `rare:m`.
std::string MetricOfTerm(std::string_view term) {
  if (term.starts_with("rare:")) return std::string(term.substr(5));
  if (term.starts_with("-")) return std::string(term.substr(1));
  return std::string(term);
}

// A default that names a metric which the project leaves out of its baselines is no mistake: that term is
// null.
bool IsDefault(const ScoreTerms& score) {
  const auto defaults = DefaultProject().scores;
  return std::any_of(defaults.begin(), defaults.end(), [&](const ScoreTerms& d) {
    return d.name == score.name && d.is_max == score.is_max && d.terms == score.terms;
  });
}

Status CheckScores(const Project& project, const std::vector<std::string>& known) {
  for (const ScoreTerms& score : project.scores) {
    if (IsDefault(score)) continue;
    for (const std::string& term : score.terms)
      ARROW_RETURN_NOT_OK(CheckBaselined("scores." + score.name, MetricOfTerm(term), known));
  }
  return Status::OK();
}

}  // namespace

Status CheckNames(const Project& project, const Catalogue& catalogue) {
  const std::vector<std::string> known = Baselined(catalogue);
  for (const std::string& name : project.baseline_required_metrics)
    ARROW_RETURN_NOT_OK(CheckBaselined("baseline_required_metrics", name, known));
  for (const auto& [name, support] : project.support_min.metrics)
    ARROW_RETURN_NOT_OK(CheckBaselined("support_min.metrics", name, known));
  for (const auto& [label, support] : project.support_min.windows)
    ARROW_RETURN_NOT_OK(CheckWindow("support_min.windows", label, catalogue));
  if (project.capping.key_metrics != DefaultProject().capping.key_metrics)
    for (const std::string& name : project.capping.key_metrics)
      ARROW_RETURN_NOT_OK(CheckBaselined("capping.key_metrics", name, known));
  ARROW_RETURN_NOT_OK(CheckScores(project, known));
  if (project.findings.windows != Findings().windows)
    for (const std::string& label : project.findings.windows)
      ARROW_RETURN_NOT_OK(CheckWindow("findings.windows", label, catalogue));
  if (project.findings.terms != DefaultTerms()) {
    const std::vector<std::string> terms = Baselined(catalogue, {"bytes_sent", "bytes_received"});
    for (const FindingTerm& term : project.findings.terms)
      ARROW_RETURN_NOT_OK(CheckBaselined("findings.terms", term.metric, terms));
  }
  return Status::OK();
}

}  // namespace ndr::spec
