// SPDX-License-Identifier: Apache-2.0
#include "ndr/sqlite/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace ndr::sqlite {
namespace {

class DatabaseTest : public testing::Test {
 protected:
  void SetUp() override {
    database_ = Database::Open(path_, true, "the store", "--file").ValueOrDie();
    ASSERT_TRUE(database_->Execute("CREATE TABLE t (a INTEGER UNIQUE, b TEXT)").ok());
  }
  int64_t Rows() const {
    Statement count = database_->Prepare("SELECT count(*) FROM t");
    EXPECT_TRUE(*count.Step());
    return count.Integer(0);
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "new/t.sqlite";
  std::unique_ptr<Database> database_;
};

TEST_F(DatabaseTest, AStatementRunsAgainWithOtherParameters) {
  Statement put = database_->Prepare("INSERT INTO t VALUES (?, ?)");
  ASSERT_TRUE(put.Bind(int64_t{1}).Bind("one").Run().ok());
  ASSERT_TRUE(put.Bind(int64_t{2}).Bind(std::string_view()).Run().ok());
  ASSERT_TRUE(put.Bind(int64_t{3}).BindBytes("x").Run().ok());
  Statement get = database_->Prepare("SELECT b FROM t ORDER BY a");
  ASSERT_TRUE(*get.Step());
  EXPECT_EQ(get.Bytes(0), "one");
  ASSERT_TRUE(*get.Step());
  EXPECT_FALSE(get.IsNull(0)) << "an empty text";
  EXPECT_TRUE(get.IsText(0));
  ASSERT_TRUE(*get.Step());
  EXPECT_FALSE(get.IsText(0)) << "bytes";
  EXPECT_FALSE(*get.Step());
}

TEST_F(DatabaseTest, WhatFailsHalfWayIsUndone) {
  EXPECT_FALSE(database_
                   ->Atomically([&]() -> arrow::Status {
                     ARROW_RETURN_NOT_OK(database_->Execute("INSERT INTO t VALUES (1, 'x')"));
                     return database_->Execute("INSERT INTO t VALUES (1, 'y')");
                   })
                   .ok());
  EXPECT_EQ(Rows(), 0);
  EXPECT_TRUE(
      database_->Atomically([&] { return database_->Execute("INSERT INTO t VALUES (1, 'x')"); }).ok());
  EXPECT_EQ(Rows(), 1);
}

TEST_F(DatabaseTest, ErrorsBeginWithTheName) {
  ASSERT_TRUE(database_->Execute("INSERT INTO t VALUES (1, 'x')").ok());
  const std::string unique = "the store: SQLite: UNIQUE constraint failed: t.a";
  EXPECT_EQ(database_->Execute("INSERT INTO t VALUES (1, 'y')").message(), unique);
  EXPECT_EQ(database_->Prepare("INSERT INTO t VALUES (?, 'y')").Bind(int64_t{1}).Run().message(), unique);
  EXPECT_EQ(Database::Open(folder_ / "none", false, "", "").status().message(),
            "SQLite: unable to open database file");
  Put(folder_ / "text", std::string(200, 'x'));
  const auto text = Database::Open(folder_ / "text", false, "the store", "--file").ValueOrDie();
  EXPECT_EQ(text->Prepare("SELECT 1 FROM t").Step().status().message(),
            "the store: SQLite: file is not a database; name another file with --file");
}

}  // namespace
}  // namespace ndr::sqlite
