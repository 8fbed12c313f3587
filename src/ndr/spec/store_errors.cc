// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/store_errors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "ndr/base/exit_code.h"

namespace ndr::spec {

using arrow::Status;
using base::UsageError;

std::string Where(const SpecKey& key, const std::string& store) {
  return fmt::format("job spec of project {}, job {}, version {} in {}", key.project, key.job, key.version,
                     store);
}

Status NoItem(const SpecKey& key, const std::string& store) {
  return UsageError(Where(key, store) +
                    ": there is none; `ndr spec list` shows what there is, `ndr spec put` stores one");
}

Status NoItem(const SpecKey& key, const std::string& store, const std::vector<SpecKey>& there) {
  std::set<std::string> projects, versions;
  for (const SpecKey& other : there) {
    projects.insert(other.project);
    if (other.project == key.project) versions.insert(other.version);
  }
  const std::string init =
      fmt::format("`ndr spec init --project-name {} --feature-spec-version {}`", key.project, key.version);
  std::string words = "; the store is empty, and " + init + " makes a first set";
  if (versions.contains(key.version))
    words = fmt::format(", where others of {} {} are; {} adds those that are missing", key.project,
                        key.version, init);
  else if (!versions.empty())
    words =
        fmt::format("; {} has {} {}, and {} makes a new set", key.project,
                    versions.size() == 1 ? "the version" : "the versions", fmt::join(versions, ", "), init);
  else if (!projects.empty())
    words =
        fmt::format("; the store has {} {}, and {} makes a first set",
                    projects.size() == 1 ? "the project" : "the projects", fmt::join(projects, ", "), init);
  return UsageError(Where(key, store) + ": there is none" + words);
}

Status NoBody(const SpecKey& key, const std::string& store, std::string_view place) {
  return UsageError(fmt::format("{}: the item has no body in {}; `ndr spec put --replace` stores one",
                                Where(key, store), place));
}

Status WrongBodyType(const SpecKey& key, const std::string& store, std::string_view found) {
  return UsageError(fmt::format("{}: the body is {}, and must be a JSON object", Where(key, store), found));
}

Status InvalidBody(const SpecKey& key, const std::string& store, std::string_view why) {
  return UsageError(fmt::format("{}: the body cannot be read: {}", Where(key, store), why));
}

Status AnotherBody(const SpecKey& key, const std::string& store) {
  return UsageError(
      Where(key, store) +
      ": another body stands there already; store this one under a new version, or with --replace in its "
      "place");
}

arrow::Result<Json> ParseBody(const SpecKey& key, const std::string& store, std::string_view text,
                              const std::string& origin) {
  arrow::Result<Json> body = ParseJson(text, origin);
  if (!body.ok()) return InvalidBody(key, store, body.status().message());
  if (!body->is_object()) return WrongBodyType(key, store, std::string("a JSON ") + body->type_name());
  return body;
}

Status InContext(const SpecKey& key, const std::string& store, const Status& status) {
  return status.ok() ? status : status.WithMessage(Where(key, store), ": ", status.message());
}

}  // namespace ndr::spec
