// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/committed_files.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "ndr/base/hash.h"
#include "temporary_folder.h"

namespace ndr::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr base::Micros kTomorrow = int64_t{4'000'000'000} * base::kMicrosPerSecond;  // in 2096
constexpr int kThreads = 2;

// A root with two batches: a has two files of 5 and 7 bytes, b one of 3.
class CommittedFilesTest : public testing::Test {
 protected:
  CommittedFilesTest() {
    a_ = Commit("a", {{"fg_a/x/a.parquet", "hello"}, {"fg_a/y/a.parquet", "goodbye"}});
    Commit("b", {{"fg_b/pair/host/b.parquet", "abc"}});
    Put("_reports/fg_a/a.json", "{}");
  }
  std::string Commit(const std::string& id, const std::vector<std::pair<std::string, std::string>>& files) {
    CommitRecord record;
    record.key = {"fg_a", "v1", id};
    for (const auto& [path, bytes] : files) {
      Put(path, bytes);
      record.files.push_back({path, 1, static_cast<int64_t>(bytes.size()), base::Sha256Hex(bytes)});
    }
    Put(CommitPath(record.key), record.ToJson());
    return CommitPath(record.key);
  }
  void Put(const std::string& name, const std::string& bytes) { ASSERT_TRUE(store_->Put(name, bytes).ok()); }
  std::vector<std::string> Found(base::Micros before = kTomorrow) {
    std::vector<std::string> names;
    for (const Garbage& item : FindGarbage(store_.get(), before, kThreads).ValueOrDie())
      names.push_back(item.name);
    return names;
  }
  std::vector<std::string> Differing() {
    std::vector<std::string> texts;
    for (const Difference& d : Verify(store_.get(), kThreads, nullptr).ValueOrDie().differences)
      texts.push_back(d.file + " " + d.what);
    return texts;
  }

  TemporaryFolder folder_;
  std::shared_ptr<ObjectStore> store_ = OpenStore(folder_ / "root").ValueOrDie();
  std::string a_;
};

TEST_F(CommittedFilesTest, ARootInOrderHasNoGarbage) { EXPECT_THAT(Found(), IsEmpty()); }

TEST_F(CommittedFilesTest, WhatNobodyWillSeeIsGarbageWhenItIsOld) {
  Put("_staging/4711-1/0/0.parquet", "left");
  Put("_staging/put-1-2", "left");
  Put("fg_a/x/c.parquet", "never committed");
  Put("fg_b/pair/host/c.parquet", "never committed");
  Put("notes/mine.txt", "of somebody else");
  EXPECT_THAT(Found(), ElementsAre("_staging/4711-1/0/0.parquet", "_staging/put-1-2", "fg_a/x/c.parquet",
                                   "fg_b/pair/host/c.parquet"));
  EXPECT_THAT(Found(0), IsEmpty());
}

TEST_F(CommittedFilesTest, OnlyGarbageGoes) {
  Put("fg_a/x/c.parquet", "never committed");
  Put("fg_a/x/d.parquet", "committed in the meantime");
  const auto garbage = FindGarbage(store_.get(), kTomorrow, kThreads).ValueOrDie();
  EXPECT_EQ(garbage.size(), 2u);
  Commit("d", {{"fg_a/x/d.parquet", "committed in the meantime"}});
  const auto gone = RemoveGarbage(store_.get(), garbage, kThreads).ValueOrDie();
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_EQ(gone[0].name, "fg_a/x/c.parquet");
  EXPECT_EQ(gone[0].bytes, 15);
  EXPECT_THAT(Found(), IsEmpty());
  EXPECT_THAT(Differing(), IsEmpty());
}

TEST_F(CommittedFilesTest, AWithdrawnRecordListsNothing) {
  Put(a_, WithdrawnJson({"fg_a", "v1", "a"}, {"fg_a/a"}, "token"));
  EXPECT_THAT(Found(), ElementsAre("fg_a/x/a.parquet", "fg_a/y/a.parquet"));
  EXPECT_EQ(Verify(store_.get(), kThreads, nullptr)->commits, 1);
}

TEST_F(CommittedFilesTest, NothingIsGarbageWhereARecordCannotBeRead) {
  Put(a_, "{");
  const auto found = FindGarbage(store_.get(), kTomorrow, kThreads);
  EXPECT_TRUE(found.status().IsInvalid());
  EXPECT_THAT(found.status().message(), testing::HasSubstr(a_));
}

TEST_F(CommittedFilesTest, CommittedFilesAreCompared) {
  int64_t last = -1;
  const auto verified = Verify(store_.get(), kThreads, [&](int64_t done, int64_t total) {
                          EXPECT_GE(done, last);
                          EXPECT_EQ(total, 15);
                          last = done;
                          return true;
                        }).ValueOrDie();
  EXPECT_EQ(verified.commits, 2);
  EXPECT_EQ(verified.files, 3);
  EXPECT_EQ(verified.bytes, 15);  // 5 + 7 + 3
  EXPECT_EQ(last, 15);
  EXPECT_THAT(verified.differences, IsEmpty());
}

TEST_F(CommittedFilesTest, EachDifferenceIsNamed) {
  Put("fg_a/x/a.parquet", "hellO");
  Put("fg_a/y/a.parquet", "good");
  ASSERT_TRUE(store_->Remove("fg_b/pair/host/b.parquet").ok());
  EXPECT_THAT(Differing(),
              ElementsAre("fg_a/x/a.parquet differs in its SHA-256", "fg_a/y/a.parquet has 4 bytes, not 7",
                          "fg_b/pair/host/b.parquet does not exist"));
}

TEST_F(CommittedFilesTest, ItCanBeStopped) {
  EXPECT_TRUE(Verify(store_.get(), kThreads, [](int64_t, int64_t) { return false; }).status().IsCancelled());
}

}  // namespace
}  // namespace ndr::storage
