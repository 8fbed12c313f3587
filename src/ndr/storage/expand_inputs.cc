// SPDX-License-Identifier: Apache-2.0
#include <fnmatch.h>
#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <tuple>

#include "ndr/storage/input.h"
#include "ndr/storage/object_store.h"
#include "ndr/storage/results.h"

namespace ndr::storage {
namespace fs = std::filesystem;
using arrow::Status;

namespace {

constexpr const char* kGlobCharacters = "*?[";

// One folder or file reached in two ways, by a link, is one.
std::string Canonical(const fs::path& path) {
  std::error_code error;
  const fs::path canonical = fs::canonical(path, error);
  return (error ? path : canonical).string();
}

class LocalInputs {
 public:
  Status Add(const std::string& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) return AddFilesBelow(path);
    if (!fs::exists(path, error)) return Status::KeyError("input ", path, " does not exist");
    if (!fs::is_regular_file(path, error))
      return Status::Invalid("input ", path, " is no file or folder; logs are read twice, a pipe can't be");
    AddFile(path, true);
    return Status::OK();
  }

  Status AddGlob(const std::string& pattern) {
    glob_t found = {};
    const int code = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found);
    std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    ::globfree(&found);
    if (code != 0) return Status::KeyError("input ", pattern, " matches no file");
    std::sort(paths.begin(), paths.end());
    for (const std::string& path : paths) {
      std::error_code error;
      if (!fs::is_regular_file(path, error)) {
        ARROW_RETURN_NOT_OK(Add(path));
      } else {
        AddFile(path, false);
      }
    }
    return Status::OK();
  }

  void MoveTo(std::vector<InputPath>* files) {
    for (auto& [canonical, file] : files_) files->push_back(std::move(file));
  }

 private:
  void AddFile(const fs::path& path, bool named) {
    std::error_code error;
    const auto bytes = fs::file_size(path, error);
    InputPath file{path.lexically_normal().string(), error ? -1 : static_cast<int64_t>(bytes), named};
    const auto [at, added] = files_.try_emplace(Canonical(path), file);
    at->second.named |= named;
  }

  // Links are followed, after what lies there itself; a root of results below the folder is no input.
  Status AddFilesBelow(const fs::path& folder) {
    if (!entered_.insert(Canonical(folder)).second) return Status::OK();
    std::error_code error;
    std::vector<fs::directory_entry> entries;
    for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
         at.increment(error))
      entries.push_back(*at);
    if (error) return Status::IOError("cannot list ", folder.string(), ": ", error.message());
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
      return std::pair(a.is_symlink(), a.path()) < std::pair(b.is_symlink(), b.path());
    });
    for (const fs::directory_entry& entry : entries) {
      if (entry.path().filename().string().starts_with('.')) continue;
      if (entry.is_directory(error)) {
        if (!HoldsResults(entry.path())) ARROW_RETURN_NOT_OK(AddFilesBelow(entry.path()));
      } else if (entry.is_regular_file(error)) {
        AddFile(entry.path(), false);
      }
    }
    return Status::OK();
  }

  std::set<std::string> entered_;           // folders
  std::map<std::string, InputPath> files_;  // by what they are
};

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
  auto listed = store->List(folder);
  // A bucket that is not there is no input without files.
  if (!listed.ok()) return Status::IOError(listed.status().message());
  const auto objects = WithoutResults(*std::move(listed), folder);
  const size_t before = files->size();
  for (const ObjectInfo& object : objects) {
    const bool named = object.name == wanted;
    const bool chosen = named || wanted.empty() || object.name.starts_with(wanted + "/") ||
                        (glob != std::string::npos &&
                         ::fnmatch(wanted.c_str(), object.name.c_str(), FNM_PATHNAME | FNM_LEADING_DIR) == 0);
    const bool hidden = !named && IsHidden(object.name.substr(folder.empty() ? 0 : folder.size() + 1));
    if (chosen && !hidden && !object.name.ends_with('/'))
      files->push_back({bucket + "/" + object.name, object.bytes, named});
  }
  if (files->size() > before) return Status::OK();
  return Status::KeyError("input ", input,
                          glob == std::string::npos ? " does not exist" : " matches no file");
}

}  // namespace

arrow::Result<std::vector<InputPath>> ExpandInputs(const std::vector<std::string>& inputs) {
  std::vector<InputPath> files;
  LocalInputs local;
  for (const std::string& input : inputs) {
    std::error_code error;
    if (IsRemote(input)) {
      ARROW_RETURN_NOT_OK(AddRemote(input, &files));
      continue;
    }
    // A name with brackets may be just that.
    const bool exact = input.find_first_of(kGlobCharacters) == std::string::npos || fs::exists(input, error);
    ARROW_RETURN_NOT_OK(exact ? local.Add(input) : local.AddGlob(input));
  }
  local.MoveTo(&files);
  // Named ones first among equals.
  std::sort(files.begin(), files.end(), [](const InputPath& a, const InputPath& b) {
    return std::tie(a.path, b.named) < std::tie(b.path, a.named);
  });
  files.erase(std::unique(files.begin(), files.end(),
                          [](const InputPath& a, const InputPath& b) { return a.path == b.path; }),
              files.end());
  return files;
}

}  // namespace ndr::storage
