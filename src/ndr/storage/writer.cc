// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include "ndr/storage/intent.h"
#include "ndr/storage/local_disk.h"
#include "ndr/storage/publication.h"

namespace ndr::storage {
namespace fs = std::filesystem;
using arrow::Status;

namespace {

// A live writer holds the lock of its folder's file of that name.
constexpr std::string_view kOwner = "/owner";

bool IsDead(const std::string& folder) {
  const int fd = ::open((folder + std::string(kOwner)).c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return true;
  const bool dead = ::flock(fd, LOCK_EX | LOCK_NB) == 0;
  ::close(fd);
  return dead;
}

Status RemoveDead(const std::string& root, const std::string& staging) {
  ARROW_ASSIGN_OR_RAISE(const auto names, NamesIn(staging));
  for (const std::string& name : names) {
    const std::string folder = staging + "/" + name;
    if (!IsDead(folder)) continue;
    ARROW_ASSIGN_OR_RAISE(const auto entries, NamesIn(folder));
    for (const std::string& entry : entries)
      if (entry.ends_with(".intent")) ARROW_RETURN_NOT_OK(Recover(root, folder + "/" + entry));
    std::error_code error;
    fs::remove_all(folder, error);
    if (error) return Status::IOError("cannot remove ", folder, ": ", error.message());
  }
  return Status::OK();
}

std::string NewToken() {
  std::random_device random;
  return std::to_string(::getpid()) + "-" + std::to_string(random());
}

}  // namespace

arrow::Result<std::unique_ptr<Writer>> Writer::Open(const std::string& root) {
  std::unique_ptr<Writer> writer(new Writer());
  std::error_code error;
  fs::path absolute = fs::absolute(root, error).lexically_normal();
  if (error || root.empty()) return Status::Invalid("'", root, "' is no path of a folder");
  if (!absolute.has_filename()) absolute = absolute.parent_path();
  writer->root_ = absolute.string();
  const std::string staging = writer->root_ + "/_staging";
  ARROW_RETURN_NOT_OK(MakeFolders(staging));
  writer->staging_lock_ = ::open(staging.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (writer->staging_lock_ < 0) return Status::IOError("cannot open ", staging);

  // Nobody commits or opens while the dead are cleared away.
  const FolderLock alone(writer->staging_lock_, LOCK_EX);
  ARROW_RETURN_NOT_OK(RemoveDead(writer->root_, staging));
  writer->staging_ = staging + "/" + NewToken();
  ARROW_RETURN_NOT_OK(MakeFolders(writer->staging_));
  const std::string owner = writer->staging_ + std::string(kOwner);
  writer->owner_lock_ = ::open(owner.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (writer->owner_lock_ < 0 || ::flock(writer->owner_lock_, LOCK_EX | LOCK_NB) != 0)
    return Status::IOError("cannot lock ", owner);
  return writer;
}

Writer::~Writer() {
  std::error_code ignored;
  // What failed half-way keeps its intents for the next writer to act upon.
  bool unfinished = false;
  for (fs::directory_iterator entries(staging_, ignored); !ignored && entries != fs::directory_iterator();
       entries.increment(ignored))
    unfinished |= entries->path().extension() == ".intent";
  if (!staging_.empty() && !unfinished) fs::remove_all(staging_, ignored);
  if (owner_lock_ >= 0) ::close(owner_lock_);
  if (staging_lock_ >= 0) ::close(staging_lock_);
}

arrow::Result<std::unique_ptr<Publication>> Writer::Begin(CommitKey key) {
  for (const std::string* text : {&key.family, &key.version, &key.id})
    if (!IsId(*text))
      return Status::Invalid("'", *text,
                             "' is no name: 1 to 128 characters of [A-Za-z0-9._-], not beginning with a dot");
  const std::string folder = staging_ + "/" + std::to_string(next_++);
  ARROW_RETURN_NOT_OK(MakeFolders(folder));
  return std::unique_ptr<Publication>(new Publication(this, std::move(key), folder));
}

Status Writer::Withdraw(const CommitKey& key) {
  std::lock_guard lock(mutex_);
  const FolderLock recovery_waits(staging_lock_, LOCK_SH);
  ARROW_ASSIGN_OR_RAISE(const auto record, CommitLog(root_).Read(key));
  if (!record) return Status::OK();
  std::vector<std::string> files;
  for (const FileEntry& file : record->files) files.push_back(file.path);
  ARROW_ASSIGN_OR_RAISE(
      const Intent intent,
      Intent::Write(staging_ + "/" + std::to_string(next_++) + ".intent", CommitPath(key), files));
  ARROW_RETURN_NOT_OK(SyncDisk(staging_));
  ARROW_RETURN_NOT_OK(RemoveCommitted(root_, *record));
  return intent.Remove();
}

Status Writer::WriteWhole(const std::string& relative_path, std::string_view bytes) {
  const std::string staged = staging_ + "/" + std::to_string(next_++) + ".whole";
  ARROW_RETURN_NOT_OK(WriteFile(staged, bytes));
  return MoveIntoPlace(staged, relative_path);
}

Status Writer::MoveIntoPlace(const std::string& staged, const std::string& relative_path) {
  const std::string target = root_ + "/" + relative_path;
  ARROW_RETURN_NOT_OK(MakeFolders(fs::path(target).parent_path().string()));
  return Move(staged, target);
}

}  // namespace ndr::storage
