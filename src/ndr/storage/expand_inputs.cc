// SPDX-License-Identifier: Apache-2.0
#include <fnmatch.h>
#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "ndr/storage/input.h"
#include "ndr/storage/object_store.h"

namespace ndr::storage {
namespace fs = std::filesystem;
using arrow::Status;

namespace {

constexpr const char* kGlobCharacters = "*?[";

int64_t SizeOf(const fs::path& path) {
  std::error_code error;
  const auto bytes = fs::file_size(path, error);
  return error ? -1 : static_cast<int64_t>(bytes);
}

Status AddFilesBelow(const std::string& folder, std::vector<InputPath>* files) {
  std::error_code error;
  fs::recursive_directory_iterator entries(folder, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    const bool hidden = entries->path().filename().string().starts_with('.');
    if (entries->is_directory() && hidden) entries.disable_recursion_pending();
    std::error_code none;
    if (entries->is_regular_file(none) && !hidden)
      files->push_back({entries->path().lexically_normal().string(), SizeOf(entries->path())});
  }
  if (error) return Status::IOError("cannot list ", folder, ": ", error.message());
  return Status::OK();
}

Status AddLocal(const std::string& path, std::vector<InputPath>* files) {
  std::error_code error;
  if (fs::is_directory(path, error)) return AddFilesBelow(path, files);
  if (!fs::exists(path, error)) return Status::KeyError("input ", path, " does not exist");
  files->push_back({fs::path(path).lexically_normal().string(), SizeOf(path)});
  return Status::OK();
}

Status AddLocalGlob(const std::string& pattern, std::vector<InputPath>* files) {
  glob_t found = {};
  const int code = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found);
  const std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (code != 0) return Status::KeyError("input ", pattern, " matches no file");
  for (const std::string& path : paths) ARROW_RETURN_NOT_OK(AddLocal(path, files));
  return Status::OK();
}

bool IsHidden(std::string_view name) { return name.starts_with('.') || name.find("/.") != name.npos; }

// Objects at or below `input`, or those that it matches. A glob is listed from its last whole folder on.
Status AddRemote(const std::string& input, std::vector<InputPath>* files) {
  std::string text = input;
  while (text.ends_with('/')) text.pop_back();
  const size_t bucket_end = text.find('/', text.find("//") + 2);
  const std::string bucket = text.substr(0, bucket_end);
  const std::string wanted = bucket_end == std::string::npos ? "" : text.substr(bucket_end + 1);
  const size_t glob = wanted.find_first_of(kGlobCharacters);
  const size_t folder_end = glob == std::string::npos ? wanted.rfind('/') : wanted.rfind('/', glob);
  const bool below = glob == std::string::npos && input.ends_with('/');
  const std::string folder = below                             ? wanted
                             : folder_end == std::string::npos ? ""
                                                               : wanted.substr(0, folder_end);
  ARROW_ASSIGN_OR_RAISE(const auto store, OpenStore(bucket));
  const auto listed = store->List(folder);
  // A bucket that is not there is no input without files.
  if (!listed.ok()) return Status::IOError(listed.status().message());
  const auto& objects = *listed;
  const size_t before = files->size();
  for (const ObjectInfo& object : objects) {
    const bool chosen = wanted.empty() || object.name == wanted || object.name.starts_with(wanted + "/") ||
                        (glob != std::string::npos &&
                         ::fnmatch(wanted.c_str(), object.name.c_str(), FNM_PATHNAME | FNM_LEADING_DIR) == 0);
    const bool hidden =
        object.name != wanted && IsHidden(object.name.substr(folder.empty() ? 0 : folder.size() + 1));
    if (chosen && !hidden && !object.name.ends_with('/'))
      files->push_back({bucket + "/" + object.name, object.bytes});
  }
  if (files->size() > before) return Status::OK();
  return Status::KeyError("input ", input,
                          glob == std::string::npos ? " does not exist" : " matches no file");
}

}  // namespace

arrow::Result<std::vector<InputPath>> ExpandInputs(const std::vector<std::string>& inputs) {
  std::vector<InputPath> files;
  for (const std::string& input : inputs) {
    std::error_code error;
    if (IsRemote(input)) {
      ARROW_RETURN_NOT_OK(AddRemote(input, &files));
      continue;
    }
    // A name with brackets may be just that.
    const bool named = input.find_first_of(kGlobCharacters) == std::string::npos || fs::exists(input, error);
    ARROW_RETURN_NOT_OK(named ? AddLocal(input, &files) : AddLocalGlob(input, &files));
  }
  std::sort(files.begin(), files.end(),
            [](const InputPath& a, const InputPath& b) { return a.path < b.path; });
  files.erase(std::unique(files.begin(), files.end(),
                          [](const InputPath& a, const InputPath& b) { return a.path == b.path; }),
              files.end());
  return files;
}

}  // namespace ndr::storage
