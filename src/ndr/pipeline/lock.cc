// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/lock.h"

#include "ndr/base/exit_code.h"
#include "ndr/pipeline/lock_keeper.h"
#include "ndr/pipeline/lock_owner.h"

namespace ndr::pipeline {
namespace {

using arrow::Status;

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

}  // namespace

base::Micros LockClock() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Status RefuseHeld(const std::optional<std::string>& text, const std::string& path) {
  const auto other = text ? OwnerFromJson(*text) : std::nullopt;
  if (!other || other->expires <= LockClock() || IsDead(*other)) return Status::OK();
  return base::ContractViolation(path + " is held by " + other->Name() + " until " +
                                 base::FormatInstant(other->expires) +
                                 ": another run of the same batch or reference goes on; wait for its end");
}

Status CheckOwn(const std::optional<std::string>& text, const std::string& path, const LockOwner& owner) {
  const auto other = text ? OwnerFromJson(*text) : std::nullopt;
  if (!other) return base::ContractViolation(path + " is gone: somebody removed it while the run went on");
  if (other->token == owner.token) return Status::OK();
  return base::ContractViolation(path + " had expired and was taken over by " + other->Name());
}

Lock::Lock() = default;

arrow::Result<std::unique_ptr<Lock>> Lock::Take(const LockRequest& request) {
  std::unique_ptr<Lock> lock(new Lock());
  const std::string folder =
      "_locks/feature_spec_version=" + AsPathPart(request.version) + "/" + AsPathPart(request.project);
  const std::string name = folder + "/" + AsPathPart(request.name) + ".json";
  lock->path_ = request.root + "/" + name;
  lock->lease_ = request.lease;
  if (storage::IsRemote(request.root)) {
    ARROW_ASSIGN_OR_RAISE(auto store, storage::OpenStore(request.root));
    lock->keeper_ = LockOnStore(std::move(store), name);
  } else {
    ARROW_ASSIGN_OR_RAISE(lock->keeper_, LockInFolder(request.root + "/" + folder, lock->path_));
  }
  ARROW_ASSIGN_OR_RAISE(lock->owner_, ThisProcess());
  ARROW_RETURN_NOT_OK(lock->keeper_->TakeOrRefuse(&lock->owner_, lock->lease_));
  lock->taken_ = true;
  lock->renewal_ =
      std::jthread([self = lock.get()](const std::stop_token& stop) { self->KeepRenewing(stop); });
  return lock;
}

void Lock::KeepRenewing(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (lost_.ok()) {
    wake_.wait_for(lock, stop, lease_ / 3, [] { return false; });
    if (stop.stop_requested()) return;
    lock.unlock();
    // A disk that is full for a moment, or a network that is away, is no loss: only another owner is, and the
    // lease bridges two failures.
    Status renewed = keeper_->Renew(&owner_, lease_);
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
  keeper_->Release(owner_);
}

}  // namespace ndr::pipeline
