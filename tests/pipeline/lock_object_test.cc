// SPDX-License-Identifier: Apache-2.0
// Locks that only conditional puts change, over the object store of a folder.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "ndr/base/exit_code.h"
#include "ndr/pipeline/lock_keeper.h"
#include "ndr/pipeline/lock_owner.h"
#include "temporary_folder.h"

namespace ndr::pipeline {
namespace {

using testing::HasSubstr;

class LockObjectTest : public testing::Test {
 protected:
  using Seconds = std::chrono::seconds;
  static LockOwner Stranger(const std::string& token) {
    LockOwner owner = *ThisProcess();
    owner.host = "sensor-3";
    owner.machine = "another boot";
    owner.token = token;
    return owner;
  }
  std::unique_ptr<LockKeeper> Keeper() const { return LockOnStore(store_, "_locks/b1.json"); }
  LockOwner Stored() const { return *OwnerFromJson(*store_->Read("_locks/b1.json").ValueOrDie()); }

  TemporaryFolder root_;
  std::shared_ptr<storage::ObjectStore> store_ = storage::OpenStore(root_.path()).ValueOrDie();
  LockOwner me_ = Stranger("me"), you_ = Stranger("you");
};

TEST_F(LockObjectTest, IsTakenRenewedAndGivenBack) {
  const auto keeper = Keeper();
  ASSERT_TRUE(keeper->TakeOrRefuse(&me_, Seconds(60)).ok());
  EXPECT_EQ(Stored().token, "me");
  EXPECT_EQ(Stored().expires, me_.expires);
  const base::Micros first = me_.expires;
  ASSERT_TRUE(keeper->Renew(&me_, Seconds(120)).ok());
  EXPECT_GE(me_.expires, first + 60 * base::kMicrosPerSecond);
  EXPECT_EQ(Stored().expires, me_.expires);
  keeper->Release(me_);
  EXPECT_EQ(Stored().expires, 0);
  EXPECT_TRUE(Keeper()->TakeOrRefuse(&you_, Seconds(60)).ok());
}

TEST_F(LockObjectTest, OfALivingOwnerIsRefusedWithNameAndPlace) {
  ASSERT_TRUE(Keeper()->TakeOrRefuse(&me_, Seconds(60)).ok());
  const arrow::Status status = Keeper()->TakeOrRefuse(&you_, Seconds(60));
  EXPECT_EQ(base::ExitCode(status), base::kExitContract);
  EXPECT_THAT(status.message(), HasSubstr(root_.path() + "/_locks/b1.json is held by pid "));
  EXPECT_EQ(Stored().token, "me");
}

TEST_F(LockObjectTest, ThatExpiredIsTakenOverAndItsOwnerLearnsIt) {
  const auto keeper = Keeper();
  ASSERT_TRUE(keeper->TakeOrRefuse(&me_, Seconds(0)).ok());
  ASSERT_TRUE(Keeper()->TakeOrRefuse(&you_, Seconds(60)).ok());
  const arrow::Status status = keeper->Renew(&me_, Seconds(60));
  EXPECT_EQ(base::ExitCode(status), base::kExitContract);
  EXPECT_THAT(status.message(), HasSubstr("was taken over by pid "));
  keeper->Release(me_);
  EXPECT_EQ(Stored().token, "you");
  EXPECT_GT(Stored().expires, 0);
}

TEST_F(LockObjectTest, OfADeadProcessOfThisHostIsTakenOver) {
  LockOwner dead = *ThisProcess();
  dead.started -= 1;  // the pid is another process's by now
  ASSERT_TRUE(Keeper()->TakeOrRefuse(&dead, Seconds(60)).ok());
  EXPECT_TRUE(Keeper()->TakeOrRefuse(&me_, Seconds(60)).ok());
}

TEST_F(LockObjectTest, ThatIsGoneIsNotRenewed) {
  const auto keeper = Keeper();
  ASSERT_TRUE(keeper->TakeOrRefuse(&me_, Seconds(60)).ok());
  ASSERT_TRUE(store_->Remove("_locks/b1.json").ok());
  EXPECT_THAT(keeper->Renew(&me_, Seconds(60)).message(), HasSubstr("is gone"));
}

TEST_F(LockObjectTest, IsTakenByOneOfMany) {
  for (int round = 0; round < 5; ++round) {
    std::atomic<int> taken = 0, refused = 0;
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < 8; ++t)
        threads.emplace_back([&, t] {
          LockOwner owner = Stranger(std::to_string(t));
          Keeper()->TakeOrRefuse(&owner, Seconds(60)).ok() ? ++taken : ++refused;
        });
    }
    EXPECT_EQ(taken, 1);
    EXPECT_EQ(refused, 7);
    // Every second round begins with a lock that has been given back.
    round % 2 == 0 ? Keeper()->Release(Stored()) : static_cast<void>(store_->Remove("_locks/b1.json"));
  }
}

}  // namespace
}  // namespace ndr::pipeline
