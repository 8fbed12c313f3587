// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/scratch.h"

#include <unistd.h>

#include <filesystem>
#include <random>

#include "ndr/disk/files.h"

namespace ndr::storage {
namespace fs = std::filesystem;
using arrow::Status;

namespace {

// A living owner holds the lock of its folder's file of that name.
constexpr const char* kOwner = "/owner";

Status RemoveDead(const std::string& parent, const std::function<Status(const std::string&)>& before) {
  ARROW_ASSIGN_OR_RAISE(const auto names, disk::NamesIn(parent));
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
  return !disk::FileLock(folder + kOwner, LOCK_EX | LOCK_NB, O_RDWR).refused();
}

arrow::Result<std::unique_ptr<Scratch>> Scratch::Make(
    const std::string& parent, const std::function<Status(const std::string&)>& before_removal) {
  std::unique_ptr<Scratch> scratch(new Scratch());
  ARROW_RETURN_NOT_OK(disk::MakeFolders(parent));
  scratch->parent_ = parent;
  const disk::FileLock alone = scratch->Alone();
  ARROW_RETURN_NOT_OK(alone.status());
  ARROW_RETURN_NOT_OK(RemoveDead(parent, before_removal));
  std::random_device random;
  scratch->path_ = parent + "/" + std::to_string(::getpid()) + "-" + std::to_string(random());
  ARROW_RETURN_NOT_OK(disk::MakeFolders(scratch->path_));
  scratch->owner_.emplace(scratch->path_ + kOwner, LOCK_EX | LOCK_NB, O_RDWR | O_CREAT);
  ARROW_RETURN_NOT_OK(scratch->owner_->status());
  return scratch;
}

Scratch::~Scratch() {
  std::error_code ignored;
  bool unfinished = false;
  for (fs::directory_iterator entries(path_, ignored); !ignored && entries != fs::directory_iterator();
       entries.increment(ignored))
    unfinished |= entries->path().extension() == kIntentSuffix;
  if (!path_.empty() && !unfinished) fs::remove_all(path_, ignored);
}

}  // namespace ndr::storage
