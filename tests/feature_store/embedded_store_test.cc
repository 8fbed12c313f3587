// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/embedded_store.h"

#include <gmock/gmock.h>

#include "ndr/feature_store/record_json.h"
#include "rows.h"
#include "temporary_folder.h"

namespace ndr::feature_store {
namespace {

using catalogue::Dataset;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::kNoon;
using testing::MakeBatch;
using testing::Row;
using testing::Words;

Group FgA(const std::string& name = "a") {
  return GroupsOf(*Words(), Dataset::kFgA, name).ValueOrDie().front();
}

std::shared_ptr<const Records> Make(const Group& group, const std::vector<Row>& rows) {
  return std::make_shared<const Records>(
      Records::Make(group, MakeBatch(*Words(), group.dataset, rows)).ValueOrDie());
}

class EmbeddedStoreTest : public ::testing::Test {
 protected:
  // One file of its own for these rows.
  void Put(const Group& group, const std::string& file, const std::vector<Row>& rows) {
    const Unit unit{group.name, file, "sha"};
    ASSERT_TRUE(store_->Put(group, unit, 0, Make(group, rows)).ok());
    ASSERT_TRUE(store_->Complete(unit, static_cast<int64_t>(rows.size())).ok());
  }
  std::vector<OnlineRecord> Get(const std::string& host, const std::string& group = "") {
    return store_->Get(host, group).ValueOrDie();
  }
  int64_t SessionsOf(const OnlineRecord& record) {
    for (size_t f = 0; f < record.values.size(); ++f)
      if (record.schema->features[f].name == "sessions_cnt") return record.values[f].integral;
    return -1;
  }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "below/online.sqlite";
  std::unique_ptr<EmbeddedStore> store_ = EmbeddedStore::Open(path_).ValueOrDie();
};

TEST_F(EmbeddedStoreTest, TheNewestRecordOfEachIdIsFoundByItsHost) {
  Put(FgA(), "1",
      {{.host = "10.0.0.1", .numbers = {{"sessions_cnt", 7}}},
       {.host = "10.0.0.1", .window = "w_1h", .numbers = {{"sessions_cnt", 9}}},
       {.host = "10.0.0.10"},
       {.host = "10.0.0.2"}});
  const auto found = Get("10.0.0.1");
  ASSERT_EQ(found.size(), 2u) << "10.0.0.10 is another host";
  EXPECT_EQ(found[0].entity_id, "10.0.0.1|outbound|w_15m");
  EXPECT_EQ(found[0].record_id, "10.0.0.1|outbound|w_15m|2024-04-20T12:00:00Z");
  EXPECT_EQ(found[0].event_time, kNoon);
  EXPECT_EQ(found[0].group, "a");
  EXPECT_EQ(SessionsOf(found[0]), 7);
  EXPECT_EQ(SessionsOf(found[1]), 9);
  EXPECT_TRUE(Get("10.0.0").empty());
  EXPECT_TRUE(Get("").empty());
}

TEST_F(EmbeddedStoreTest, AnOlderEventTimeNeverWins) {
  Put(FgA(), "new", {{.end = kNoon, .numbers = {{"sessions_cnt", 2}}}});
  Put(FgA(), "old", {{.end = kNoon - base::kSliceMicros, .numbers = {{"sessions_cnt", 1}}}});
  EXPECT_EQ(SessionsOf(Get("10.0.0.1").at(0)), 2);
  Put(FgA(), "again", {{.end = kNoon, .numbers = {{"sessions_cnt", 3}}}});
  EXPECT_EQ(SessionsOf(Get("10.0.0.1").at(0)), 3) << "the batch was published anew";
  Put(FgA(), "newer", {{.end = kNoon + base::kSliceMicros, .numbers = {{"sessions_cnt", 4}}}});
  EXPECT_EQ(SessionsOf(Get("10.0.0.1").at(0)), 4);
  EXPECT_EQ(Get("10.0.0.1").size(), 1u);
}

TEST_F(EmbeddedStoreTest, GroupsStandBesideEachOther) {
  const Group wide = GroupsOf(*Words(), Dataset::kFgAWide, "wide").ValueOrDie().front();
  Put(FgA(), "1", {{.host = "2001:db8::1"}});
  Put(wide, "2", {{.host = "2001:db8::1"}});
  const auto found = Get("2001:db8::1");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].entity_id, "2001:db8::1");
  EXPECT_EQ(found[0].values.size(), 701u);
  EXPECT_EQ(found[1].values.size(), 86u);
  EXPECT_EQ(Get("2001:db8::1", "a").size(), 1u);
  EXPECT_TRUE(Get("2001:db8::1", "b").empty());
}

TEST_F(EmbeddedStoreTest, AGroupWithOtherFeaturesKeepsItsOldRecordsReadable) {
  Put(FgA(), "1", {{.host = "10.0.0.1"}, {.host = "10.0.0.2"}});
  Group fewer = FgA();
  fewer.features.resize(20);
  Put(fewer, "2", {{.host = "10.0.0.2", .end = kNoon + base::kSliceMicros}});
  EXPECT_EQ(Get("10.0.0.1").at(0).values.size(), 86u);
  EXPECT_EQ(Get("10.0.0.2").at(0).values.size(), 20u);
}

TEST_F(EmbeddedStoreTest, WhatTheLedgerKnowsIsNotWrittenAgain) {
  const Unit unit{"a", "fg_a/part.parquet", "sha"};
  ASSERT_FALSE(*store_->IsDone(unit, 3));
  ASSERT_TRUE(store_->Put(FgA(), unit, 0, Make(FgA(), {{.host = "10.0.0.1"}, {.host = "10.0.0.2"}})).ok());
  EXPECT_FALSE(*store_->IsDone(unit, 3)) << "there may be more rows";
  // Stopped here, and begun again: rows 0 and 1 are known, row 2 is not.
  store_ = EmbeddedStore::Open(path_).ValueOrDie();
  ASSERT_TRUE(store_
                  ->Put(FgA(), unit, 0,
                        Make(FgA(), {{.host = "10.0.0.1", .numbers = {{"sessions_cnt", 5}}},
                                     {.host = "10.0.0.2"},
                                     {.host = "10.0.0.3"}}))
                  .ok());
  ASSERT_TRUE(store_->Complete(unit, 3).ok());
  EXPECT_EQ(SessionsOf(Get("10.0.0.1").at(0)), 0);
  IngestReport report;
  ASSERT_TRUE(store_->Finish(&report).ok());
  EXPECT_EQ(report.attempted, 1);
  EXPECT_EQ(report.accepted, 1);
  EXPECT_EQ(report.known, 2);
  EXPECT_TRUE(*store_->IsDone(unit, 3));
  EXPECT_FALSE(*store_->IsDone({"a", "fg_a/part.parquet", "another"}, 3)) << "the file was replaced";
  EXPECT_FALSE(*store_->IsDone({"b", "fg_a/part.parquet", "sha"}, 3));
}

TEST_F(EmbeddedStoreTest, StatusCountsRecordsAndFiles) {
  Put(FgA(), "1", {{.host = "10.0.0.1", .end = kNoon - base::kSliceMicros}, {.host = "10.0.0.2"}});
  ASSERT_TRUE(store_->Put(FgA(), {"a", "2", "sha"}, 0, Make(FgA(), {{.host = "10.0.0.3"}})).ok());
  const auto groups = store_->Status().ValueOrDie();
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].records, 3);
  EXPECT_EQ(groups[0].oldest, kNoon - base::kSliceMicros);
  EXPECT_EQ(groups[0].newest, kNoon);
  EXPECT_EQ(groups[0].files, 2);
  EXPECT_EQ(groups[0].unfinished_files, 1);
}

TEST_F(EmbeddedStoreTest, ReadersNeedAStore) {
  EXPECT_TRUE(EmbeddedStore::OpenToRead(folder_ / "none.sqlite").status().IsKeyError());
  folder_.Put("text.sqlite", "this is no database, but long enough to look at");
  EXPECT_FALSE(EmbeddedStore::OpenToRead(folder_ / "text.sqlite").ok());
  Put(FgA(), "1", {Row{}});
  EXPECT_EQ(EmbeddedStore::OpenToRead(path_).ValueOrDie()->Get("10.0.0.1").ValueOrDie().size(), 1u)
      << "while a writer has it open";
}

TEST_F(EmbeddedStoreTest, RecordsAsJsonLeaveAbsentFeaturesOut) {
  Put(FgA(), "1", {{.numbers = {{"sessions_cnt", 7}, {"deny_ratio", {}}, {"tcp_ratio", 0.5}}}});
  const std::string json = ToJson(Get("10.0.0.1").at(0));
  EXPECT_THAT(json, HasSubstr(R"({"feature_group":"a","entity_id":"10.0.0.1|outbound|w_15m","record_id":)"));
  EXPECT_THAT(json, HasSubstr(R"("window_end_ts":"2024-04-20T12:00:00Z")"));
  EXPECT_THAT(json, HasSubstr(R"("sessions_cnt":7)"));
  EXPECT_THAT(json, HasSubstr(R"("tcp_ratio":0.5)"));
  EXPECT_THAT(json, Not(HasSubstr("deny_ratio")));
}

TEST(PercentileTest, IsTheSmallestValueThatTheShareDoesNotExceed) {
  EXPECT_EQ(Percentile({}, 0.5), 0);
  EXPECT_EQ(Percentile({3, 1, 2, 4}, 0.5), 2);   // rank ceil(0.5 * 4) = 2
  EXPECT_EQ(Percentile({3, 1, 2, 4}, 0.99), 4);  // rank ceil(3.96) = 4
}

}  // namespace
}  // namespace ndr::feature_store
