// SPDX-License-Identifier: Apache-2.0
// Publication with the means of S3, on a store that keeps its objects in a folder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <sstream>
#include <utility>

#include "ndr/base/hash.h"
#include "ndr/storage/commit_index.h"
#include "ndr/storage/committer.h"
#include "ndr/storage/object_store.h"
#include "temporary_folder.h"

namespace ndr::storage {
namespace {

using base::Micros;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const Micros kDay = *base::ParseCompact("20240420T000000Z");

// Others act right before this store puts a record, or removes something; each once.
class BusyStore : public ObjectStore {
 public:
  explicit BusyStore(std::shared_ptr<ObjectStore> store) : store_(std::move(store)) {}
  std::function<void()> before_put_if, before_remove;

  const std::string& location() const override { return store_->location(); }
  arrow::Result<std::optional<std::string>> Read(const std::string& name) override {
    return store_->Read(name);
  }
  arrow::Result<std::shared_ptr<arrow::io::RandomAccessFile>> Open(const std::string& name,
                                                                   int64_t bytes) override {
    return store_->Open(name, bytes);
  }
  arrow::Result<std::vector<std::string>> Names(const std::string& f) override { return store_->Names(f); }
  arrow::Result<std::vector<ObjectInfo>> List(const std::string& f) override { return store_->List(f); }
  arrow::Status Put(const std::string& name, std::string_view bytes) override {
    return store_->Put(name, bytes);
  }
  arrow::Status Remove(const std::string& name) override {
    if (auto act = std::exchange(before_remove, nullptr)) act();
    return store_->Remove(name);
  }
  arrow::Result<std::optional<TaggedObject>> ReadTagged(const std::string& name) override {
    return store_->ReadTagged(name);
  }
  arrow::Result<PutOutcome> PutIf(const std::string& name, std::string_view bytes,
                                  const std::optional<std::string>& tag, const std::string& token) override {
    if (auto act = std::exchange(before_put_if, nullptr)) act();
    return store_->PutIf(name, bytes, tag, token);
  }

 private:
  std::shared_ptr<ObjectStore> store_;
};

class ObjectCommitterTest : public testing::Test {
 protected:
  std::unique_ptr<Committer> Writer() const { return OpenObjectCommitter(Store()).ValueOrDie(); }
  std::shared_ptr<ObjectStore> Store() const { return OpenStore(root_.path()).ValueOrDie(); }
  CommitLog Log() const { return CommitLog(root_.path()); }

  static std::string NameOf(const std::string& id, const std::string& content) {
    return id + "-" + base::Sha256Hex(content).substr(0, 8);
  }
  // Publishes a file of each content, by a blank apart, in the batch `id` of the slice at `at`.
  arrow::Status Publish(Committer* writer, const std::string& id, Micros at, const std::string& contents,
                        std::optional<std::string> expected = std::nullopt) {
    CommitRecord record;
    record.key = {"fg_a", "v1", id};
    record.at = at;
    Change change{writer->scratch() + "/" + id, {}, &record, std::move(expected)};
    std::istringstream words(contents);
    for (std::string content; words >> content;) {
      const std::string staged = change.folder + "/" + std::to_string(change.staged.size());
      Put(staged, content);
      record.files.push_back(
          {"fg_a/" + NameOf(id, content), 1, static_cast<int64_t>(content.size()), base::Sha256Hex(content)});
      change.staged.push_back({staged, record.files.back()});
    }
    hash_ = record.Hash();
    std::vector<Change> changes = {std::move(change)};
    return writer->Publish(&changes);
  }
  std::vector<std::string> Data() const { return Store()->Names("fg_a").ValueOrDie(); }
  std::vector<std::string> Indexed(Micros day) const {
    std::vector<std::string> ids;
    for (const auto& record : CommitIndex(Store()).Read("fg_a", "v1", day).ValueOrDie())
      ids.push_back(record.key.id + "=" + record.Hash());
    return ids;
  }

  TemporaryFolder root_;
  std::string hash_;  // of the record published last
};

TEST_F(ObjectCommitterTest, PutsDataThenRecordThenIndex) {
  const auto writer = Writer();
  ASSERT_TRUE(Publish(writer.get(), "a", kDay, "one").ok());
  EXPECT_EQ(Data().size(), 1u);
  EXPECT_EQ(Log().Read({"fg_a", "v1", "a"}).ValueOrDie()->Hash(), hash_);
  EXPECT_THAT(CommitIndex(Store()).Days("fg_a", "v1").ValueOrDie().value(), ElementsAre(kDay));
  EXPECT_THAT(Indexed(kDay), ElementsAre("a=" + hash_));
  ASSERT_TRUE(Publish(writer.get(), "b", kDay + base::kSliceMicros, "two").ok());
  EXPECT_EQ(Indexed(kDay).size(), 2u) << "the same day";
  ASSERT_TRUE(Publish(writer.get(), "c", kDay + base::kMicrosPerDay, "three").ok());
  EXPECT_EQ(CommitIndex(Store()).Days("fg_a", "v1").ValueOrDie()->size(), 2u);
}

TEST_F(ObjectCommitterTest, AnotherContentReplacesAllOfTheFirst) {
  const auto writer = Writer();
  ASSERT_TRUE(Publish(writer.get(), "a", kDay, "one").ok());
  ASSERT_TRUE(Publish(writer.get(), "a", kDay, "two").ok());
  EXPECT_THAT(Data(), ElementsAre(NameOf("a", "two")));
  EXPECT_THAT(Indexed(kDay), ElementsAre("a=" + hash_));
}

TEST_F(ObjectCommitterTest, OfTwoWritersThatKnewTheSameOneWins) {
  const auto quick = Writer(), slow = Writer();
  ASSERT_TRUE(Publish(quick.get(), "a", kDay, "one", "").ok());
  const std::string won = hash_;
  EXPECT_TRUE(Publish(slow.get(), "a", kDay, "one", "").ok()) << "it had the same to say";
  const arrow::Status lost = Publish(slow.get(), "a", kDay, "two", "");
  EXPECT_TRUE(lost.IsAlreadyExists()) << lost.ToString();
  EXPECT_EQ(Log().Read({"fg_a", "v1", "a"}).ValueOrDie()->Hash(), won);
  EXPECT_TRUE(Publish(slow.get(), "a", kDay, "two", won).ok())
      << "who knows what stands there may replace it";
}

TEST_F(ObjectCommitterTest, WhoLosesTakesItsOwnFilesAway) {
  const auto store = std::make_shared<BusyStore>(Store());
  const auto quick = Writer(), slow = OpenObjectCommitter(store).ValueOrDie();
  store->before_put_if = [&] { ASSERT_TRUE(Publish(quick.get(), "a", kDay, "one both", "").ok()); };
  EXPECT_TRUE(Publish(slow.get(), "a", kDay, "two both", "").IsAlreadyExists());
  EXPECT_THAT(Data(), UnorderedElementsAre(NameOf("a", "one"), NameOf("a", "both")));
  EXPECT_EQ(Indexed(kDay).size(), 1u);
}

// A third writer has the same to say as the one that lost, and replaces the winner's batch.
TEST_F(ObjectCommitterTest, WhatWasTakenAwayUnderAThirdWriterComesBack) {
  const auto store = std::make_shared<BusyStore>(Store());
  const auto quick = Writer(), third = Writer(), slow = OpenObjectCommitter(store).ValueOrDie();
  store->before_put_if = [&] { ASSERT_TRUE(Publish(quick.get(), "a", kDay, "one", "").ok()); };
  store->before_remove = [&] { ASSERT_TRUE(Publish(third.get(), "a", kDay, "two").ok()); };
  EXPECT_TRUE(Publish(slow.get(), "a", kDay, "two", "").IsAlreadyExists());
  EXPECT_EQ(Log().Read({"fg_a", "v1", "a"}).ValueOrDie()->Hash(), hash_) << "the third one's";
  EXPECT_THAT(Data(), ElementsAre(NameOf("a", "two")));
}

TEST_F(ObjectCommitterTest, AWithdrawnRecordIsNoneAndCanBeFollowed) {
  const auto writer = Writer();
  ASSERT_TRUE(Publish(writer.get(), "a", kDay, "one").ok());
  ASSERT_TRUE(writer->Withdraw({"fg_a", "v1", "a"}).ok());
  EXPECT_FALSE(Log().Read({"fg_a", "v1", "a"}).ValueOrDie().has_value());
  EXPECT_THAT(Log().ReadAll("fg_a", "v1").ValueOrDie(), IsEmpty());
  EXPECT_THAT(Data(), IsEmpty());
  EXPECT_THAT(Indexed(kDay), IsEmpty());
  ASSERT_TRUE(writer->Withdraw({"fg_a", "v1", "a"}).ok()) << "again is no error";
  ASSERT_TRUE(Publish(writer.get(), "a", kDay, "one", "").ok());
  EXPECT_THAT(Indexed(kDay), ElementsAre("a=" + hash_));
}

// It died before the files were gone and the index learned of it: the next run still expects the record.
TEST_F(ObjectCommitterTest, WhatADeadWriterWithdrewIsFollowedAtOnce) {
  const auto writer = Writer();
  ASSERT_TRUE(Publish(writer.get(), "a", kDay, "one").ok());
  const std::string known = hash_;
  const CommitKey key{"fg_a", "v1", "a"};
  ASSERT_TRUE(Store()->Put(CommitPath(key), WithdrawnJson(key, {"fg_a/" + Data()[0]}, "of the dead")).ok());
  EXPECT_THAT(Indexed(kDay), ElementsAre("a=" + known));
  const arrow::Status followed = Publish(writer.get(), "a", kDay, "two", known);
  ASSERT_TRUE(followed.ok()) << followed.ToString();
  EXPECT_EQ(Log().Read(key).ValueOrDie()->Hash(), hash_);
  EXPECT_THAT(Data(), ElementsAre(NameOf("a", "two")));
  EXPECT_THAT(Indexed(kDay), ElementsAre("a=" + hash_));
}

// One that lives goes on too: the first to put its record wins, the other says so and leaves nothing.
TEST_F(ObjectCommitterTest, OfTwoThatFollowAWithdrawalOneWins) {
  const auto store = std::make_shared<BusyStore>(Store());
  const auto quick = Writer(), slow = OpenObjectCommitter(store).ValueOrDie();
  ASSERT_TRUE(Publish(quick.get(), "a", kDay, "one").ok());
  const std::string known = hash_;
  store->before_remove = [&] { ASSERT_TRUE(Publish(quick.get(), "a", kDay, "two", known).ok()); };
  EXPECT_TRUE(Publish(slow.get(), "a", kDay, "three", known).IsAlreadyExists());
  EXPECT_THAT(Data(), ElementsAre(NameOf("a", "two")));
}

TEST_F(ObjectCommitterTest, AFileRemovedByHandComesBack) {
  const auto writer = Writer();
  ASSERT_TRUE(Publish(writer.get(), "a", kDay, "one").ok());
  ASSERT_TRUE(Store()->Remove("fg_a/" + Data()[0]).ok());
  ASSERT_TRUE(Publish(writer.get(), "a", kDay, "one").ok());
  EXPECT_EQ(Data().size(), 1u);
}

// What was copied to S3 has no index: the first run that publishes there makes it of all that stands there.
TEST_F(ObjectCommitterTest, TheFirstIndexHoldsWhatWasThereBefore) {
  ASSERT_TRUE(Publish(Writer().get(), "a", kDay, "one").ok());
  const std::string before = hash_;
  std::filesystem::remove_all(root_ / "_commits/fg_a/feature_spec_version=v1/_days");
  ASSERT_TRUE(Publish(Writer().get(), "b", kDay, "two").ok());
  EXPECT_THAT(Indexed(kDay), UnorderedElementsAre("a=" + before, "b=" + hash_));
}

// A run that dies between its record and the index is run again: nothing differs, and the index learns of it.
TEST_F(ObjectCommitterTest, RunningAgainMendsTheIndex) {
  ASSERT_TRUE(Publish(Writer().get(), "b", kDay, "two").ok());
  const std::string day = "_commits/fg_a/feature_spec_version=v1/_days/20240420.jsonl.zst";
  const std::string without = BytesOf(root_ / day);
  ASSERT_TRUE(Publish(Writer().get(), "a", kDay, "one").ok());
  const std::string first = hash_;
  Put(root_ / day, without);
  ASSERT_TRUE(Publish(Writer().get(), "a", kDay, "one", "").ok());
  EXPECT_EQ(Indexed(kDay).size(), 2u);
  // Also where it has something else to say now: it learns what stands there.
  Put(root_ / day, without);
  EXPECT_TRUE(Publish(Writer().get(), "a", kDay, "three", "").IsAlreadyExists());
  EXPECT_THAT(Indexed(kDay), testing::Contains("a=" + first));
}

TEST(CommitIndexTest, PeriodsAreDaysMonthsAndYears) {
  const Micros at = *base::ParseCompact("20240420T131500Z");
  EXPECT_EQ(CommitIndex::PeriodStart("delta", at), kDay);
  EXPECT_EQ(CommitIndex::PeriodStart("lookback", at), *base::ParseCompact("20240401T000000Z"));
  EXPECT_EQ(CommitIndex::PeriodStart("fg_b", at), *base::ParseCompact("20240101T000000Z"));
}

}  // namespace
}  // namespace ndr::storage
