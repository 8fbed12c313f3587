// SPDX-License-Identifier: Apache-2.0
// Where a lock lies and how it changes hands there: in a folder, or on S3.
#pragma once

#include <chrono>
#include <memory>

#include "ndr/pipeline/lock.h"
#include "ndr/storage/object_store.h"

namespace ndr::pipeline {

/// One lock of one owner. Not thread-safe.
class LockKeeper {
 public:
  virtual ~LockKeeper() = default;

  /// Takes it until `lease` from now, or a contract violation that names its owner. Sets the owner's expiry.
  virtual arrow::Status TakeOrRefuse(LockOwner* owner, std::chrono::microseconds lease) = 0;
  /// Holds it longer. A contract violation where it is no longer the owner's.
  virtual arrow::Status Renew(LockOwner* owner, std::chrono::microseconds lease) = 0;
  /// Gives it back where it still is the owner's. What cannot be given back expires.
  virtual void Release(const LockOwner& owner) = 0;
};

/// A file, removed when it is given back. flock(2) on its folder orders the processes of one host.
arrow::Result<std::unique_ptr<LockKeeper>> LockInFolder(const std::string& folder, const std::string& path);

/// An object that changes by conditional puts alone. There is no safe way to remove what might be another's
/// by now, so a lock that is given back stays, as one that has expired. Expiries are compared with this
/// host's clock: hosts that share a root must agree on the time to within the lease.
std::unique_ptr<LockKeeper> LockOnStore(std::shared_ptr<storage::ObjectStore> store, const std::string& name);

/// By this host's clock.
base::Micros LockClock();
/// What stands in the way of taking: somebody's lock that has not expired, and whose owner is not known to be
/// dead; otherwise OK. `text`: the lock as it is; nullopt where there is none.
arrow::Status RefuseHeld(const std::optional<std::string>& text, const std::string& path);
/// Whether the lock still is the owner's; a contract violation where not.
arrow::Status CheckOwn(const std::optional<std::string>& text, const std::string& path,
                       const LockOwner& owner);

}  // namespace ndr::pipeline
