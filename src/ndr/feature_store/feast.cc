// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/feast.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace ndr::feature_store {
namespace {

using catalogue::Dataset;

constexpr std::string_view kHead =
    R"(# Written by `ndr features groups --format feast`: what follows from the catalogue.
from datetime import timedelta

from feast import Entity, FeatureView, Field, FileSource, ValueType
from feast.data_format import ParquetFormat
from feast.types import Float64, Int64, String, UnixTimestamp

host = Entity(name="host", join_keys=["host_ip"], value_type=ValueType.STRING)
role = Entity(name="role", join_keys=["role"], value_type=ValueType.STRING)
window = Entity(name="window", join_keys=["window_label"], value_type=ValueType.STRING)
)";

std::string Identifier(std::string name) {
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
}

std::string PythonText(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

// Of the column as Parquet has it.
std::string_view FeastType(const Feature& feature) {
  if (feature.column == catalogue::Type::kInstant) return "UnixTimestamp";
  return feature.type == FeatureType::kIntegral     ? "Int64"
         : feature.type == FeatureType::kFractional ? "Float64"
                                                    : "String";
}

std::string View(const Group& group, const std::string& name, const std::string& path) {
  std::string text = fmt::format(
      "\n{0} = FeatureView(\n    name={1},\n    entities=[{2}],\n    ttl=timedelta(days=0),\n    "
      "online=True,\n"
      "    source=FileSource(name={3}, path={4}, timestamp_field=\"{5}\", file_format=ParquetFormat()),\n"
      "    schema=[\n",
      name, PythonText(name), group.dataset == Dataset::kFgAWide ? "host" : "host, role, window",
      PythonText(name + "_rows"), PythonText(path), kEventTime);
  for (const Feature& feature : group.features)
    if (feature.name != kHorizon)
      text +=
          fmt::format("        Field(name={}, dtype={}),\n", PythonText(feature.name), FeastType(feature));
  return text + "    ],\n)\n";
}

// A part must have the join keys, which stand in the first.
Group WithKeys(const std::vector<Group>& groups, const Group& part) {
  Group whole = part;
  if (part.part == 1) return whole;
  const auto first = std::find_if(groups.begin(), groups.end(),
                                  [&](const Group& g) { return g.dataset == part.dataset && g.part == 1; });
  for (const Feature& feature : first->features)
    if (feature.name == "host_ip" || feature.name == "role" || feature.name == "window_label")
      whole.features.push_back(feature);
  return whole;
}

}  // namespace

std::map<std::string, std::string> FeastRepository(const std::vector<Group>& groups,
                                                   const FeastOptions& options) {
  std::string views(kHead);
  for (const Group& part : groups) {
    const Group group = WithKeys(groups, part);
    const std::string folder = fmt::format("{}/{}/feature_spec_version={}", options.root,
                                           catalogue::PathOf(group.dataset), options.version);
    const std::string name = Identifier(group.name);
    if (group.dataset != Dataset::kFgCHost) {
      views += View(group, name, folder + "/**/*.parquet");
      continue;
    }
    for (const std::string& horizon : options.horizons)
      views += View(group, name + "_" + Identifier(horizon),
                    folder + "/baseline_horizon=" + horizon + "/**/*.parquet");
  }
  const std::string settings = fmt::format(
      "project: {}\nprovider: local\nregistry: registry.db\noffline_store:\n  type: duckdb\nonline_store:\n"
      "  type: sqlite\n  path: online.db\nentity_key_serialization_version: 3\n",
      Identifier(options.project));
  return {{"feature_store.yaml", settings}, {"features.py", views}};
}

}  // namespace ndr::feature_store
