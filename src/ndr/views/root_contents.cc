// SPDX-License-Identifier: Apache-2.0
#include "ndr/views/root_contents.h"

#include <algorithm>
#include <filesystem>

#include "ndr/base/exit_code.h"

namespace ndr::views {
namespace {

constexpr std::string_view kVersionFolder = "feature_spec_version=";

}  // namespace

std::vector<std::string> VersionsOf(const std::string& root, std::string_view family) {
  std::vector<std::string> versions;
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::path(root) / "_commits" / family;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename();
    if (name.starts_with(kVersionFolder)) versions.push_back(name.substr(kVersionFolder.size()));
  }
  std::sort(versions.begin(), versions.end());
  return versions;
}

arrow::Status NothingThere(const std::string& root, std::string_view family, const std::string& version) {
  std::string others;
  for (const std::string& v : VersionsOf(root, family)) others += (others.empty() ? "" : ", ") + v;
  const std::string what = root + " holds no committed " + std::string(family) + " of version " + version;
  if (!others.empty())
    return base::UsageError(what + "; it holds versions " + others + " (--feature-spec-version)");
  if (family == "pair_counts" || family == "fg_a_wide")
    return base::UsageError(what + "; it is made when the project file says {\"keep\": {\"" +
                            std::string(family) + "\": true}}");
  return base::UsageError(what + "; run 'ndr replay --input LOGS --root " + root + "' first");
}

}  // namespace ndr::views
