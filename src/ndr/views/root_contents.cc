// SPDX-License-Identifier: Apache-2.0
#include "ndr/views/root_contents.h"

#include <algorithm>

#include "ndr/base/exit_code.h"
#include "ndr/storage/object_store.h"

namespace ndr::views {
namespace {

constexpr std::string_view kVersionFolder = "feature_spec_version=";

}  // namespace

arrow::Result<std::vector<std::string>> VersionsOf(const std::string& root, std::string_view family) {
  std::vector<std::string> versions;
  ARROW_ASSIGN_OR_RAISE(const auto store, storage::OpenStore(root));
  ARROW_ASSIGN_OR_RAISE(const auto names, store->Names("_commits/" + std::string(family)));
  for (const std::string& name : names)
    if (name.starts_with(kVersionFolder)) versions.push_back(name.substr(kVersionFolder.size()));
  return versions;
}

arrow::Status NothingThere(const std::string& root, std::string_view family, const std::string& version) {
  std::string others;
  ARROW_ASSIGN_OR_RAISE(const auto versions, VersionsOf(root, family));
  for (const std::string& v : versions) others += (others.empty() ? "" : ", ") + v;
  const std::string what = root + " holds no committed " + std::string(family) + " of version " + version;
  if (!others.empty())
    return base::UsageError(what + "; it holds versions " + others + " (--feature-spec-version)");
  if (family == "pair_counts" || family == "fg_a_wide")
    return base::UsageError(what + "; it is made when the project file says {\"keep\": {\"" +
                            std::string(family) + "\": true}}");
  ARROW_ASSIGN_OR_RAISE(const auto fg_a, VersionsOf(root, "fg_a"));
  if (family == "lookback" && std::find(fg_a.begin(), fg_a.end(), version) != fg_a.end())
    return base::UsageError(
        what +
        ": a day is rolled up with the first batch that starts data_quality.allowed_lateness_hours after the "
        "day's end or later, and none does yet; 'ndr show delta/pair --root " +
        root + "' shows what a roll-up is made from");
  return base::UsageError(what + "; run 'ndr replay --input LOGS --root " + root + "' first");
}

}  // namespace ndr::views
