// SPDX-License-Identifier: Apache-2.0
// Forms of what is normal and what is a finding.
#include <cmath>

#include "ndr/base/calendar_day.h"
#include "ndr/base/name.h"
#include "ndr/spec/project_forms.h"

namespace ndr::spec::form {

Form Metrics::Describe() {
  return {"a list of metrics",
          "lists of metrics",
          {{"type", "array"}, {"items", {{"type", "string"}, {"pattern", "^[a-z][a-z0-9_]*$"}}}}};
}
Json Metrics::Write(std::vector<std::string> value) {
  const auto place = [](const std::string& name) { return std::pair(catalogue::FindMetric(name), name); };
  std::sort(value.begin(), value.end(),
            [&](const std::string& a, const std::string& b) { return place(a) < place(b); });
  value.erase(std::unique(value.begin(), value.end()), value.end());
  return value;
}

Form Transform::Describe() {
  Form form{"a transform", "transforms", {{"enum", Json::array()}}};
  for (const catalogue::TransformWord& word : catalogue::kTransforms)
    form.schema["enum"].push_back(word.name);
  return form;
}
void Transform::Read(const Json& json, const At& at, std::string* out) {
  Text::Read(json, at, out);
  const auto known = Describe().schema["enum"].get<std::vector<std::string>>();
  if (std::find(known.begin(), known.end(), *out) == known.end()) at.Unknown(*out, "transform", known);
}

Json TransformSet::Write(const std::vector<std::string>& value) {
  Json list = Json::array();
  for (const catalogue::TransformWord& word : catalogue::kTransforms)
    if (std::find(value.begin(), value.end(), word.name) != value.end()) list.push_back(word.name);
  return list;
}

Form NamePrefix::Describe() {
  Form form = Text::Describe();
  form.schema["minLength"] = 1;
  return form;
}
void NamePrefix::Read(const Json& json, const At& at, std::string* out) {
  Text::Read(json, at, out);
  if (json.is_string() && out->empty())
    at.Fail("is empty, and every name begins with that; write a beginning such as VDI-, or leave it out");
}

void Thousandths::Read(const Json& json, const At& at, int* out) {
  double weight = 0;
  Number::Read(json, at, &weight);
  if (!(std::abs(weight) <= 1e6)) return;  // the key's limits say it better
  *out = static_cast<int>(std::lround(weight * 1000));
  if (std::abs(*out / 1000. - weight) > 1e-9)
    at.Fail("weights are multiples of 0.001, so that sums are exact");
}

void MappingPath::Read(const Json& json, const At& at, Type* out) {
  Text::Read(json, at, &out->path);
  out->required = !out->path.empty();
}
void MappingRequired::Read(const Json& json, const At& at, Type* out) {
  Flag::Read(json, at, &out->required);
  out->required &= !out->path.empty();
}

namespace {

void DescribeScore(std::vector<std::string>* largest, std::vector<std::string>* summed, Keys* keys) {
  keys->Add<ListOf<Text>>("max", largest, "Terms of which the largest is the score.").NotEmpty();
  keys->Add<ListOf<Text>>("sum", summed, "Terms whose sum is the score.").NotEmpty();
}

ScoreTerms ReadScore(const std::string& name, const Json& json, const At& at) {
  std::vector<std::string> largest, summed;
  Keys keys;
  DescribeScore(&largest, &summed, &keys);
  keys.Read(json, at);
  if (largest.empty() == summed.empty())
    at.Expected("an object with either max or sum, a list of terms", json);
  if (!base::IsName(name)) at.Fail("a score is named like exfiltration_suspicion_score");
  return {name, !largest.empty(), largest.empty() ? summed : largest};
}

}  // namespace

Form Scores::Describe() {
  std::vector<std::string> none;
  Keys keys;
  DescribeScore(&none, &none, &keys);
  Json score = SchemaOf(keys);
  score["minProperties"] = score["maxProperties"] = 1;
  return {"an object of scores", "scores", {{"type", "object"}, {"additionalProperties", score}}};
}
Json Scores::Write(const Type& value) {
  Json scores = Json::object();
  for (const ScoreTerms& score : value) scores[score.name] = {{score.is_max ? "max" : "sum", score.terms}};
  return scores;
}
void Scores::Read(const Json& json, const At& at, Type* out) {
  if (!json.is_object()) return at.Expected(Describe().one, json);
  for (const auto& member : json.items()) {
    ScoreTerms read = ReadScore(member.key(), member.value(), at.Member(member.key()));
    const auto same =
        std::find_if(out->begin(), out->end(), [&](const ScoreTerms& s) { return s.name == read.name; });
    if (same != out->end())
      *same = std::move(read);
    else
      out->push_back(std::move(read));
  }
}

Form HostAddress::Describe() { return {"an address such as 10.1.2.3", "addresses", {{"type", "string"}}}; }
Json HostAddress::Write(const Type& value) {
  return value && value->length == 128 ? Json(base::ToText(value->base)) : Json();
}
void HostAddress::Read(const Json& json, const At& at, Type* out) {
  Network::Read(json, at, &out->emplace());
}
Json HostNetwork::Write(const Type& value) {
  return value && value->length < 128 ? Network::Write(*value) : Json();
}

Form Instant::Describe() {
  return {"an instant such as 2024-12-25T00:00:00Z, or a date (UTC)", "instants", {{"type", "string"}}};
}
void Instant::Read(const Json& json, const At& at, base::Micros* out) {
  const std::string text = json.is_string() ? json.get<std::string>() : "";
  const auto civil = base::ParseCivil(text.size() == 10 ? text + "T00:00:00Z" : text);
  if (const std::string day = base::ImpossibleDay(text); !day.empty())
    return at.Fail("there is no day " + day + " in the calendar");
  if (!civil || !civil->offset_seconds) return at.Expected(Describe().one, json);
  *out = civil->micros - *civil->offset_seconds * base::kMicrosPerSecond;
}

}  // namespace ndr::spec::form
