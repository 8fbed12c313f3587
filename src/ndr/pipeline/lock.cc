// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "ndr/base/exit_code.h"
#include "ndr/pipeline/lock_owner.h"
#include "ndr/storage/local_disk.h"

namespace ndr::pipeline {
namespace {

using arrow::Status;

base::Micros Now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Status Failed(std::string_view what, const std::string& path) {
  return Status::IOError("cannot ", what, " ", path, ": ", std::strerror(errno));
}

// Any text as one part of a path that no other text gives.
std::string AsPathPart(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || (c == '.' && !out.empty());
    const auto byte = static_cast<unsigned char>(c);
    if (plain) out += c;
    if (!plain) out += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return out;
}

// Nobody else of this host changes locks of the folder while it lives.
class Guard {
 public:
  explicit Guard(const std::string& folder)
      : fd_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    while (fd_ >= 0 && ::flock(fd_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~Guard() {
    if (fd_ >= 0) ::close(fd_);
  }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
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

}  // namespace

arrow::Result<std::unique_ptr<Lock>> Lock::Take(const LockRequest& request) {
  std::unique_ptr<Lock> lock(new Lock());
  lock->folder_ = request.root + "/_locks/feature_spec_version=" + AsPathPart(request.version) + "/" +
                  AsPathPart(request.project);
  lock->path_ = lock->folder_ + "/" + AsPathPart(request.name) + ".json";
  lock->lease_ = request.lease;
  ARROW_RETURN_NOT_OK(storage::MakeFolders(lock->folder_));
  ARROW_ASSIGN_OR_RAISE(lock->owner_, ThisProcess());
  ARROW_RETURN_NOT_OK(lock->TakeOrRefuse());
  lock->taken_ = true;
  lock->renewal_ = std::jthread([self = lock.get()](std::stop_token stop) { self->KeepRenewing(stop); });
  return lock;
}

Status Lock::TakeOrRefuse() {
  const Guard guard(folder_);
  if (!guard.ok()) return Failed("open", folder_);
  ARROW_RETURN_NOT_OK(RemoveUnfinished(folder_, path_));
  const base::Micros now = Now();
  owner_.expires = now + std::chrono::microseconds(lease_).count();
  // Another host may win between reading and linking, where flock does not reach it: then look again.
  for (;;) {
    ARROW_ASSIGN_OR_RAISE(const auto text, storage::ReadWhole(path_));
    const auto other = text ? OwnerFromJson(*text) : std::nullopt;
    if (other && other->expires > now && !IsDead(*other))
      return base::ContractViolation(
          path_ + " is held by " + other->Name() + " until " + base::FormatInstant(other->expires) +
          ": another run of the same batch or reference goes on; wait for its end");
    ARROW_ASSIGN_OR_RAISE(const bool placed, Place(owner_, path_, text.has_value()));
    if (placed) return Status::OK();
  }
}

Status Lock::Renew() {
  const Guard guard(folder_);
  if (!guard.ok()) return Failed("open", folder_);
  ARROW_ASSIGN_OR_RAISE(const auto text, storage::ReadWhole(path_));
  const auto other = text ? OwnerFromJson(*text) : std::nullopt;
  if (other && other->token != owner_.token)
    return base::ContractViolation(path_ + " had expired and was taken over by " + other->Name());
  if (!other) return base::ContractViolation(path_ + " is gone: somebody removed it while the run went on");
  owner_.expires = Now() + std::chrono::microseconds(lease_).count();
  return Place(owner_, path_, true).status();
}

void Lock::KeepRenewing(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (lost_.ok()) {
    wake_.wait_for(lock, stop, lease_ / 3, [] { return false; });
    if (stop.stop_requested()) return;
    lock.unlock();
    // A disk that is full for a moment is no loss: only another owner is, and the lease bridges two failures.
    Status renewed = Renew();
    lock.lock();
    if (base::ExitCode(renewed) == base::kExitContract) lost_ = std::move(renewed);
  }
}

Status Lock::StillHeld() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

Lock::~Lock() {
  if (!taken_) return;
  renewal_.request_stop();
  renewal_.join();
  const Guard guard(folder_);
  const auto text = storage::ReadWhole(path_);
  if (!text.ok() || !*text) return;
  const auto owner = OwnerFromJson(**text);
  // What stays there for want of a disk expires.
  if (owner && owner->token == owner_.token) static_cast<void>(storage::Remove(path_));
}

}  // namespace ndr::pipeline
