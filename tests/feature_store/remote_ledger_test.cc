// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/remote_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "ndr/base/exit_code.h"
#include "temporary_folder.h"

namespace ndr::feature_store {
namespace {

using ::testing::HasSubstr;

class RemoteLedgerTest : public ::testing::Test {
 protected:
  std::unique_ptr<RemoteLedger> Open() { return RemoteLedger::Open(path_, "here").ValueOrDie(); }
  void Append(const std::string& text) { std::ofstream(path_, std::ios::app) << text; }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "deeper/ledger";
  const Unit a_{"g", "a.parquet", "1"}, b_{"g", "b \"quoted\".parquet", "2"};
};

TEST_F(RemoteLedgerTest, RemembersRowsAndUnits) {
  {
    const auto ledger = Open();
    EXPECT_EQ(ledger->NumberOf(a_).ValueOrDie(), 0);
    EXPECT_EQ(ledger->NumberOf(b_).ValueOrDie(), 1);
    ASSERT_TRUE(ledger->Settle({{0, 7}, {1, 0}, {1, 1}}).ok());
    ASSERT_TRUE(ledger->Complete(1).ok());
  }
  const auto ledger = Open();
  EXPECT_EQ(ledger->NumberOf(b_).ValueOrDie(), 1);
  EXPECT_EQ(ledger->NumberOf({"g", "a.parquet", "another"}).ValueOrDie(), 2);  // a replaced file
  EXPECT_TRUE(ledger->Knows(0, 7));
  EXPECT_FALSE(ledger->Knows(0, 8));
  EXPECT_EQ(ledger->KnownRows(0), 1);
  EXPECT_FALSE(ledger->IsDone(0));
  EXPECT_TRUE(ledger->IsDone(1));
  EXPECT_TRUE(ledger->Knows(1, 5));
}

TEST_F(RemoteLedgerTest, ALineCutOffByAKillIsNoLine) {
  { ASSERT_TRUE(Open()->NumberOf(a_).ok()); }
  Append("row 0 1\nrow 0 12");  // of 123, perhaps
  {
    const auto ledger = Open();
    EXPECT_TRUE(ledger->Knows(0, 1));
    EXPECT_FALSE(ledger->Knows(0, 12));
    ASSERT_TRUE(ledger->Settle({{0, 3}}).ok());
  }
  EXPECT_TRUE(Open()->Knows(0, 3));  // and did not join the half line
}

TEST_F(RemoteLedgerTest, AHeadCutOffIsWrittenAnew) {
  folder_.Put("deeper/ledger", "{\"ndr_fea");
  { ASSERT_TRUE(Open()->NumberOf(a_).ok()); }
  EXPECT_EQ(Open()->NumberOf(a_).ValueOrDie(), 0);
}

TEST_F(RemoteLedgerTest, OfAnotherStoreOrHeldOrDamaged) {
  {
    const auto ledger = Open();
    const auto second = RemoteLedger::Open(path_, "here");
    EXPECT_THAT(second.status().message(), HasSubstr("is held by another ingestion"));
    EXPECT_EQ(base::ExitCode(second.status()), base::kExitUsage);
  }
  EXPECT_THAT(RemoteLedger::Open(path_, "there").status().message(), HasSubstr("is of another store"));
  for (const char* line : {"row 5 1\n", "nonsense\n", "unit 0 [1,2]\n", "row x y\n"}) {
    std::filesystem::remove(path_);
    { Open(); }
    Append(line);
    EXPECT_THAT(RemoteLedger::Open(path_, "here").status().message(), HasSubstr("none of its own")) << line;
  }
}

TEST_F(RemoteLedgerTest, RowsOfWhatIsDoneGoWhenTheFileIsLarge) {
  {
    const auto ledger = Open();
    ASSERT_TRUE(ledger->NumberOf(a_).ok());
    ASSERT_TRUE(ledger->NumberOf(b_).ok());
    std::vector<RemoteLedger::Row> rows;
    for (int64_t row = 0; row < 100'000; ++row) rows.push_back({0, row});
    rows.push_back({1, 5});
    ASSERT_TRUE(ledger->Settle(rows).ok());
    ASSERT_TRUE(ledger->Complete(0).ok());
  }
  EXPECT_GT(std::filesystem::file_size(path_), 1'000'000u);
  {
    const auto ledger = Open();
    EXPECT_LT(std::filesystem::file_size(path_), 1'000u);
    EXPECT_THAT(RemoteLedger::Open(path_, "here").status().message(),
                HasSubstr("is held by another ingestion"));
    ASSERT_TRUE(ledger->Settle({{1, 6}}).ok());  // into the new file
  }
  const auto ledger = Open();
  EXPECT_TRUE(ledger->IsDone(0));
  EXPECT_TRUE(ledger->Knows(1, 5));
  EXPECT_TRUE(ledger->Knows(1, 6));
  EXPECT_FALSE(ledger->Knows(1, 7));
}

TEST_F(RemoteLedgerTest, OnlyLooking) {
  const auto ledger = RemoteLedger::Open(path_, "here", true).ValueOrDie();
  ASSERT_TRUE(ledger->NumberOf(a_).ok());
  ASSERT_TRUE(ledger->Sync().ok());
  EXPECT_FALSE(std::filesystem::exists(path_));
}

}  // namespace
}  // namespace ndr::feature_store
