// SPDX-License-Identifier: Apache-2.0
// Which keys act on which dataset (specification 1, where a hash differs). A dataset's keys include those of
// what it was made from. The names and paths of the project never act; neither do threads, a limit that only
// fails (max_malformed_ratio), what is only kept or not (keep), nor what is a view over evidence
// (findings.ignore, findings.memory_days).
#include <algorithm>
#include <nlohmann/json.hpp>

#include "ndr/base/hash.h"
#include "ndr/spec/project.h"

namespace ndr::spec {
namespace {

using SortedJson = nlohmann::json;
using Keys = std::map<std::string, std::string>;

// Lists whose order says nothing stand sorted: the same set is the same configuration.
template <class T>
SortedJson Sorted(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  return values;
}

SortedJson Texts(const std::vector<base::Cidr>& cidrs) {
  std::vector<std::string> texts;
  for (const base::Cidr& cidr : cidrs) texts.push_back(ToText(cidr));
  return Sorted(std::move(texts));
}

class Collector {
 public:
  void Put(const std::string& key, const SortedJson& value) {
    keys_[key] = value.dump(-1, ' ', false, SortedJson::error_handler_t::replace);
  }
  Keys Take() && { return std::move(keys_); }

 private:
  Keys keys_;
};

void PutDelta(const Project& p, Collector* keys) {
  keys->Put("host_networks", Texts(p.network.host_networks));
  keys->Put("field_mapping", p.field_mapping);
  keys->Put("source_timezone", p.source_timezone.all.empty() ? SortedJson(p.source_timezone.by_device)
                                                             : SortedJson(p.source_timezone.all));
  keys->Put("calendar.timezone", p.calendar.timezone);
  SortedJson mapping = SortedJson::array();
  for (const base::NamedCidr& entry : p.network.mapping)
    mapping.push_back({{"name", entry.name}, {"cidr", ToText(entry.cidr)}});
  keys->Put("segments.mapping", mapping);
  keys->Put("segments.ipv4_prefix_length", p.network.ipv4_prefix_length);
  keys->Put("segments.ipv6_prefix_length", p.network.ipv6_prefix_length);
  // Their order is that of columns.
  SortedJson sets = SortedJson::array();
  for (const auto& [name, ports] : p.port_sets) sets.push_back({{name, Sorted(ports)}});
  keys->Put("port_sets", sets);
  keys->Put("sessions.subtypes", Sorted(p.sessions.subtypes));
  keys->Put("sessions.deny_actions", Sorted(p.sessions.deny_actions));
  keys->Put("data_quality.rules.no_bytes_no_ports", p.data_quality.no_bytes_no_ports);
  keys->Put("data_quality.rules.outside_batch", p.data_quality.outside_batch);
  keys->Put("data_quality.allowed_lateness_hours",
            static_cast<double>(p.data_quality.allowed_lateness) / (60. * base::kMicrosPerMinute));
  keys->Put("data_quality.clock_skew_minutes",
            static_cast<double>(p.data_quality.clock_skew) / base::kMicrosPerMinute);
}

void PutFgA(const Project& p, const catalogue::Catalogue& words, Collector* keys) {
  keys->Put("calendar.weekend", Sorted(p.calendar.weekend));
  keys->Put("calendar.working_hours", {p.calendar.working_hours.from, p.calendar.working_hours.to});
  keys->Put("calendar.off_hours", {p.calendar.off_hours.from, p.calendar.off_hours.to});
  keys->Put("calendar.holidays", Sorted(p.calendar.holidays));
  keys->Put("segments.high_risk", Sorted(p.network.high_risk));
  SortedJson windows = SortedJson::object();
  for (const catalogue::Window& window : words.windows()) windows[window.label] = window.slices;
  keys->Put("windows", windows);
  keys->Put("lookback.days", p.lookback.days);
  keys->Put("lookback.min_days", p.lookback.min_days);
  keys->Put("lookback.rare_below_sessions", p.lookback.rare_below_sessions);
  keys->Put("dark_hosts", p.drop_dark_hosts ? "drop" : "keep");
}

SortedJson Names(const catalogue::Catalogue& words, const std::vector<int>& metrics) {
  SortedJson names = SortedJson::array();
  for (const int i : metrics) names.push_back(words.metrics()[static_cast<size_t>(i)].name);
  return names;
}

void PutFgB(const Project& p, const catalogue::Catalogue& words, Collector* keys) {
  SortedJson horizons = SortedJson::array();
  for (const Horizon& h : p.horizons.empty() ? DefaultHorizons() : p.horizons)
    horizons.push_back({{"label", h.label},
                        {"length_days", static_cast<double>(h.length) / base::kMicrosPerDay},
                        {"gap_days", static_cast<double>(h.gap) / base::kMicrosPerDay}});
  keys->Put("horizons", Sorted(horizons.get<std::vector<SortedJson>>()));
  keys->Put("baselined_metrics", Names(words, words.baselined()));
  keys->Put("baseline_required_metrics", Sorted(p.baseline_required_metrics));
  keys->Put("support_min", {{"default", p.support_min.by_default},
                            {"metrics", p.support_min.metrics},
                            {"windows", p.support_min.windows}});
  const std::vector<std::string> by_default(catalogue::kDefaultKeyMetrics.begin(),
                                            catalogue::kDefaultKeyMetrics.end());
  keys->Put("capping.key_metrics",
            Sorted(p.capping.key_metrics.empty() ? by_default : p.capping.key_metrics));
  keys->Put("capping.z_max", p.capping.z_max);
  keys->Put("capping.w_anom", p.capping.w_anom_thousandths / 1000.);
  keys->Put("capping.level", p.capping.at_segment_level ? "segment" : "host");
  keys->Put("rarity_threshold", p.rarity_threshold);
  keys->Put("ip_machine_mapping.path", p.ip_machine_mapping.path);
  keys->Put("non_persistent_machine_prefixes", Sorted(p.non_persistent_machine_prefixes));
}

SortedJson TermJson(const FindingTerm& term) {
  SortedJson roles = SortedJson::array();
  for (const catalogue::Role role : term.roles)
    roles.push_back(catalogue::kRoleNames[static_cast<size_t>(role)]);
  return {{"kind", catalogue::kKindNames[static_cast<size_t>(term.kind)]},
          {"metric", term.metric},
          {"roles", roles},
          {"amount", term.amount},
          {"ceiling", term.ceiling ? SortedJson(*term.ceiling) : SortedJson()},
          {"weight", term.weight}};
}

void PutFgC(const Project& p, const catalogue::Catalogue& words, Collector* keys) {
  SortedJson transforms = SortedJson::array();
  for (const catalogue::Transform t : words.transforms())
    transforms.push_back(catalogue::kTransforms[static_cast<size_t>(t)].name);
  keys->Put("transforms", transforms);
  keys->Put("z_max", p.z_max);
  keys->Put("rank_metrics", Names(words, words.ranked()));
  keys->Put("typical_band_share", p.typical_band_share);
  keys->Put("time_band_alpha", p.time_band_alpha);
  SortedJson scores = SortedJson::array();
  for (const ScoreTerms& score : p.scores)
    scores.push_back({{score.name, {{score.is_max ? "max" : "sum", score.terms}}}});
  keys->Put("scores", scores);
  SortedJson terms = SortedJson::array();
  for (const FindingTerm& term : p.findings.terms.empty() ? DefaultTerms() : p.findings.terms)
    terms.push_back(TermJson(term));
  keys->Put("findings.terms", terms);
  keys->Put("findings.windows", Sorted(p.findings.windows));
  keys->Put("findings.min_score", p.findings.min_score);
  keys->Put("findings.clock_ports", Sorted(p.findings.clock_ports));
}

}  // namespace

Keys ActingKeys(const Project& project, std::string_view dataset) {
  const std::string_view family = dataset.substr(0, dataset.find('/'));
  Collector keys;
  PutDelta(project, &keys);
  if (family == "delta" || family == "pair_counts" || family == "lookback") return std::move(keys).Take();
  const auto made = MakeContext(project);
  if (!made.ok()) return std::move(keys).Take();  // such a project acts nowhere: no run begins with it
  const catalogue::Catalogue& words = *(*made)->catalogue;
  PutFgA(project, words, &keys);
  if (family == "fg_b" || family == "fg_c") PutFgB(project, words, &keys);
  if (family == "fg_c") PutFgC(project, words, &keys);
  return std::move(keys).Take();
}

std::string ConfigurationHash(const Project& project, std::string_view dataset) {
  base::Sha256 hash;
  for (const auto& [key, value] : ActingKeys(project, dataset)) hash.Update(key + " = " + value + "\n");
  return hash.Hex();
}

}  // namespace ndr::spec
