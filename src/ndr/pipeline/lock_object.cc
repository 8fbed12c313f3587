// SPDX-License-Identifier: Apache-2.0
#include "ndr/base/exit_code.h"
#include "ndr/pipeline/lock_keeper.h"
#include "ndr/pipeline/lock_owner.h"

namespace ndr::pipeline {
namespace {

using arrow::Status;
using storage::PutOutcome;

class LockObject : public LockKeeper {
 public:
  LockObject(std::shared_ptr<storage::ObjectStore> store, std::string name)
      : store_(std::move(store)), name_(std::move(name)), path_(store_->location() + "/" + name_) {}

  Status TakeOrRefuse(LockOwner* owner, std::chrono::microseconds lease) override {
    // Whoever loses reads who won; only a lock that was given back meanwhile is tried for again.
    for (;;) {
      ARROW_ASSIGN_OR_RAISE(const auto now, store_->ReadTagged(name_));
      ARROW_RETURN_NOT_OK(RefuseHeld(now ? std::optional(now->bytes) : std::nullopt, path_));
      ARROW_ASSIGN_OR_RAISE(const auto outcome, Write(owner, lease.count(), now));
      if (outcome == PutOutcome::kWritten) return Status::OK();
    }
  }

  Status Renew(LockOwner* owner, std::chrono::microseconds lease) override {
    ARROW_ASSIGN_OR_RAISE(const auto now, store_->ReadTagged(name_));
    ARROW_RETURN_NOT_OK(CheckOwn(now ? std::optional(now->bytes) : std::nullopt, path_, *owner));
    ARROW_ASSIGN_OR_RAISE(const auto outcome, Write(owner, lease.count(), now));
    if (outcome == PutOutcome::kWritten) return Status::OK();
    return base::ContractViolation(path_ + " had expired and was taken over while it was renewed");
  }

  void Release(const LockOwner& owner) override {
    const auto now = store_->ReadTagged(name_);
    if (!now.ok() || !*now || !CheckOwn((*now)->bytes, path_, owner).ok()) return;
    LockOwner released = owner;
    released.expires = 0;
    static_cast<void>(store_->PutIf(name_, ToJson(released), (*now)->tag, owner.token));
  }

 private:
  arrow::Result<PutOutcome> Write(LockOwner* owner, base::Micros lease,
                                  const std::optional<storage::TaggedObject>& before) {
    LockOwner later = *owner;
    later.expires = LockClock() + lease;
    ARROW_ASSIGN_OR_RAISE(const auto outcome,
                          store_->PutIf(name_, ToJson(later),
                                        before ? std::optional(before->tag) : std::nullopt, owner->token));
    if (outcome == PutOutcome::kWritten) owner->expires = later.expires;
    return outcome;
  }

  std::shared_ptr<storage::ObjectStore> store_;
  std::string name_, path_;
};

}  // namespace

std::unique_ptr<LockKeeper> LockOnStore(std::shared_ptr<storage::ObjectStore> store,
                                        const std::string& name) {
  return std::make_unique<LockObject>(std::move(store), name);
}

}  // namespace ndr::pipeline
