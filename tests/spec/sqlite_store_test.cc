// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>

#include <thread>

#include "ndr/spec/store_sqlite.h"
#include "store_case.h"

namespace ndr::spec {
namespace {

using testing::HasSubstr;

class SqliteStoreTest : public StoreCase {
 protected:
  std::unique_ptr<SpecStore> Open() const { return OpenSqliteStore(path_).ValueOrDie(); }
  void Run(const std::string& sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    sqlite3_close(database);
  }

  const std::string path_ = folder_ + "/new/folders/specs.sqlite";
};

TEST_F(SqliteStoreTest, IsMadeOnFirstUse) {
  EXPECT_EQ(Open()->name(), "sqlite:" + path_);
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(SqliteStoreTest, KeepsDocuments) { ExpectKeepsDocuments(Open().get()); }
TEST_F(SqliteStoreTest, GuardsDocuments) { ExpectGuardsDocuments(Open().get()); }

TEST_F(SqliteStoreTest, WhatWasPutIsThereForTheNext) {
  ASSERT_TRUE(Open()->Put(key_, Json::parse(R"({"a": 1})"), false).ok());
  EXPECT_EQ((*Open()->Get(key_))->dump(), R"({"a":1})");
}

TEST_F(SqliteStoreTest, BodiesThatAreNone) {
  const auto store = Open();
  const auto body = [&](const std::string& sql) {
    Run("INSERT OR REPLACE INTO job_specs VALUES ('acme', 'delta_builder', 'v1', " + sql + ")");
    return store->Get(key_).status();
  };
  ExpectUsage(body("NULL"), *store,
              "the item has no body in the column spec of job_specs; `ndr spec put --replace` stores one");
  ExpectUsage(body("x'7b7d'"), *store, "the body is no text, and must be a JSON object");
  ExpectUsage(body("'[1]'"), *store, "the body is a JSON array, and must be a JSON object");
  const auto status = body("'{\"a\": }'");
  EXPECT_EQ(base::ExitCode(status), base::kExitUsage);
  EXPECT_THAT(status.message(), HasSubstr("the body cannot be read: column spec of job_specs: "));
  EXPECT_THAT(status.message(), HasSubstr("line 1, column 7"));
}

TEST_F(SqliteStoreTest, AFileOfAnotherKindIsAFailure) {
  WriteFile(path_,
            "this is no database, but a text of more than the hundred bytes that a header of SQLite's has, "
            "which it must be to be looked at");
  const auto status = OpenSqliteStore(path_).status();
  EXPECT_EQ(base::ExitCode(status), base::kExitFailure);
  EXPECT_EQ(status.message(),
            "sqlite:" + path_ +
                ": SQLite: file is not a database; name another file with --spec-store sqlite:PATH");
}

TEST_F(SqliteStoreTest, AFolderThatCannotBeMadeIsAFailure) {
  WriteFile(folder_ + "/file", "");
  const auto status = OpenSqliteStore(folder_ + "/file/specs.sqlite").status();
  EXPECT_EQ(base::ExitCode(status), base::kExitFailure);
  EXPECT_THAT(status.message(), HasSubstr(folder_ + "/file"));
}

// Each opens the file that none has made yet, and puts its own documents and one that only the first can put.
TEST_F(SqliteStoreTest, SeveralWriteAtOnce) {
  std::vector<int> won(4, 0);
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer)
    writers.emplace_back([&, writer] {
      const auto store = Open();
      for (int i = 0; i < 10; ++i) {
        const Json body = {{"writer", writer}};
        const std::string version = "v" + std::to_string(i);
        EXPECT_TRUE(store->Put({"acme", "job" + std::to_string(writer), version}, body, false).ok());
        won[static_cast<size_t>(writer)] += store->Put({"acme", "shared", version}, body, false).ok() ? 1 : 0;
      }
    });
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(won[0] + won[1] + won[2] + won[3], 10);
  EXPECT_EQ(Open()->List("acme")->size(), 50u);
}

}  // namespace
}  // namespace ndr::spec
