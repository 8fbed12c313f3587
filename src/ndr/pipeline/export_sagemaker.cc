// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "ndr/pipeline/export.h"

namespace ndr::pipeline {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kMaxRuntimeSeconds = 24 * 60 * 60;

Json Get(const std::string& parameter) { return {{"Get", "Parameters." + parameter}}; }

Json ParameterJson(const std::string& name, const std::string& type, const std::string& meaning) {
  Json json = {{"Name", name}, {"Type", type}};
  if (!meaning.empty()) json["Description"] = meaning;
  return json;
}

Json ParametersJson(const Pipeline& pipeline, const ExportOptions& options) {
  Json json = Json::array();
  for (const Parameter& p : pipeline.parameters) json.push_back(ParameterJson(p.name, "String", p.meaning));
  if (options.image_uri.empty())
    json.push_back(ParameterJson("ImageUri", "String", "Container image that has ndr in its path."));
  if (options.role_arn.empty())
    json.push_back(ParameterJson("RoleArn", "String",
                                 "Role of the processing jobs: reads logs, reads and writes Root."));
  if (options.instance_type.empty())
    json.push_back(
        ParameterJson("InstanceType", "String", "Instance of each processing job, such as ml.m5.xlarge."));
  json.push_back(ParameterJson("VolumeSizeInGB", "Integer", "Disk of each processing job."));
  return json;
}

Json OptionOr(const std::string& option, const std::string& parameter) {
  return option.empty() ? Get(parameter) : Json(option);
}

Json ArgumentsJson(const Step& step) {
  Json json = Json::array({step.command});
  for (const Argument& argument : step.arguments) {
    json.push_back(argument.flag);
    if (!argument.parameter.empty()) json.push_back(Get(argument.parameter));
    if (!argument.value.empty()) json.push_back(argument.value);
  }
  return json;
}

Json StepJson(const Step& step, const ExportOptions& options) {
  Json json = {{"Name", step.name}, {"Type", "Processing"}};
  if (!step.meaning.empty()) json["Description"] = step.meaning;
  if (!step.after.empty()) json["DependsOn"] = step.after;
  json["Arguments"] = {{"AppSpecification",
                        {{"ImageUri", OptionOr(options.image_uri, "ImageUri")},
                         {"ContainerEntrypoint", Json::array({"ndr"})},
                         {"ContainerArguments", ArgumentsJson(step)}}},
                       {"ProcessingResources",
                        {{"ClusterConfig",
                          {{"InstanceCount", 1},
                           {"InstanceType", OptionOr(options.instance_type, "InstanceType")},
                           {"VolumeSizeInGB", Get("VolumeSizeInGB")}}}}},
                       {"RoleArn", OptionOr(options.role_arn, "RoleArn")},
                       {"StoppingCondition", {{"MaxRuntimeInSeconds", kMaxRuntimeSeconds}}}};
  return json;
}

}  // namespace

std::string ExportSageMaker(const Pipeline& pipeline, const ExportOptions& options) {
  Json json = {{"Version", "2020-12-01"}, {"Metadata", Json::object()}};
  json["Parameters"] = ParametersJson(pipeline, options);
  json["Steps"] = Json::array();
  for (const Step& step : pipeline.steps) json["Steps"].push_back(StepJson(step, options));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ndr::pipeline
