// SPDX-License-Identifier: Apache-2.0
#include "ndr/catalogue/meaning.h"

#include <arrow/type.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ndr/base/hash.h"

namespace ndr::catalogue {
namespace {

// What a family is made from stands before it, so that its hash is known.
constexpr bool MadeFromEarlierOnes() {
  for (size_t i = 0; i < kFamilies.size(); ++i)
    for (const char* from : kFamilies[i].made_from)
      if (from != nullptr && FindFamily(from) >= i) return false;
  return true;
}
static_assert(MadeFromEarlierOnes());

std::string MetricWords(const ProjectMetric& m) {
  const Measure& measure = m.word->measure;
  return fmt::format("{}|{}|{}|{}|{}|{}\n", m.name, ToText(measure.kind), measure.of, measure.by,
                     ToText(m.word->unit), ToText(m.word->nulls));
}

std::string DeltaWords(const Catalogue& catalogue) {
  std::string words = fmt::format("{}\n", fmt::join(kRoleNames, "|"));
  for (const std::string& name : catalogue.delta_counts())
    words += MetricWords(catalogue.metrics()[static_cast<size_t>(catalogue.FindMetricIndex(name))]);
  return words;
}

std::string WindowWords(const Catalogue& catalogue) {
  std::string words = fmt::format("beacons from {}\n", kBeaconWindowSlices);
  for (const ProjectMetric& m : catalogue.metrics()) words += MetricWords(m);
  for (const Window& w : catalogue.windows()) words += fmt::format("{}={}\n", w.label, w.slices);
  return words;
}

std::string BaselineWords(const Catalogue& catalogue) {
  std::string words;
  for (const ProjectMetric& m : catalogue.metrics()) words += fmt::format("{}={}\n", m.name, m.resolution);
  return words;
}

std::string DistanceWords(const Catalogue& catalogue) {
  std::string words = fmt::format("{}\n", fmt::join(kLevelNames, "|"));
  for (const Transform t : catalogue.transforms()) {
    const TransformWord& word = kTransforms[static_cast<size_t>(t)];
    words += fmt::format("{}|{}|{}\n", word.name, word.formula, word.signed_null);
  }
  return words;
}

std::string OwnWords(const Catalogue& catalogue, std::string_view family) {
  if (family == "delta") return DeltaWords(catalogue);
  if (family == "fg_a") return WindowWords(catalogue);
  if (family == "fg_b") return BaselineWords(catalogue);
  if (family == "fg_c") return DistanceWords(catalogue);
  return "";
}

}  // namespace

MeaningHashes HashMeaning(const Catalogue& catalogue, std::span<const Family, kFamilies.size()> families) {
  MeaningHashes hashes;
  for (size_t i = 0; i < families.size(); ++i) {
    const Family& family = families[i];
    std::string text = fmt::format("{} {}\n", family.name, family.revision);
    for (const char* from : family.made_from)
      if (from != nullptr) text += hashes[FindFamily(from)] + "\n";
    for (int d = 0; d < kDatasets; ++d)
      if (const auto dataset = static_cast<Dataset>(d); FamilyOf(dataset) == family.name)
        text += fmt::format("{}\n{}\n", PathOf(dataset), catalogue.StorageSchema(dataset)->ToString());
    hashes[i] = base::Sha256Hex(text + OwnWords(catalogue, family.name));
  }
  return hashes;
}

}  // namespace ndr::catalogue
