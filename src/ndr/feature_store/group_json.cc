// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/group_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace ndr::feature_store {
namespace {

using Json = nlohmann::ordered_json;

Json Definition(std::string_view name, FeatureType type) {
  return {{"FeatureName", name}, {"FeatureType", ToText(type)}};
}

}  // namespace

std::string WithoutSlash(std::string prefix) {
  while (prefix.size() > 1 && prefix.ends_with('/')) prefix.pop_back();
  return prefix;
}

std::string CreateCall(const Group& group, const spec::FeatureGroups& settings, const std::string& role_arn) {
  Json definitions = Json::array();
  for (const std::string_view own : {kEntityId, kEventTime, kRecordId})
    definitions.push_back(Definition(own, FeatureType::kString));
  for (const Feature& f : group.features) definitions.push_back(Definition(f.name, f.type));
  Json call = {
      {"FeatureGroupName", group.name},
      {"RecordIdentifierFeatureName", kEntityId},
      {"EventTimeFeatureName", kEventTime},
      {"FeatureDefinitions", std::move(definitions)},
      {"OnlineStoreConfig", {{"EnableOnlineStore", true}}},
  };
  if (settings.offline_prefix.starts_with("s3://"))
    call["OfflineStoreConfig"] = {{"S3StorageConfig", {{"S3Uri", WithoutSlash(settings.offline_prefix)}}},
                                  {"DisableGlueTableCreation", false},
                                  {"TableFormat", "Glue"}};
  if (!role_arn.empty()) call["RoleArn"] = role_arn;
  const std::string part = group.parts == 1 ? "" : fmt::format(", part {} of {}", group.part, group.parts);
  call["Description"] = fmt::format("ndr {}{}", catalogue::PathOf(group.dataset), part);
  return call.dump();
}

}  // namespace ndr::feature_store
