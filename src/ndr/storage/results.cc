// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/results.h"

#include <algorithm>
#include <set>
#include <string>

namespace ndr::storage {
namespace {

constexpr std::string_view kCommits = "_commits";

// Behind the last slash before the first folder that begins with an underscore; npos: there is none.
size_t OwnFolder(std::string_view name, size_t from) {
  for (size_t slash; (slash = name.find('/', from)) != name.npos; from = slash + 1)
    if (name[from] == '_') return from;
  return name.npos;
}

}  // namespace

bool HoldsResults(const std::filesystem::path& folder) {
  std::error_code error;
  return folder.filename().string().starts_with('_') ||
         std::filesystem::is_directory(folder / kCommits, error);
}

std::vector<ObjectInfo> WithoutResults(std::vector<ObjectInfo> objects, std::string_view folder) {
  const size_t below = folder.empty() ? 0 : folder.size() + 1;
  std::set<std::string, std::less<>> roots;
  for (const ObjectInfo& object : objects)
    if (const size_t at = OwnFolder(object.name, below);
        at != std::string::npos && at > below && object.name.substr(at).starts_with("_commits/"))
      roots.insert(object.name.substr(0, at));
  std::erase_if(objects, [&](const ObjectInfo& object) {
    return OwnFolder(object.name, below) != std::string::npos ||
           std::ranges::any_of(roots, [&](const auto& root) { return object.name.starts_with(root); });
  });
  return objects;
}

}  // namespace ndr::storage
