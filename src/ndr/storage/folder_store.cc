// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/folder_store.h"

#include <arrow/io/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>

#include "ndr/base/hash.h"
#include "ndr/disk/descriptor.h"
#include "ndr/disk/files.h"

namespace ndr::storage {
namespace fs = std::filesystem;
namespace {

using arrow::Result;
using arrow::Status;

// What the names of staged files begin with.
constexpr const char* kPut = "put-";

class FolderStore : public ObjectStore {
 public:
  explicit FolderStore(std::string folder) : folder_(std::move(folder)) {}

  const std::string& location() const override { return folder_; }
  Result<std::optional<std::string>> Read(const std::string& name) override {
    return disk::ReadWhole(PathOf(name));
  }
  Result<std::shared_ptr<arrow::io::RandomAccessFile>> Open(const std::string& name, int64_t bytes) override;
  Result<std::vector<std::string>> Names(const std::string& folder) override;
  Result<std::vector<ObjectInfo>> List(const std::string& folder) override;
  Status Put(const std::string& name, std::string_view bytes) override;
  Status Remove(const std::string& name) override { return disk::Remove(PathOf(name)); }
  Result<std::optional<TaggedObject>> ReadTagged(const std::string& name) override;
  Result<PutOutcome> PutIf(const std::string& name, std::string_view bytes,
                           const std::optional<std::string>& tag, const std::string& token) override;

 private:
  std::string PathOf(const std::string& name) const { return name.empty() ? folder_ : folder_ + "/" + name; }
  std::string Staging() const { return folder_ + "/_staging"; }
  // Whoever clears away what dead writers left in staging holds it alone (Writer::Open).
  disk::FileLock HoldStaging() const { return {Staging(), LOCK_SH}; }
  Status PrepareStaging();
  Status PutHeld(const std::string& name, std::string_view bytes);

  std::string folder_;
  std::once_flag cleared_;
};

Result<std::shared_ptr<arrow::io::RandomAccessFile>> FolderStore::Open(const std::string& name,
                                                                       int64_t /*bytes*/) {
  const std::string path = PathOf(name);
  std::error_code error;
  if (!fs::exists(path, error)) return Status::KeyError(path, " does not exist");
  return arrow::io::ReadableFile::Open(path);
}

Result<std::vector<std::string>> FolderStore::Names(const std::string& folder) {
  ARROW_ASSIGN_OR_RAISE(std::vector<std::string> names, disk::NamesIn(PathOf(folder)));
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::vector<ObjectInfo>> FolderStore::List(const std::string& folder) {
  std::vector<ObjectInfo> objects;
  const std::string top = PathOf(folder);
  std::error_code error;
  if (!fs::is_directory(top, error)) return objects;
  fs::recursive_directory_iterator entries(top, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    struct stat info {};
    const std::string& path = entries->path().native();
    // What goes while it is listed is not there.
    if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    objects.push_back({path.substr(folder_.size() + 1), info.st_size,
                       info.st_mtim.tv_sec * int64_t{1'000'000} + info.st_mtim.tv_nsec / 1000});
  }
  if (error) return Status::IOError("cannot list ", top, ": ", error.message());
  std::sort(objects.begin(), objects.end(),
            [](const ObjectInfo& a, const ObjectInfo& b) { return a.name < b.name; });
  return objects;
}

// Makes it, and once a store removes the files of puts that were killed: whoever puts holds staging, so what
// is there while nobody else holds it is dead. While somebody does, the next run's turn comes.
Status FolderStore::PrepareStaging() {
  ARROW_RETURN_NOT_OK(disk::MakeFolders(Staging()));
  Status status;
  std::call_once(cleared_, [&] {
    const disk::FileLock alone(Staging(), LOCK_EX | LOCK_NB);
    if (!alone.status().ok()) return;
    const auto names = disk::NamesIn(Staging());
    status = names.status();
    if (!status.ok()) return;
    for (const std::string& name : *names)
      if (name.starts_with(kPut) && status.ok()) status = disk::Remove(Staging() + "/" + name);
  });
  return status;
}

Status FolderStore::Put(const std::string& name, std::string_view bytes) {
  ARROW_RETURN_NOT_OK(PrepareStaging());
  const disk::FileLock hold = HoldStaging();
  ARROW_RETURN_NOT_OK(hold.status());
  return PutHeld(name, bytes);
}

Status FolderStore::PutHeld(const std::string& name, std::string_view bytes) {
  static std::atomic<uint64_t> next{0};
  const std::string path = PathOf(name);
  const std::string parent = fs::path(path).parent_path().string();
  const std::string staged =
      Staging() + "/" + kPut + std::to_string(::getpid()) + "-" + std::to_string(next++);
  std::error_code error;
  const bool is_new_folder = !fs::exists(parent, error);
  Status status = disk::MakeFolders(parent);
  if (status.ok()) status = disk::WriteSynced(staged, bytes);
  if (status.ok()) status = disk::Move(staged, path);
  if (!status.ok()) {
    ::unlink(staged.c_str());
    return status;
  }
  return is_new_folder ? disk::SyncDisk(parent) : disk::SyncFolder(parent);
}

Result<std::optional<TaggedObject>> FolderStore::ReadTagged(const std::string& name) {
  ARROW_ASSIGN_OR_RAISE(auto bytes, disk::ReadWhole(PathOf(name)));
  if (!bytes) return std::nullopt;
  std::string tag = base::Sha256Hex(*bytes);
  return TaggedObject{*std::move(bytes), std::move(tag), ""};
}

Result<PutOutcome> FolderStore::PutIf(const std::string& name, std::string_view bytes,
                                      const std::optional<std::string>& tag, const std::string& /*token*/) {
  ARROW_RETURN_NOT_OK(PrepareStaging());
  const disk::FileLock hold = HoldStaging();
  ARROW_RETURN_NOT_OK(hold.status());
  const disk::FileLock lock(Staging() + "/lock", LOCK_EX, O_RDWR | O_CREAT);
  ARROW_RETURN_NOT_OK(lock.status());
  ARROW_ASSIGN_OR_RAISE(const auto now, ReadTagged(name));
  if (now.has_value() == tag.has_value() && (!now || now->tag == *tag)) {
    ARROW_RETURN_NOT_OK(PutHeld(name, bytes));
    return PutOutcome::kWritten;
  }
  return now && now->bytes == bytes ? PutOutcome::kSame : PutOutcome::kLost;
}

}  // namespace

std::shared_ptr<ObjectStore> OpenFolder(const std::string& folder) {
  return std::make_shared<FolderStore>(folder);
}

}  // namespace ndr::storage
