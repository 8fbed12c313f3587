// SPDX-License-Identifier: Apache-2.0
// One run at a time of a batch or a reference (specification 4, Pipelines: a lock with an owner and an
// expiry).
//
// The lock of a run is the file `<root>/_locks/feature_spec_version=<v>/<project>/<name>.json`, one JSON
// object: who holds it (host, pid, token) and until when. Whoever reads or changes locks of a folder holds
// flock(2) on it meanwhile, which the system takes back from a process that dies; a new file comes by
// link(2), which fails where there is one, and a changed one by rename(2), so that nobody ever reads half of
// it. On S3 it is an object of that name, which only conditional puts change (lock_keeper.h).
#pragma once

#include <arrow/result.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "ndr/base/time.h"

namespace ndr::pipeline {

/// Who holds a lock. A process is known by its host (name, boot and process namespace), its pid and when it
/// started: a pid alone comes again.
struct LockOwner {
  std::string host, machine;  ///< the name for people; boot and namespace, for comparison
  int64_t pid = 0, started = 0;
  std::string token;  ///< random, one per lock taken
  base::Micros expires = 0;

  /// `pid 4711 on sensor-3`
  std::string Name() const;
};

/// For so long a lock stands that its owner does not renew, where nothing says otherwise.
inline constexpr std::chrono::milliseconds kLease{120'000};

struct LockRequest {
  std::string root, version, project;
  std::string name;  ///< `batch-20240420T120000Z`, `reference-20240420T000000Z`
  std::chrono::milliseconds lease = kLease;
};

class LockKeeper;

/// Held while it lives: a thread of its own renews it at every third of the lease.
class Lock {
 public:
  /// Takes the lock where there is none, where it has expired, and where its owner is a process of this host
  /// that is dead. Otherwise a contract violation that names the owner and the expiry.
  static arrow::Result<std::unique_ptr<Lock>> Take(const LockRequest& request);
  /// Gives it back, unless somebody took it over.
  ~Lock();
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  /// OK while it is ours. A contract violation that names who took it over once it had expired (this process
  /// had been stopped for longer than the lease).
  arrow::Status StillHeld() const;
  const std::string& path() const { return path_; }

 private:
  Lock();
  void KeepRenewing(const std::stop_token& stop);

  std::string path_;
  std::unique_ptr<LockKeeper> keeper_;
  LockOwner owner_;
  std::chrono::milliseconds lease_{};
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  arrow::Status lost_;
  bool taken_ = false;
  std::jthread renewal_;
};

}  // namespace ndr::pipeline
