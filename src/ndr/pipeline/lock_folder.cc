// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cerrno>

#include "ndr/disk/descriptor.h"
#include "ndr/disk/files.h"
#include "ndr/pipeline/lock_keeper.h"
#include "ndr/pipeline/lock_owner.h"

namespace ndr::pipeline {
namespace {

using arrow::Status;

// The file with all its bytes at once. Taken over: in place of the one that is there; otherwise false where
// there is one.
arrow::Result<bool> Place(const LockOwner& owner, const std::string& path, bool take_over) {
  const std::string own = path + "." + owner.token;
  ARROW_RETURN_NOT_OK(disk::WriteSynced(own, ToJson(owner)));
  if (take_over) {
    ARROW_RETURN_NOT_OK(disk::Move(own, path));
    return true;
  }
  const bool linked = ::link(own.c_str(), path.c_str()) == 0;
  const int error = errno;
  ARROW_RETURN_NOT_OK(disk::Remove(own));
  if (!linked && error != EEXIST) return disk::Failed("make", path, error);
  return linked;
}

// What a process left that was killed while it wrote: whoever holds the lock is alone in writing.
Status RemoveUnfinished(const std::string& folder, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto names, disk::NamesIn(folder));
  for (const std::string& name : names)
    if ((folder + "/" + name).starts_with(path + ".")) ARROW_RETURN_NOT_OK(disk::Remove(folder + "/" + name));
  return Status::OK();
}

class LockFile : public LockKeeper {
 public:
  LockFile(std::string folder, std::string path) : folder_(std::move(folder)), path_(std::move(path)) {}

  Status TakeOrRefuse(LockOwner* owner, std::chrono::microseconds lease) override {
    const disk::FileLock alone(folder_, LOCK_EX);
    ARROW_RETURN_NOT_OK(alone.status());
    ARROW_RETURN_NOT_OK(RemoveUnfinished(folder_, path_));
    owner->expires = LockClock() + lease.count();
    // Another host may win between reading and linking, where flock does not reach it: then look again.
    for (;;) {
      ARROW_ASSIGN_OR_RAISE(const auto text, disk::ReadWhole(path_));
      ARROW_RETURN_NOT_OK(RefuseHeld(text, path_));
      ARROW_ASSIGN_OR_RAISE(const bool placed, Place(*owner, path_, text.has_value()));
      if (placed) return Status::OK();
    }
  }

  Status Renew(LockOwner* owner, std::chrono::microseconds lease) override {
    const disk::FileLock alone(folder_, LOCK_EX);
    ARROW_RETURN_NOT_OK(alone.status());
    ARROW_ASSIGN_OR_RAISE(const auto text, disk::ReadWhole(path_));
    ARROW_RETURN_NOT_OK(CheckOwn(text, path_, *owner));
    owner->expires = LockClock() + lease.count();
    return Place(*owner, path_, true).status();
  }

  void Release(const LockOwner& owner) override {
    const disk::FileLock alone(folder_, LOCK_EX);
    const auto text = disk::ReadWhole(path_);
    if (text.ok() && CheckOwn(*text, path_, owner).ok()) static_cast<void>(disk::Remove(path_));
  }

 private:
  std::string folder_, path_;
};

}  // namespace

arrow::Result<std::unique_ptr<LockKeeper>> LockInFolder(const std::string& folder, const std::string& path) {
  ARROW_RETURN_NOT_OK(disk::MakeFolders(folder));
  return std::make_unique<LockFile>(folder, path);
}

}  // namespace ndr::pipeline
