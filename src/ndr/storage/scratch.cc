// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/scratch.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include "ndr/storage/local_disk.h"

namespace ndr::storage {
namespace fs = std::filesystem;
using arrow::Status;

namespace {

// A living owner holds the lock of its folder's file of that name.
constexpr const char* kOwner = "/owner";

Status RemoveDead(const std::string& parent, const std::function<Status(const std::string&)>& before) {
  ARROW_ASSIGN_OR_RAISE(const auto names, NamesIn(parent));
  for (const std::string& name : names) {
    const std::string folder = parent + "/" + name;
    std::error_code error;
    if (!fs::is_directory(folder, error) || !IsOwnerDead(folder)) continue;
    if (before) ARROW_RETURN_NOT_OK(before(folder));
    fs::remove_all(folder, error);
    if (error) return Status::IOError("cannot remove ", folder, ": ", error.message());
  }
  return Status::OK();
}

}  // namespace

bool IsOwnerDead(const std::string& folder) {
  const int fd = ::open((folder + kOwner).c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return true;
  const bool dead = ::flock(fd, LOCK_EX | LOCK_NB) == 0;
  ::close(fd);
  return dead;
}

FolderLock::FolderLock(int fd, int operation) : fd_(fd) {
  while (::flock(fd_, operation) != 0 && errno == EINTR) {
  }
}
FolderLock::~FolderLock() { ::flock(fd_, LOCK_UN); }

arrow::Result<std::unique_ptr<Scratch>> Scratch::Make(
    const std::string& parent, const std::function<Status(const std::string&)>& before_removal) {
  std::unique_ptr<Scratch> scratch(new Scratch());
  ARROW_RETURN_NOT_OK(MakeFolders(parent));
  scratch->parent_fd_ = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (scratch->parent_fd_ < 0) return Status::IOError("cannot open ", parent);

  const FolderLock alone(scratch->parent_fd_, LOCK_EX);
  ARROW_RETURN_NOT_OK(RemoveDead(parent, before_removal));
  std::random_device random;
  scratch->path_ = parent + "/" + std::to_string(::getpid()) + "-" + std::to_string(random());
  ARROW_RETURN_NOT_OK(MakeFolders(scratch->path_));
  const std::string owner = scratch->path_ + kOwner;
  scratch->owner_fd_ = ::open(owner.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (scratch->owner_fd_ < 0 || ::flock(scratch->owner_fd_, LOCK_EX | LOCK_NB) != 0)
    return Status::IOError("cannot lock ", owner);
  return scratch;
}

Scratch::~Scratch() {
  std::error_code ignored;
  bool unfinished = false;
  for (fs::directory_iterator entries(path_, ignored); !ignored && entries != fs::directory_iterator();
       entries.increment(ignored))
    unfinished |= entries->path().extension() == kIntentSuffix;
  if (!path_.empty() && !unfinished) fs::remove_all(path_, ignored);
  if (owner_fd_ >= 0) ::close(owner_fd_);
  if (parent_fd_ >= 0) ::close(parent_fd_);
}

}  // namespace ndr::storage
