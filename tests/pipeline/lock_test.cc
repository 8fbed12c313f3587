// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/lock.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "ndr/base/exit_code.h"
#include "ndr/pipeline/lock_owner.h"
#include "temporary_folder.h"

namespace ndr::pipeline {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

constexpr char kFile[] = "_locks/feature_spec_version=v1/acme/batch-b1.json";
constexpr base::Micros kFarFuture = 32503680000 * base::kMicrosPerSecond;

LockRequest Request(const TemporaryFolder& root) {
  return {root.path(), "v1", "acme", "batch-b1", std::chrono::seconds(60)};
}

// A lock file as another process would have left it.
void Leave(const TemporaryFolder& root, LockOwner owner) { root.Put(kFile, ToJson(owner)); }

LockOwner Foreign() {
  LockOwner owner = *ThisProcess();
  owner.host = "sensor-3";
  owner.machine = "another boot";
  owner.expires = kFarFuture;
  return owner;
}

TEST(Lock, IsAFileWhileItLives) {
  const TemporaryFolder root;
  {
    const auto lock = Lock::Take(Request(root));
    ASSERT_TRUE(lock.ok()) << lock.status();
    EXPECT_TRUE((*lock)->StillHeld().ok());
    const auto owner = OwnerFromJson(root.Get(kFile));
    ASSERT_TRUE(owner);
    EXPECT_EQ(owner->pid, ::getpid());
    EXPECT_EQ(owner->token.size(), 32u);
  }
  EXPECT_FALSE(root.Has(kFile));
}

TEST(Lock, OfALivingOwnerIsRefusedWithNameAndExpiry) {
  const TemporaryFolder root;
  Leave(root, Foreign());
  const arrow::Status status = Lock::Take(Request(root)).status();
  EXPECT_EQ(base::ExitCode(status), base::kExitContract);
  EXPECT_THAT(status.message(), HasSubstr("is held by pid " + std::to_string(::getpid()) +
                                          " on sensor-3 until 3000-01-01T00:00:00Z"));
}

TEST(Lock, ThatExpiredIsTakenOver) {
  const TemporaryFolder root;
  LockOwner owner = Foreign();
  owner.expires = 0;
  Leave(root, owner);
  EXPECT_TRUE(Lock::Take(Request(root)).ok());
}

TEST(Lock, OfADeadProcessOfThisHostIsTakenOver) {
  const TemporaryFolder root;
  const pid_t child = ::fork();
  if (child == 0) {
    LockOwner owner = *ThisProcess();
    owner.expires = kFarFuture;
    Leave(root, owner);
    ::_exit(0);
  }
  // Not reaped yet, it is still a process.
  siginfo_t info;
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  EXPECT_FALSE(IsDead(*OwnerFromJson(root.Get(kFile))));
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(IsDead(*OwnerFromJson(root.Get(kFile))));
  EXPECT_TRUE(Lock::Take(Request(root)).ok());
}

TEST(Lock, OfAnEarlierProcessWithTheSamePidIsTakenOver) {
  const TemporaryFolder root;
  LockOwner owner = *ThisProcess();
  owner.started -= 1;
  owner.expires = kFarFuture;
  Leave(root, owner);
  EXPECT_TRUE(Lock::Take(Request(root)).ok());
}

TEST(Lock, ThatIsNoJsonIsTakenOver) {
  const TemporaryFolder root;
  root.Put(kFile, "{\"host\":");
  EXPECT_TRUE(Lock::Take(Request(root)).ok());
}

TEST(Lock, IsRenewedWhileItLives) {
  const TemporaryFolder root;
  LockRequest request = Request(root);
  request.lease = std::chrono::milliseconds(150);
  const auto lock = Lock::Take(request);
  ASSERT_TRUE(lock.ok());
  const base::Micros first = OwnerFromJson(root.Get(kFile))->expires;
  base::Micros now = first;
  for (int i = 0; i < 200 && now == first; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    now = OwnerFromJson(root.Get(kFile))->expires;
  }
  EXPECT_GT(now, first);
  EXPECT_TRUE((*lock)->StillHeld().ok());
}

TEST(Lock, ThatWasTakenOverIsLeftToItsOwner) {
  const TemporaryFolder root;
  {
    const auto lock = Lock::Take(Request(root));
    ASSERT_TRUE(lock.ok());
    Leave(root, Foreign());
  }
  EXPECT_EQ(OwnerFromJson(root.Get(kFile))->host, "sensor-3");
}

TEST(Lock, IsTakenByOneOfMany) {
  const TemporaryFolder root;
  LockOwner stale = Foreign();
  stale.expires = 0;
  for (int round = 0; round < 20; ++round) {
    // Half of the rounds begin with a lock that is to be taken over.
    if (round % 2 == 1) Leave(root, stale);
    std::atomic<int> ready = 0, taken = 0, refused = 0;
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] {
          ++ready;
          while (ready < 8) std::this_thread::yield();
          const auto lock = Lock::Take(Request(root));
          lock.ok() ? ++taken : ++refused;
          // Nobody gives it back before all have tried.
          while (taken + refused < 8) std::this_thread::yield();
        });
    }
    EXPECT_EQ(taken, 1);
    EXPECT_EQ(refused, 7);
    EXPECT_FALSE(root.Has(kFile));
  }
}

TEST(Lock, NamesAreOnePathEach) {
  const TemporaryFolder root;
  LockRequest request = Request(root);
  request.project = "../a/b";
  const auto lock = Lock::Take(request);
  ASSERT_TRUE(lock.ok());
  EXPECT_TRUE(root.Has("_locks/feature_spec_version=v1/%2E.%2Fa%2Fb/batch-b1.json"));
}

}  // namespace
}  // namespace ndr::pipeline
