// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "ndr/base/name.h"
#include "ndr/catalogue/defaults.h"
#include "ndr/spec/describe.h"

namespace ndr::spec {
namespace {

using catalogue::Catalogue;

void Unknown(const std::string& key, const std::string& name, std::string_view what,
             const std::vector<std::string>& known, Problems* problems) {
  const std::string nearest = catalogue::Nearest(name, known);
  problems->Add(key + ": '" + name + "' is no " + std::string(what) +
                (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
}

// Names of the metrics that baselines hold, after those in `first`.
std::vector<std::string> Baselined(const Catalogue& catalogue, std::vector<std::string> first = {}) {
  for (const int i : catalogue.baselined()) first.push_back(catalogue.metrics()[static_cast<size_t>(i)].name);
  return first;
}

void CheckBaselined(const std::string& key, const std::string& name, const std::vector<std::string>& known,
                    Problems* problems) {
  if (std::find(known.begin(), known.end(), name) == known.end())
    Unknown(key, name, "baselined metric", known, problems);
}

void CheckWindow(const std::string& key, const std::string& label, const Catalogue& catalogue,
                 Problems* problems) {
  if (catalogue.FindWindow(label) >= 0) return;
  std::vector<std::string> known;
  for (const catalogue::Window& w : catalogue.windows()) known.push_back(w.label);
  Unknown(key, label, "window", known, problems);
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

void CheckScores(const Project& project, const std::vector<std::string>& known, Problems* problems) {
  for (const ScoreTerms& score : project.scores) {
    if (IsDefault(score)) continue;
    for (const std::string& term : score.terms)
      CheckBaselined("scores." + score.name, MetricOfTerm(term), known, problems);
  }
}

// Segments are compared by key and told by id: a name must not be the id of a prefix that is another network.
void CheckSegmentNames(const base::NetworkOptions& network, Problems* problems) {
  for (size_t i = 0; i < network.mapping.size(); ++i) {
    const base::NamedCidr& entry = network.mapping[i];
    const auto named = base::ParseCidr(entry.name);
    if (!named || *named == entry.cidr || ToText(*named) != entry.name) continue;
    const int length = named->base.IsV4() ? 96 + network.ipv4_prefix_length : network.ipv6_prefix_length;
    if (named->length == length)
      problems->Add("segments.mapping[" + std::to_string(i) + "].name: '" + entry.name +
                    "' is the id of another segment than " + ToText(entry.cidr) +
                    "; give it a name of its own");
  }
}

}  // namespace

std::string NoFindingWindow(const Project& project) {
  auto windows = project.catalogue.windows.empty() ? catalogue::DefaultWindows() : project.catalogue.windows;
  std::ranges::stable_sort(windows, {}, &catalogue::Window::slices);
  std::vector<std::string> labels;
  for (const catalogue::Window& w : windows) labels.push_back(w.label);
  const auto& wanted = project.findings.windows;
  if (std::ranges::find_first_of(wanted, labels) != wanted.end()) return "";
  return fmt::format(
      "none of findings.windows ({}) is among the project's windows ({}), so no batch gives evidence and "
      "nothing can be a finding; name some of these in findings.windows",
      fmt::join(wanted, ", "), fmt::join(labels, ", "));
}

void CheckNames(const Project& project, const Catalogue& catalogue, Problems* problems) {
  for (const auto& [key, name] : {std::pair("project_name", &project.project_name),
                                  std::pair("feature_spec_version", &project.feature_spec_version)})
    if (!base::IsName(*name)) problems->Add(std::string(key) + ": " + base::NoName(*name));
  const std::vector<std::string> known = Baselined(catalogue);
  for (const std::string& name : project.baseline_required_metrics)
    CheckBaselined("baseline_required_metrics", name, known, problems);
  for (const auto& [name, support] : project.support_min.metrics)
    CheckBaselined("support_min.metrics", name, known, problems);
  for (const auto& [label, support] : project.support_min.windows)
    CheckWindow("support_min.windows", label, catalogue, problems);
  if (project.capping.key_metrics != DefaultProject().capping.key_metrics)
    for (const std::string& name : project.capping.key_metrics)
      CheckBaselined("capping.key_metrics", name, known, problems);
  CheckScores(project, known, problems);
  CheckSegmentNames(project.network, problems);
  if (project.findings.windows != Findings().windows)
    for (const std::string& label : project.findings.windows)
      CheckWindow("findings.windows", label, catalogue, problems);
  if (project.findings.terms != DefaultTerms()) {
    const std::vector<std::string> terms = Baselined(catalogue, {"bytes_sent", "bytes_received"});
    for (const FindingTerm& term : project.findings.terms)
      CheckBaselined("findings.terms", term.metric, terms, problems);
  }
}

}  // namespace ndr::spec
