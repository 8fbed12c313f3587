// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/layout.h"

#include <algorithm>

namespace ndr::storage {
namespace {

std::string Versioned(std::string_view folder, std::string_view version) {
  return std::string(folder) + "/feature_spec_version=" + std::string(version);
}

}  // namespace

bool IsBaseline(catalogue::Dataset dataset) { return FamilyOf(dataset) == "fg_b"; }

std::string FolderOf(const Place& place) {
  std::string folder = Versioned(catalogue::PathOf(place.dataset), place.version);
  if (!place.horizon.empty()) folder += "/baseline_horizon=" + place.horizon;
  if (IsBaseline(place.dataset)) return folder + "/reference_ts=" + base::FormatCompact(place.at);
  return folder + "/" + base::FormatPartition(place.at);
}

std::optional<base::Micros> SliceOfPath(std::string_view path) {
  // `dt=2024-04-20/hh=12/mm=45`
  const size_t at = path.find("/dt=");
  if (at == std::string_view::npos || path.size() < at + 26) return std::nullopt;
  const std::string_view p = path.substr(at + 1, 25);
  const auto civil = base::ParseCivil(std::string(p.substr(3, 10)) + "T" + std::string(p.substr(17, 2)) +
                                      ":" + std::string(p.substr(23, 2)) + ":00Z");
  return civil ? std::optional(civil->micros) : std::nullopt;
}

std::string CommitFolder(std::string_view family, std::string_view version) {
  return Versioned("_commits/" + std::string(family), version);
}

std::string CommitPath(const CommitKey& key) {
  return CommitFolder(key.family, key.version) + "/" + key.id + ".json";
}

std::string ReportPath(const CommitKey& key) {
  return Versioned("_reports/" + key.family, key.version) + "/" + key.id + ".json";
}

std::string QuarantinePath(std::string_view version, std::string_view input_sha256) {
  return Versioned("_quarantine", version) + "/" + std::string(input_sha256) + ".parquet";
}

}  // namespace ndr::storage
