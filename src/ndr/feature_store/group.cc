// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/group.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "ndr/base/exit_code.h"

namespace ndr::feature_store {
namespace {

using arrow::Status;
using catalogue::Dataset;
using catalogue::Type;

bool IsIdentifier(std::string_view column) { return column == kRecordId || column == kEventTime; }

FeatureType TypeOf(Type type) {
  switch (type) {
    case Type::kInt64:
    case Type::kInt32:
    case Type::kUint16:
    case Type::kFlag:
      return FeatureType::kIntegral;
    case Type::kFloat64:
      return FeatureType::kFractional;
    default:
      return FeatureType::kString;
  }
}

bool IsNested(Type type) {
  return type == Type::kInt64List || type == Type::kTextList || type == Type::kTopFeatures ||
         type == Type::kReasons;
}

std::vector<Feature> FeaturesOf(const catalogue::Catalogue& catalogue, Dataset dataset) {
  std::vector<Feature> features;
  for (const catalogue::Column& c : catalogue.Columns(dataset))
    if (!IsIdentifier(c.name) && !IsNested(c.type))
      features.push_back({c.name, TypeOf(c.type), c.type, c.meaning});
  if (dataset == Dataset::kFgCHost)
    features.push_back({std::string(kHorizon), FeatureType::kString, Type::kText, "horizon of the baseline"});
  return features;
}

Status CheckName(std::string_view what, std::string_view name, std::string_view remedy) {
  if (catalogue::IsStoreName(name)) return Status::OK();
  return base::UsageError(
      fmt::format("{} '{}' ({} characters): a feature store takes 1 to {} letters, digits, '-' and '_', the "
                  "first and the "
                  "last a letter or digit; {}",
                  what, name, name.size(), catalogue::kMaxStoreName, remedy));
}

}  // namespace

std::string_view ToText(FeatureType type) {
  constexpr std::string_view kNames[] = {"Integral", "Fractional", "String"};
  return kNames[static_cast<size_t>(type)];
}

const std::vector<Dataset>& GroupedDatasets() {
  static const std::vector<Dataset> datasets = {Dataset::kFgA, Dataset::kFgAWide, Dataset::kFgCHost};
  return datasets;
}

std::string_view NameOf(Dataset dataset) {
  return dataset == Dataset::kFgCHost ? "fg_c" : catalogue::PathOf(dataset);
}

arrow::Result<Dataset> FindGrouped(std::string_view name) {
  for (const Dataset dataset : GroupedDatasets())
    if (NameOf(dataset) == name || catalogue::PathOf(dataset) == name) return dataset;
  return base::UsageError(fmt::format("'{}' has no feature groups; fg_a, fg_a_wide and fg_c have", name));
}

std::string DefaultGroupName(std::string_view project, std::string_view version, Dataset dataset) {
  std::string name = fmt::format("{}-{}-{}", project, version, NameOf(dataset));
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '.' || c == '_'; }, '-');
  return name;
}

arrow::Result<std::vector<Group>> GroupsOf(const catalogue::Catalogue& catalogue, Dataset dataset,
                                           const std::string& name, size_t max_features) {
  std::vector<Feature> features = FeaturesOf(catalogue, dataset);
  for (const Feature& f : features)
    ARROW_RETURN_NOT_OK(CheckName("feature", f.name, "choose shorter names of windows, port sets or scores"));
  const size_t room = max_features - kOwnColumns;
  const size_t parts = (features.size() + room - 1) / room;
  std::vector<Group> groups;
  for (size_t part = 0; part < parts; ++part) {
    Group group{parts == 1 ? name : fmt::format("{}-{}", name, part + 1), dataset, {}, 0, 0};
    ARROW_RETURN_NOT_OK(CheckName("feature group", group.name, "name it in feature_groups.names"));
    group.part = static_cast<int>(part) + 1, group.parts = static_cast<int>(parts);
    const auto first = features.begin() + static_cast<std::ptrdiff_t>(part * room);
    const auto last =
        features.begin() + static_cast<std::ptrdiff_t>(std::min((part + 1) * room, features.size()));
    group.features.assign(std::make_move_iterator(first), std::make_move_iterator(last));
    groups.push_back(std::move(group));
  }
  return groups;
}

std::string JoinView(const std::vector<Group>& parts) {
  if (parts.size() < 2) return "";
  const std::string& first = parts.front().name;
  std::string sql =
      fmt::format("CREATE VIEW \"{}\" AS\nSELECT *\nFROM \"{}\"\n", first.substr(0, first.rfind('-')), first);
  for (size_t i = 1; i < parts.size(); ++i)
    sql += fmt::format("JOIN \"{}\" USING ({}, {}, {})\n", parts[i].name, kEntityId, kEventTime, kRecordId);
  sql.back() = ';';
  return sql + "\n";
}

}  // namespace ndr::feature_store
