// SPDX-License-Identifier: Apache-2.0
// Which datasets a change of keys makes stale: what their commit records were made under.
#include <fmt/format.h>

#include <set>

#include "ndr/catalogue/families.h"
#include "ndr/jobs/agreement.h"
#include "ndr/storage/commit.h"
#include "spec_verbs.h"

namespace ndr::app {
namespace {

using Values = std::map<std::string, std::string>;

// Those of the keys whose value in a commit record is not today's.
std::vector<std::string> Changed(const Values& record, const Values& today,
                                 const std::vector<spec::Difference>& differences) {
  std::vector<std::string> changed;
  for (const spec::Difference& d : differences) {
    const auto now = today.find(d.path), then = record.find(d.path);
    if (now != today.end() && (then == record.end() || then->second != now->second))
      changed.push_back(d.path);
  }
  return changed;
}

}  // namespace

arrow::Result<std::string> StaleInWords(const std::string& root, const std::vector<std::string>& versions,
                                        const spec::Project& after,
                                        const std::vector<spec::Difference>& differences) {
  std::string text;
  const storage::CommitLog log(root);
  for (const std::string& version : std::set<std::string>(versions.begin(), versions.end()))
    for (const auto& [family, revision, made_from] : catalogue::kFamilies) {
      const Values today = spec::ActingKeys(after, family);
      ARROW_ASSIGN_OR_RAISE(const auto records, log.ReadAll(family, version));
      std::set<std::string> keys;
      size_t stale = 0;
      for (const storage::CommitRecord& record : records) {
        const auto changed = Changed(record.configuration, today, differences);
        keys.insert(changed.begin(), changed.end());
        stale += !changed.empty();
      }
      if (stale > 0)
        text += fmt::format("stale: {} {}, {} of {} commits, for {}\n", family, version, stale,
                            records.size(), fmt::join(keys, ", "));
    }
  return text.empty() ? "nothing in " + root + " becomes stale\n" : text;
}

arrow::Result<std::string> StaleNow(const std::string& root, const spec::Project& project) {
  ARROW_ASSIGN_OR_RAISE(const auto context, spec::MakeContext(project));
  const std::string& version = project.feature_spec_version;
  const storage::CommitLog log(root);
  std::string text;
  size_t commits = 0;
  for (const auto& [family, revision, made_from] : catalogue::kFamilies) {
    const storage::CommitRecord today = jobs::MadeToday(*context, family);
    jobs::Disagreement differs(today);
    ARROW_ASSIGN_OR_RAISE(const auto records, log.ReadAll(family, version));
    for (const storage::CommitRecord& record : records) differs.Compare(record);
    commits += records.size();
    if (!differs.empty())
      text += fmt::format("stale: {} {}, {} of {} commits, for {}\n", family, version, differs.ids().size(),
                          differs.commits(), differs.KeysInWords());
  }
  if (commits == 0) return fmt::format("{} holds nothing of version {}\n", root, version);
  return text.empty() ? fmt::format("nothing of version {} in {} is stale\n", version, root) : text;
}

}  // namespace ndr::app
