// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/pipeline_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "ndr/base/exit_code.h"
#include "ndr/catalogue/catalogue.h"
#include "ndr/spec/json_object.h"

namespace ndr::pipeline {
namespace {

using spec::At;
using spec::Json;

// The members of one object: those that are asked for are known, others are refused.
class Members {
 public:
  Members(const Json& json, At at) : json_(json.is_object() ? json : Json::object()), at_(std::move(at)) {
    if (!json.is_object()) at_.Expected("an object", json);
  }

  const Json* Find(const std::string& name, bool required) {
    known_.push_back(name);
    const auto member = json_.find(name);
    if (member != json_.end()) return &*member;
    if (required) at_.Member(name).Fail("is missing");
    return nullptr;
  }

  void Text(const std::string& name, std::string* out, bool required = false) {
    if (const Json* member = Find(name, required)) ReadText(*member, at_.Member(name), out);
  }

  // Calls `read(element, at, &added)` for each element of a list.
  template <class T, class Read>
  void List(const std::string& name, std::vector<T>* out, Read read, bool required = false) {
    const Json* list = Find(name, required);
    if (list == nullptr) return;
    const At at = at_.Member(name);
    if (!list->is_array()) return at.Expected("a list", *list);
    for (size_t i = 0; i < list->size(); ++i) read((*list)[i], at.Element(i), &out->emplace_back());
  }

  void Done() const {
    for (const auto& [name, value] : json_.items()) {
      if (std::ranges::find(known_, name) != known_.end()) continue;
      const std::string nearest = catalogue::Nearest(name, known_);
      at_.Member(name).Fail("unknown key; " + (nearest.empty()
                                                   ? fmt::format("known are {}", fmt::join(known_, ", "))
                                                   : fmt::format("did you mean '{}'?", nearest)));
    }
  }

  static void ReadText(const Json& json, const At& at, std::string* out) {
    if (!json.is_string()) return at.Expected("text", json);
    *out = json.get<std::string>();
  }

 private:
  const Json json_;
  const At at_;
  std::vector<std::string> known_;
};

void ReadParameter(const Json& json, const At& at, Parameter* out) {
  Members members(json, at);
  std::string kind(NameOf(Kind::kText));
  members.Text("name", &out->name, true);
  members.Text("kind", &kind);
  members.Text("meaning", &out->meaning);
  members.Done();
  std::vector<std::string> known;
  for (int i = 0; i <= static_cast<int>(Kind::kRoot); ++i) {
    known.emplace_back(NameOf(static_cast<Kind>(i)));
    if (kind == known.back()) out->kind = static_cast<Kind>(i);
  }
  if (NameOf(out->kind) != kind) at.Member("kind").Unknown(kind, "kind of parameter", known);
}

void ReadArgument(const Json& json, const At& at, Argument* out) {
  Members members(json, at);
  members.Text("flag", &out->flag, true);
  members.Text("parameter", &out->parameter);
  members.Text("value", &out->value);
  members.Done();
  if (!out->parameter.empty() && !out->value.empty())
    at.Fail("has a parameter and a value; leave one of them out");
}

void ReadStep(const Json& json, const At& at, Step* out) {
  Members members(json, at);
  members.Text("name", &out->name, true);
  members.Text("command", &out->command, true);
  members.Text("meaning", &out->meaning);
  members.List("after", &out->after, Members::ReadText);
  members.List("arguments", &out->arguments, ReadArgument, true);
  members.Done();
}

Json ArgumentJson(const Argument& argument) {
  Json json = {{"flag", argument.flag}};
  if (!argument.parameter.empty()) json["parameter"] = argument.parameter;
  if (!argument.value.empty()) json["value"] = argument.value;
  return json;
}

Json StepJson(const Step& step) {
  Json json = {
      {"name", step.name}, {"command", step.command}, {"meaning", step.meaning}, {"after", step.after}};
  json["arguments"] = Json::array();
  for (const Argument& argument : step.arguments) json["arguments"].push_back(ArgumentJson(argument));
  return json;
}

}  // namespace

std::string ToJson(const Pipeline& pipeline) {
  Json json = {{"name", pipeline.name}, {"meaning", pipeline.meaning}};
  json["parameters"] = Json::array();
  for (const Parameter& p : pipeline.parameters)
    json["parameters"].push_back({{"name", p.name}, {"kind", NameOf(p.kind)}, {"meaning", p.meaning}});
  json["steps"] = Json::array();
  for (const Step& step : pipeline.steps) json["steps"].push_back(StepJson(step));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

arrow::Result<Pipeline> PipelineFromJson(std::string_view json, std::string_view origin) {
  const auto document = spec::ParseJson(json, origin);
  if (!document.ok()) return base::UsageError(document.status().message());
  Pipeline pipeline;
  spec::Problems problems;
  Members members(*document, At{"", &problems});
  members.Text("name", &pipeline.name, true);
  members.Text("meaning", &pipeline.meaning);
  members.List("parameters", &pipeline.parameters, ReadParameter, true);
  members.List("steps", &pipeline.steps, ReadStep, true);
  members.Done();
  if (!problems.empty()) return base::UsageError(std::string(origin) + ": " + problems.ToStatus().message());
  return pipeline;
}

}  // namespace ndr::pipeline
