// SPDX-License-Identifier: Apache-2.0
#include <glob.h>

#include <algorithm>
#include <filesystem>

#include "ndr/storage/input.h"

namespace ndr::storage {
namespace fs = std::filesystem;
using arrow::Status;

namespace {

Status AddFilesBelow(const std::string& folder, std::vector<std::string>* files) {
  std::error_code error;
  fs::recursive_directory_iterator entries(folder, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    const bool hidden = entries->path().filename().string().starts_with('.');
    if (entries->is_directory() && hidden) entries.disable_recursion_pending();
    if (entries->is_regular_file() && !hidden) files->push_back(entries->path().lexically_normal().string());
  }
  if (error) return Status::IOError("cannot list ", folder, ": ", error.message());
  return Status::OK();
}

Status AddPath(const std::string& path, std::vector<std::string>* files) {
  std::error_code error;
  if (fs::is_directory(path, error)) return AddFilesBelow(path, files);
  if (!fs::exists(path, error)) return Status::KeyError("input ", path, " does not exist");
  files->push_back(fs::path(path).lexically_normal().string());
  return Status::OK();
}

}  // namespace

arrow::Result<std::vector<std::string>> ExpandInputs(const std::vector<std::string>& inputs) {
  std::vector<std::string> files;
  for (const std::string& input : inputs) {
    std::error_code error;
    // A name with brackets may be just that.
    if (input.find_first_of("*?[") == std::string::npos || fs::exists(input, error)) {
      ARROW_RETURN_NOT_OK(AddPath(input, &files));
      continue;
    }
    glob_t found = {};
    const int code = ::glob(input.c_str(), GLOB_NOSORT, nullptr, &found);
    std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    ::globfree(&found);
    if (code != 0) return Status::KeyError("input ", input, " matches no file");
    for (const std::string& path : paths) ARROW_RETURN_NOT_OK(AddPath(path, &files));
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

}  // namespace ndr::storage
