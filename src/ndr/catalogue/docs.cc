// SPDX-License-Identifier: Apache-2.0
#include "ndr/catalogue/docs.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ndr/catalogue/describe.h"
#include "ndr/catalogue/families.h"

namespace ndr::catalogue {
namespace {

using Json = nlohmann::ordered_json;

bool Holds(const std::vector<int>& indices, size_t i) {
  return std::binary_search(indices.begin(), indices.end(), static_cast<int>(i));
}

std::string_view ClassOf(const ProjectMetric& m) { return ToText(MergeOf(m.word->measure.kind)); }
std::string_view MeaningOf(const ProjectMetric& m) {
  return m.name == m.word->name ? m.word->meaning : "sessions with a service port of the project's set";
}

}  // namespace

std::string_view ToText(Type type) {
  constexpr std::string_view kNames[] = {"text",
                                         "address",
                                         "instant",
                                         "int64",
                                         "int32",
                                         "uint16",
                                         "flag",
                                         "float64",
                                         "list of int64",
                                         "list of text",
                                         "list of top features",
                                         "list of reasons"};
  return kNames[static_cast<int>(type)];
}

std::string Formula(const Metric& metric) {
  const auto& [kind, of, by] = metric.measure;
  switch (kind) {
    case MeasureKind::kDistinct:
      return by.empty() ? fmt::format("distinct({})", of) : fmt::format("distinct({} where {})", of, by);
    case MeasureKind::kFailedSpread:
      return fmt::format("failed_spread({} per {})", by, of);
    case MeasureKind::kRatio:
      return fmt::format("{} / {}", of, by);
    case MeasureKind::kAsymmetry:
      return metric.unit == Unit::kLogRatio ? fmt::format("ln(({} + 1) / ({} + 1))", of, by)
                                            : fmt::format("{} / ({} + 1)", of, by);
    case MeasureKind::kFlag:
      return fmt::format("{} > 0", of);
    case MeasureKind::kCoverage:
      return "days of look-back";
    case MeasureKind::kWitness:
      return fmt::format("where {} is", of);
    default:
      return fmt::format("{}({}{}{})", ToText(kind), of, by.empty() ? "" : ", ", by);
  }
}

std::string ListText(const Catalogue& catalogue) {
  std::string text =
      fmt::format("{:<40} {:<9} {:<9} {:<10} {}\n", "metric", "unit", "class", "baselined", "meaning");
  for (size_t i = 0; i < catalogue.metrics().size(); ++i) {
    const ProjectMetric& m = catalogue.metrics()[i];
    const char* use = Holds(catalogue.ranked(), i)      ? "ranked"
                      : Holds(catalogue.baselined(), i) ? "yes"
                      : m.baselineable                  ? "possible"
                                                        : "-";
    text += fmt::format("{:<40} {:<9} {:<9} {:<10} {}\n", m.column, ToText(m.word->unit), ClassOf(m), use,
                        MeaningOf(m));
  }
  return text;
}

std::string ListJson(const Catalogue& catalogue) {
  std::string text;
  for (size_t i = 0; i < catalogue.metrics().size(); ++i) {
    const ProjectMetric& m = catalogue.metrics()[i];
    const Json json = {
        {"name", m.name},
        {"column", m.column},
        {"meaning", MeaningOf(m)},
        {"formula", m.name == m.word->name ? Formula(*m.word)
                                           : "count(" + m.name.substr(0, m.name.find("_sessions")) + ")"},
        {"unit", ToText(m.word->unit)},
        {"class", ClassOf(m)},
        {"nulls", ToText(m.word->nulls)},
        {"type", ToText(m.type)},
        {"resolution", m.resolution},
        {"baselined", Holds(catalogue.baselined(), i)},
        {"ranked", Holds(catalogue.ranked(), i)}};
    text += json.dump() + "\n";
  }
  return text;
}

arrow::Result<std::string> SchemaJson(const Catalogue& catalogue, std::string_view dataset) {
  const int found = FindDataset(dataset);
  if (found == kDatasets) {
    std::vector<std::string> known;
    for (int d = 0; d < kDatasets; ++d) known.emplace_back(PathOf(static_cast<Dataset>(d)));
    const std::string nearest = Nearest(dataset, known);
    return arrow::Status::KeyError("'", dataset, "' is no dataset; ",
                                   nearest.empty() ? fmt::format("there are {}", fmt::join(known, ", "))
                                                   : "did you mean '" + nearest + "'?");
  }
  const auto which = static_cast<Dataset>(found);
  Json json = {{"dataset", dataset},
               {"key", catalogue.Key(which)},
               {"partitions", Partitions(which)},
               {"columns", Json::array()}};
  for (const Column& c : catalogue.Columns(which))
    json["columns"].push_back(
        {{"name", c.name}, {"type", ToText(c.type)}, {"nullable", c.nullable}, {"meaning", c.meaning}});
  return json.dump(2) + "\n";
}

std::string LockText(const Catalogue& catalogue) {
  std::string text =
      "# Generated; the words of the catalogue with the default project. A change here changes data.\n";
  for (const ProjectMetric& m : catalogue.metrics())
    text += fmt::format("metric {} {} {} | {} | {}\n", m.column, ToText(m.type), ClassOf(m),
                        ToText(m.word->unit), ToText(m.word->nulls));
  for (const Window& w : catalogue.windows()) text += fmt::format("window {} {}\n", w.label, w.slices);
  for (const Family& f : kFamilies) text += fmt::format("revision {} {}\n", f.name, f.revision);
  for (const std::string_view s : kStatisticNames) text += fmt::format("statistic {}\n", s);
  for (const Transform t : catalogue.transforms())
    text += fmt::format("transform {}\n", kTransforms[static_cast<size_t>(t)].name);
  for (int d = 0; d < kDatasets; ++d) {
    const auto dataset = static_cast<Dataset>(d);
    text += fmt::format("dataset {} {} columns\n", PathOf(dataset), catalogue.Columns(dataset).size());
    for (const Column& c : OwnColumns(catalogue, dataset))
      text += fmt::format("column {} {} {}{}\n", PathOf(dataset), c.name, ToText(c.type),
                          c.nullable ? " or null" : "");
  }
  return text;
}

}  // namespace ndr::catalogue
