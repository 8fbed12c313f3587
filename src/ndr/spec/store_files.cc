// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/store_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "ndr/spec/store_errors.h"

namespace ndr::spec {
namespace {

namespace fs = std::filesystem;
using arrow::Result;
using arrow::Status;

constexpr std::string_view kEnd = ".json";

Status Failed(std::string_view what, const std::string& path, int error) {
  return Status::IOError("cannot ", what, " ", path, ": ", std::strerror(error));
}

// nullopt where there is no file.
Result<std::optional<std::string>> ReadWhole(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error) && !error) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || error) return Failed("read", path, error ? error.value() : errno);
  return text.str();
}

Status WriteSynced(const std::string& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return Failed("create", path, errno);
  bool right = true;
  while (right && !bytes.empty()) {
    const ssize_t n = ::write(file, bytes.data(), bytes.size());
    right = n >= 0 || errno == EINTR;
    if (n > 0) bytes.remove_prefix(static_cast<size_t>(n));
  }
  right = right && ::fsync(file) == 0;
  const int error = errno;
  ::close(file);
  return right ? Status::OK() : Failed("write", path, error);
}

void SyncFolder(const std::string& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  (void)::fsync(file);
  ::close(file);
}

// Names in a folder that may be part of a key; none where there is no folder.
std::vector<std::string> NamesIn(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
       entry.increment(error))
    if (std::string name = entry->path().filename().string(); !name.starts_with('.')) names.push_back(name);
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
  const auto text = ReadWhole(PathOf(key));
  if (!text.ok()) return InContext(key, name_, text.status());
  if (!*text) return std::nullopt;
  if ((*text)->find_first_not_of(" \t\r\n") == std::string::npos) return NoBody(key, name_, PathOf(key));
  return ParseBody(key, name_, **text, PathOf(key));
}

Result<std::vector<SpecKey>> FilesStore::List(const std::string& project) {
  std::vector<SpecKey> keys;
  const fs::path folder(folder_);
  for (const std::string& name : project.empty() ? NamesIn(folder) : std::vector<std::string>{project})
    for (const std::string& version : NamesIn(folder / name))
      for (const std::string& file : NamesIn(folder / name / version))
        if (file.ends_with(kEnd)) keys.push_back({name, file.substr(0, file.size() - kEnd.size()), version});
  std::sort(keys.begin(), keys.end());
  return keys;
}

Result<bool> FilesStore::Write(const SpecKey& key, const std::string& text, bool replace) {
  const std::string folder = FolderOf(key), path = PathOf(key);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Failed("make the folder", folder, error.value());
  const std::string draft = folder + "/." + key.job + "." + std::to_string(::getpid());
  Status status = WriteSynced(draft, text);
  bool stands = false;
  if (status.ok()) {
    // A link fails where a file stands, which a rename would replace.
    const int failed = replace ? ::rename(draft.c_str(), path.c_str()) : ::link(draft.c_str(), path.c_str());
    stands = failed != 0 && !replace && errno == EEXIST;
    if (failed != 0 && !stands) status = Failed("write", path, errno);
  }
  (void)::unlink(draft.c_str());
  ARROW_RETURN_NOT_OK(status);
  SyncFolder(folder);
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
