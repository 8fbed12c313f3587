// SPDX-License-Identifier: Apache-2.0
// The sections of a project that say what is normal and what is a finding.
#include <algorithm>
#include <cmath>

#include "ndr/spec/horizons.h"
#include "ndr/spec/sections.h"

namespace ndr::spec {
namespace {

using catalogue::Kind;
using catalogue::Role;

template <class Enum, size_t n>
void ReadWord(const Json& json, const At& at, std::string_view what,
              const std::array<std::string_view, n>& words, Enum* out) {
  std::string name;
  ReadValue(json, at, &name);
  const auto found = std::find(words.begin(), words.end(), name);
  if (found == words.end()) return at.Unknown(name, what, {words.begin(), words.end()});
  *out = static_cast<Enum>(found - words.begin());
}

}  // namespace

void ReadValue(const Json& json, const At& at, Role* out) {
  ReadWord(json, at, "role", catalogue::kRoleNames, out);
}
void ReadValue(const Json& json, const At& at, Kind* out) {
  ReadWord(json, at, "kind of finding", catalogue::kKindNames, out);
}

void ReadValue(const Json& json, const At& at, Horizon* out) {
  double length = 0, gap = 0;
  Object(json, at)
      .Field("label", &out->label)
      .Within("length_days", &length, 1. / base::kSlicesPerDay, 3660.)
      .Within("gap_days", &gap, 0., 3660.)
      .Done();
  if (!IsName(out->label))
    at.Member("label").Fail("'" + out->label + "' is no label: letters, digits, '.', '_' and '-'");
  out->length = RoundToSlices(length * base::kMicrosPerDay);
  out->gap = RoundToSlices(gap * base::kMicrosPerDay);
}

void ReadValue(const Json& json, const At& at, SupportMin* out) {
  Object object(json, at);
  object.Within("default", &out->by_default, int64_t{0})
      .Field("metrics", &out->metrics)
      .Field("windows", &out->windows)
      .Done();
  for (const auto* named : {&out->metrics, &out->windows})
    for (const auto& [name, support] : *named)
      if (support < 0) at.Fail(name + ": " + std::to_string(support) + " is below 0");
}

void ReadValue(const Json& json, const At& at, Capping* out) {
  Object object(json, at);
  double w_anom = out->w_anom_thousandths / 1000.;
  std::string level = out->at_segment_level ? "segment" : "host";
  object.NotEmpty("key_metrics", &out->key_metrics)
      .Within("z_max", &out->z_max, 0.)
      .Within("w_anom", &w_anom, 0., 1.)
      .Field("level", &level)
      .Done();
  if (level != "host" && level != "segment") at.Member("level").Unknown(level, "level", {"host", "segment"});
  out->at_segment_level = level == "segment";
  out->w_anom_thousandths = static_cast<int>(std::lround(w_anom * 1000));
  if (std::abs(out->w_anom_thousandths / 1000. - w_anom) > 1e-9)
    at.Member("w_anom").Fail("weights are multiples of 0.001, so that sums are exact");
}

void ReadValue(const Json& json, const At& at, IpMachineMapping* out) {
  Object object(json, at);
  object.Field("path", &out->path);
  out->required = !out->path.empty();
  object.Field("required", &out->required).Done();
}

void ReadScores(const Json& json, const At& at, std::vector<ScoreTerms>* out) {
  if (!json.is_object()) return at.Expected("an object of scores", json);
  for (const auto& [name, score] : json.items()) {
    ScoreTerms read{name, false, {}};
    std::vector<std::string> largest, summed;
    Object(score, at.Member(name)).NotEmpty("max", &largest).NotEmpty("sum", &summed).Done();
    if (largest.empty() == summed.empty())
      at.Member(name).Expected("an object with either max or sum, a list of terms", score);
    read.is_max = !largest.empty();
    read.terms = read.is_max ? largest : summed;
    const auto same =
        std::find_if(out->begin(), out->end(), [&](const ScoreTerms& s) { return s.name == read.name; });
    if (!IsName(name)) at.Member(name).Fail("a score is named like exfiltration_suspicion_score");
    if (same != out->end())
      *same = std::move(read);
    else
      out->push_back(std::move(read));
  }
}

void ReadValue(const Json& json, const At& at, FindingTerm* out) {
  Object object(json, at);
  object.Field("kind", &out->kind)
      .Field("metric", &out->metric)
      .NotEmpty("roles", &out->roles)
      .Within("amount", &out->amount, 0.)
      .Within("weight", &out->weight, 0.);
  if (object.Find("ceiling") != nullptr) object.Within("ceiling", &out->ceiling.emplace(), 0.);
  object.Done();
  for (const char* name : {"kind", "metric", "amount"})
    if (!json.contains(name)) at.Member(name).Fail("is missing");
  if (out->roles.empty()) out->roles = {Role::kOutbound};
  if (out->amount <= 0) at.Member("amount").Fail("must be above 0: it is the amount that matters");
}

void ReadValue(const Json& json, const At& at, IgnoreRule* out) {
  Object object(json, at);
  for (const char* name : {"host", "cidr"})
    if (object.Find(name) != nullptr) object.Field(name, &out->hosts.emplace());
  if (object.Find("kind") != nullptr) object.Field("kind", &out->kind.emplace());
  std::string until;
  object.Field("until", &until).Field("reason", &out->reason).Done();
  if (json.contains("host") && json.contains("cidr")) at.Fail("names both host and cidr");
  if (out->reason.empty()) at.Member("reason").Fail("is missing: say why, for whoever reads it later");
  if (until.empty()) return;
  const auto civil = base::ParseCivil(until.size() == 10 ? until + "T00:00:00Z" : until);
  if (!civil || !civil->offset_seconds)
    return at.Member("until").Expected("an instant such as 2024-12-25T00:00:00Z, or a date (UTC)", until);
  out->until = civil->micros - *civil->offset_seconds * base::kMicrosPerSecond;
}

void ReadValue(const Json& json, const At& at, Findings* out) {
  Object(json, at)
      .NotEmpty("terms", &out->terms)
      .NotEmpty("windows", &out->windows)
      .Within("memory_days", &out->memory_days, 0, 3660)
      .Within("min_score", &out->min_score, 0., 100.)
      .Field("clock_ports", &out->clock_ports)
      .Field("ignore", &out->ignore)
      .Done();
}

}  // namespace ndr::spec
