// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/store_files.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "ndr/disk/files.h"
#include "ndr/spec/store_errors.h"

namespace ndr::spec {
namespace {

namespace fs = std::filesystem;
using arrow::Result;
using arrow::Status;

constexpr std::string_view kEnd = ".json";

// Those in a folder that may be part of a key; none where there is no folder.
Result<std::vector<std::string>> NamesOfKeys(const std::string& folder) {
  ARROW_ASSIGN_OR_RAISE(auto names, disk::NamesIn(folder));
  std::erase_if(names, [](const std::string& name) { return name.starts_with('.'); });
  return names;
}

class FilesStore : public SpecStore {
 public:
  explicit FilesStore(std::string folder) : folder_(std::move(folder)), name_("files:" + folder_) {}

  const std::string& name() const override { return name_; }
  Result<std::optional<Json>> Get(const SpecKey& key) override;
  Result<std::vector<SpecKey>> List(const std::string& project) override;
  Status Put(const SpecKey& key, const Json& body, bool replace) override;

 private:
  std::string FolderOf(const SpecKey& key) const { return folder_ + "/" + key.project + "/" + key.version; }
  std::string PathOf(const SpecKey& key) const { return FolderOf(key) + "/" + key.job + std::string(kEnd); }
  // False where another file stands there.
  Result<bool> Write(const SpecKey& key, const std::string& text, bool replace);

  std::string folder_, name_;
};

Result<std::optional<Json>> FilesStore::Get(const SpecKey& key) {
  ARROW_RETURN_NOT_OK(CheckKey(key));
  const auto text = disk::ReadWhole(PathOf(key));
  if (!text.ok()) return InContext(key, name_, text.status());
  if (!*text) return std::nullopt;
  if ((*text)->find_first_not_of(" \t\r\n") == std::string::npos) return NoBody(key, name_, PathOf(key));
  return ParseBody(key, name_, **text, PathOf(key));
}

Result<std::vector<SpecKey>> FilesStore::List(const std::string& project) {
  std::vector<SpecKey> keys;
  std::vector<std::string> projects{project};
  if (project.empty()) {
    ARROW_ASSIGN_OR_RAISE(projects, NamesOfKeys(folder_));
  }
  for (const std::string& name : projects) {
    ARROW_ASSIGN_OR_RAISE(const auto versions, NamesOfKeys(folder_ + "/" + name));
    for (const std::string& version : versions) {
      ARROW_ASSIGN_OR_RAISE(const auto files, NamesOfKeys(folder_ + "/" + name + "/" + version));
      for (const std::string& file : files)
        if (file.ends_with(kEnd)) keys.push_back({name, file.substr(0, file.size() - kEnd.size()), version});
    }
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

Result<bool> FilesStore::Write(const SpecKey& key, const std::string& text, bool replace) {
  const std::string folder = FolderOf(key), path = PathOf(key);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return disk::Failed("make the folder", folder, error.value());
  const std::string draft = folder + "/." + key.job + "." + std::to_string(::getpid());
  Status status = disk::WriteSynced(draft, text);
  bool stands = false;
  if (status.ok()) {
    // A link fails where a file stands, which a rename would replace.
    const int failed = replace ? ::rename(draft.c_str(), path.c_str()) : ::link(draft.c_str(), path.c_str());
    stands = failed != 0 && !replace && errno == EEXIST;
    if (failed != 0 && !stands) status = disk::Failed("write", path, errno);
  }
  (void)::unlink(draft.c_str());
  ARROW_RETURN_NOT_OK(status);
  (void)disk::SyncFolder(folder);  // not every file system can
  return !stands;
}

Status FilesStore::Put(const SpecKey& key, const Json& body, bool replace) {
  ARROW_RETURN_NOT_OK(CheckKey(key));
  const auto written = Write(key, body.dump(2) + "\n", replace);
  if (!written.ok()) return InContext(key, name_, written.status());
  if (*written) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto found, Get(key));
  return found && *found == body ? Status::OK() : AnotherBody(key, name_);
}

}  // namespace

std::unique_ptr<SpecStore> OpenFilesStore(const std::string& folder) {
  return std::make_unique<FilesStore>(folder);
}

}  // namespace ndr::spec
