// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/pipeline_json.h"

#include "ndr/base/exit_code.h"
#include "ndr/spec/json_object.h"

namespace ndr::pipeline {
namespace {

using spec::At;
using spec::Json;

// Calls `read(element, at, &added)` for each element of the list `name`.
template <class T, class Read>
void ReadList(spec::Object* object, std::string_view name, std::vector<T>* out, Read read) {
  const Json* list = object->Find(name);
  const At at = object->at().Member(name);
  if (list == nullptr) return at.Fail("is missing");
  if (!list->is_array()) return at.Expected("a list", *list);
  for (size_t i = 0; i < list->size(); ++i) read((*list)[i], at.Element(i), &out->emplace_back());
}

void Required(spec::Object* object, std::string_view name, std::string* out) {
  object->Field(name, out);
  if (object->Find(name) == nullptr) object->at().Member(name).Fail("is missing");
}

void ReadParameter(const Json& json, const At& at, Parameter* out) {
  spec::Object object(json, at);
  std::string kind(NameOf(Kind::kText));
  Required(&object, "name", &out->name);
  object.Field("kind", &kind).Field("meaning", &out->meaning).Done();
  std::vector<std::string> known;
  for (int i = 0; i <= static_cast<int>(Kind::kRoot); ++i) {
    known.emplace_back(NameOf(static_cast<Kind>(i)));
    if (kind == known.back()) out->kind = static_cast<Kind>(i);
  }
  if (NameOf(out->kind) != kind) at.Member("kind").Unknown(kind, "kind of parameter", known);
}

void ReadArgument(const Json& json, const At& at, Argument* out) {
  spec::Object object(json, at);
  Required(&object, "flag", &out->flag);
  object.Field("parameter", &out->parameter).Field("value", &out->value).Done();
  if (!out->parameter.empty() && !out->value.empty())
    at.Fail("has a parameter and a value; leave one of them out");
}

void ReadStep(const Json& json, const At& at, Step* out) {
  spec::Object object(json, at);
  Required(&object, "name", &out->name);
  Required(&object, "command", &out->command);
  object.Field("meaning", &out->meaning).Field("after", &out->after);
  ReadList(&object, "arguments", &out->arguments, ReadArgument);
  object.Done();
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
  arrow::Status status;
  spec::Object object(*document, At{"", &status});
  Required(&object, "name", &pipeline.name);
  object.Field("meaning", &pipeline.meaning);
  ReadList(&object, "parameters", &pipeline.parameters, ReadParameter);
  ReadList(&object, "steps", &pipeline.steps, ReadStep);
  object.Done();
  if (!status.ok()) return base::UsageError(std::string(origin) + ": " + status.message());
  return pipeline;
}

}  // namespace ndr::pipeline
