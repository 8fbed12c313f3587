// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "ndr/pipeline/lock_keeper.h"
#include "ndr/pipeline/lock_owner.h"
#include "ndr/storage/local_disk.h"

namespace ndr::pipeline {
namespace {

using arrow::Status;

Status Failed(std::string_view what, const std::string& path) {
  return Status::IOError("cannot ", what, " ", path, ": ", std::strerror(errno));
}

// Nobody else of this host changes locks of the folder while it lives.
class FolderGuard {
 public:
  explicit FolderGuard(const std::string& folder)
      : fd_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    while (fd_ >= 0 && ::flock(fd_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~FolderGuard() {
    if (fd_ >= 0) ::close(fd_);
  }
  FolderGuard(const FolderGuard&) = delete;
  FolderGuard& operator=(const FolderGuard&) = delete;
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

// The file with all its bytes at once. Taken over: in place of the one that is there; otherwise false where
// there is one.
arrow::Result<bool> Place(const LockOwner& owner, const std::string& path, bool take_over) {
  const std::string own = path + "." + owner.token;
  ARROW_RETURN_NOT_OK(storage::WriteSynced(own, ToJson(owner)));
  if (take_over) {
    ARROW_RETURN_NOT_OK(storage::Move(own, path));
    return true;
  }
  const bool linked = ::link(own.c_str(), path.c_str()) == 0;
  const int error = errno;
  ARROW_RETURN_NOT_OK(storage::Remove(own));
  errno = error;
  if (!linked && errno != EEXIST) return Failed("make", path);
  return linked;
}

// What a process left that was killed while it wrote: with the guard held nobody writes.
Status RemoveUnfinished(const std::string& folder, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto names, storage::NamesIn(folder));
  for (const std::string& name : names)
    if ((folder + "/" + name).starts_with(path + "."))
      ARROW_RETURN_NOT_OK(storage::Remove(folder + "/" + name));
  return Status::OK();
}

class LockFile : public LockKeeper {
 public:
  LockFile(std::string folder, std::string path) : folder_(std::move(folder)), path_(std::move(path)) {}

  Status TakeOrRefuse(LockOwner* owner, std::chrono::microseconds lease) override {
    const FolderGuard guard(folder_);
    if (!guard.ok()) return Failed("open", folder_);
    ARROW_RETURN_NOT_OK(RemoveUnfinished(folder_, path_));
    owner->expires = LockClock() + lease.count();
    // Another host may win between reading and linking, where flock does not reach it: then look again.
    for (;;) {
      ARROW_ASSIGN_OR_RAISE(const auto text, storage::ReadWhole(path_));
      ARROW_RETURN_NOT_OK(RefuseHeld(text, path_));
      ARROW_ASSIGN_OR_RAISE(const bool placed, Place(*owner, path_, text.has_value()));
      if (placed) return Status::OK();
    }
  }

  Status Renew(LockOwner* owner, std::chrono::microseconds lease) override {
    const FolderGuard guard(folder_);
    if (!guard.ok()) return Failed("open", folder_);
    ARROW_ASSIGN_OR_RAISE(const auto text, storage::ReadWhole(path_));
    ARROW_RETURN_NOT_OK(CheckOwn(text, path_, *owner));
    owner->expires = LockClock() + lease.count();
    return Place(*owner, path_, true).status();
  }

  void Release(const LockOwner& owner) override {
    const FolderGuard guard(folder_);
    const auto text = storage::ReadWhole(path_);
    if (text.ok() && CheckOwn(*text, path_, owner).ok()) static_cast<void>(storage::Remove(path_));
  }

 private:
  std::string folder_, path_;
};

}  // namespace

arrow::Result<std::unique_ptr<LockKeeper>> LockInFolder(const std::string& folder, const std::string& path) {
  ARROW_RETURN_NOT_OK(storage::MakeFolders(folder));
  return std::make_unique<LockFile>(folder, path);
}

}  // namespace ndr::pipeline
