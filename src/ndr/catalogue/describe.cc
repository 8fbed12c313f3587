// SPDX-License-Identifier: Apache-2.0
#include "ndr/catalogue/describe.h"

#include <algorithm>
#include <set>

namespace ndr::catalogue {

std::vector<ColumnFamily> FamiliesOf(const Catalogue& catalogue, Dataset dataset) {
  const auto& metrics = catalogue.metrics();
  switch (dataset) {
    case Dataset::kFgA: {
      ColumnFamily family{"<metric>, for every metric", {}};
      for (const ProjectMetric& m : metrics) family.names.push_back(m.column);
      return {family};
    }
    case Dataset::kFgAWide: {
      ColumnFamily family{
          "<metric>_<window> (outbound) and in_<metric>_<window> (inbound), for every metric and window", {}};
      for (const ProjectMetric& m : metrics)
        for (const Window& w : catalogue.windows())
          for (const char* prefix : {"", "in_"}) family.names.push_back(prefix + m.column + "_" + w.label);
      return {family};
    }
    case Dataset::kFgBHost:
    case Dataset::kFgBSegment:
    case Dataset::kFgBGlobal: {
      ColumnFamily family{"<metric>_<statistic>, for every baselined metric", {}};
      for (const int i : catalogue.baselined())
        for (const std::string_view s : kStatisticNames)
          family.names.push_back(metrics[static_cast<size_t>(i)].column + "_" + std::string(s));
      return {family};
    }
    case Dataset::kFgCHost: {
      ColumnFamily family{"<metric>_<transform>, for every baselined metric", {}};
      for (const int i : catalogue.baselined())
        for (const Transform t : catalogue.transforms())
          family.names.push_back(metrics[static_cast<size_t>(i)].column + "_" +
                                 std::string(kTransforms[static_cast<size_t>(t)].name));
      return {family};
    }
    default:
      return {};
  }
}

std::vector<Column> OwnColumns(const Catalogue& catalogue, Dataset dataset) {
  std::set<std::string> made;
  for (const ColumnFamily& family : FamiliesOf(catalogue, dataset))
    made.insert(family.names.begin(), family.names.end());
  std::vector<Column> own;
  for (const Column& column : catalogue.Columns(dataset))
    if (!made.contains(column.name)) own.push_back(column);
  return own;
}

std::vector<std::string> Partitions(Dataset dataset) {
  const std::string_view path = PathOf(dataset);
  std::vector<std::string> names = {"feature_spec_version"};
  const bool baseline = path.starts_with("fg_b/");
  if (baseline || dataset == Dataset::kFgCHost || dataset == Dataset::kFgCPair)
    names.push_back("baseline_horizon");
  for (const char* name : {"dt", "hh", "mm"})
    if (!baseline) names.push_back(name);
  if (baseline) names.push_back("reference_ts");
  return names;
}

}  // namespace ndr::catalogue
