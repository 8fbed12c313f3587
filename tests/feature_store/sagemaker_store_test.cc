// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/sagemaker_store.h"

#include <arrow/record_batch.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "aws/scripted_outside.h"
#include "ndr/feature_store/open_online.h"
#include "rows.h"
#include "temporary_folder.h"

namespace ndr::feature_store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;
using testing::kNoon;

constexpr base::Micros kQuarter = base::kSliceMicros;
constexpr const char* kAllWell = R"({"Errors":[],"UnprocessedEntries":[]})";

aws::Response Refused(int status, const std::string& name) {
  return {status, R"({"__type":")" + name + R"("})"};
}

// One connection in front of a service that answers by script, then accepts all.
class SageMakerStoreTest : public ::testing::Test {
 protected:
  SageMakerStoreTest() {
    options_ = SageMakerOptionsOf({}, folder_.path());
    options_.ledger = folder_ / "ledger";
    options_.dead_letters = folder_ / "dead.jsonl";
    options_.connections = 1;
    options_.max_dead_letter_ratio = 1;
    script_.variables = {
        {"AWS_ACCESS_KEY_ID", "AK"}, {"AWS_SECRET_ACCESS_KEY", "hunter2"}, {"AWS_REGION", "eu-central-1"}};
    group_ = GroupsOf(*testing::Words(), catalogue::Dataset::kFgA, "g").ValueOrDie().front();
    std::erase_if(group_.features, [](const Feature& f) { return f.name != "sessions_cnt"; });
  }

  aws::Outside Service() {
    aws::Outside outside = ScriptedOutside(&script_);
    outside.exchange = [this](const aws::Request& request) -> arrow::Result<aws::Response> {
      script_.requests.push_back(request);
      if (answers_.empty()) return aws::Response{200, kAllWell};
      auto answer = answers_.front();
      answers_.pop_front();
      return answer;
    };
    return outside;
  }
  static testing::Row Host(int host, int quarter = 0) {
    return {.host = "10.0.0." + std::to_string(host),
            .end = kNoon + quarter * kQuarter,
            .numbers = {{"sessions_cnt", host * 100 + quarter}}};
  }
  // A run over files of rows.
  arrow::Status Ingest(const std::vector<std::vector<testing::Row>>& files) {
    report_ = {};
    ARROW_ASSIGN_OR_RAISE(store_, SageMakerStore::Open(options_, [this] { return Service(); }));
    arrow::Status status;
    for (size_t f = 0; f < files.size() && status.ok(); ++f) {
      const Unit unit{"g", "f" + std::to_string(f), "sha"};
      ARROW_ASSIGN_OR_RAISE(const bool done, store_->IsDone(unit, static_cast<int64_t>(files[f].size())));
      if (done) continue;
      const auto batch = testing::MakeBatch(*testing::Words(), catalogue::Dataset::kFgA, files[f]);
      auto records = std::make_shared<const Records>(Records::Make(group_, batch).ValueOrDie());
      ARROW_RETURN_NOT_OK(store_->Put(group_, unit, 0, records));
      status = store_->Complete(unit, batch->num_rows());
    }
    const arrow::Status finished = store_->Finish(&report_);
    store_.reset();
    return status.ok() ? finished : status;
  }
  // `10.0.0.7=700` for each entry of a request: host and its one feature.
  std::vector<std::string> Sent(size_t request) const {
    std::vector<std::string> sent;
    const Json body = Json::parse(script_.requests.at(request).body);
    for (const Json& entry : body["Entries"]) {
      std::map<std::string, std::string> values;
      for (const Json& feature : entry["Record"]) values[feature["FeatureName"]] = feature["ValueAsString"];
      const std::string id = values["entity_id"];
      sent.push_back(id.substr(0, id.find('|')) + "=" + values["sessions_cnt"]);
    }
    return sent;
  }
  std::string Echo(size_t request, size_t entry) const {
    return Json::parse(script_.requests.at(request).body)["Entries"][entry].dump();
  }
  std::vector<Json> DeadLettersThere() const {
    std::ifstream file(options_.dead_letters);
    std::vector<Json> letters;
    for (std::string line; std::getline(file, line);) letters.push_back(Json::parse(line));
    return letters;
  }

  const TemporaryFolder folder_;
  SageMakerOptions options_;
  aws::Script script_;
  std::deque<arrow::Result<aws::Response>> answers_;
  Group group_;
  std::unique_ptr<SageMakerStore> store_;
  IngestReport report_;
};

TEST_F(SageMakerStoreTest, ChunksOf25) {
  std::vector<testing::Row> rows;
  for (int host = 1; host <= 60; ++host) rows.push_back(Host(host));
  ASSERT_TRUE(Ingest({rows}).ok());
  ASSERT_EQ(script_.requests.size(), 3u);
  EXPECT_EQ(Sent(0).size(), 25u);
  EXPECT_EQ(Sent(2).size(), 10u);
  EXPECT_EQ(report_.attempted, 60);
  EXPECT_EQ(report_.accepted, 60);
  EXPECT_EQ(report_.requests, 3);
  ASSERT_TRUE(Ingest({rows}).ok());  // the ledger has the file
  EXPECT_EQ(script_.requests.size(), 3u);
}

TEST_F(SageMakerStoreTest, OnlyTheNewestOfAnEntity) {
  ASSERT_TRUE(Ingest({{Host(1, 0), Host(2, 0)}, {Host(1, 1)}, {Host(2, -1)}}).ok());
  EXPECT_THAT(Sent(0), ElementsAre("10.0.0.2=200", "10.0.0.1=101"));
  EXPECT_EQ(script_.requests.size(), 1u);
  EXPECT_EQ(report_.attempted, 2);
  EXPECT_EQ(report_.superseded, 2);
}

TEST_F(SageMakerStoreTest, AllOfAnEntityTheOlderFirstAndNeverTogether) {
  options_.newest_only = false;
  ASSERT_TRUE(Ingest({{Host(1, 0), Host(1, 2), Host(1, 1)}}).ok());
  ASSERT_EQ(script_.requests.size(), 3u);
  EXPECT_THAT(Sent(0), ElementsAre("10.0.0.1=100"));
  EXPECT_THAT(Sent(1), ElementsAre("10.0.0.1=101"));
  EXPECT_THAT(Sent(2), ElementsAre("10.0.0.1=102"));
}

TEST_F(SageMakerStoreTest, WhatPassesIsTriedAgain) {
  answers_ = {Refused(400, "ThrottlingException"), Refused(500, "InternalFailure"),
              Refused(503, "ServiceUnavailable"), arrow::Status::IOError("broke")};
  ASSERT_TRUE(Ingest({{Host(1), Host(2)}}).ok());
  EXPECT_EQ(script_.requests.size(), 5u);
  EXPECT_EQ(report_.accepted, 2);
  EXPECT_EQ(report_.retried, 8);  // two records, four times
  EXPECT_EQ(report_.throttled, 1);
  EXPECT_EQ(report_.lost, 1);
  // Half of 50, 100, 200 and 400 ms, in naps.
  base::Micros slept = 0;
  for (const base::Micros nap : script_.sleeps) slept += nap;
  EXPECT_EQ(slept, 375'000);
}

TEST_F(SageMakerStoreTest, OnlyWhatWasNotProcessedIsSentAgain) {
  ASSERT_TRUE(Ingest({{Host(1), Host(2)}}).ok());
  answers_ = {aws::Response{200, R"({"Errors":[],"UnprocessedEntries":[)" + Echo(0, 1) + "]}"}};
  std::filesystem::remove(options_.ledger);
  ASSERT_TRUE(Ingest({{Host(1), Host(2)}}).ok());
  ASSERT_EQ(script_.requests.size(), 3u);
  EXPECT_THAT(Sent(2), ElementsAre("10.0.0.2=200"));
  EXPECT_EQ(report_.retried, 1);
}

TEST_F(SageMakerStoreTest, OneEntryThatIsThrottled) {
  ASSERT_TRUE(Ingest({{Host(1), Host(2)}}).ok());
  answers_ = {aws::Response{200, R"({"Errors":[{"Entry":)" + Echo(0, 0) +
                                     R"(,"ErrorCode":"ThrottlingException","ErrorMessage":"m"}],)" +
                                     R"("UnprocessedEntries":[]})"}};
  std::filesystem::remove(options_.ledger);
  ASSERT_TRUE(Ingest({{Host(1), Host(2)}}).ok());
  EXPECT_THAT(Sent(2), ElementsAre("10.0.0.1=100"));
  EXPECT_EQ(report_.throttled, 1);
}

TEST_F(SageMakerStoreTest, TheOneAtFaultInARefusedRequestIsFound) {
  answers_ = {Refused(400, "ValidationError"), aws::Response{200, kAllWell}, Refused(400, "ValidationError")};
  ASSERT_TRUE(Ingest({{Host(1), Host(2), Host(3)}}).ok());
  EXPECT_EQ(script_.requests.size(), 4u);  // three together, then each alone
  EXPECT_EQ(report_.accepted, 2);
  EXPECT_EQ(report_.dead_lettered, 1);
  const auto letters = DeadLettersThere();
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0]["record_id"], "10.0.0.2|outbound|w_15m|2024-04-20T12:00:00Z");
  EXPECT_EQ(letters[0]["reason"]["error"], "ValidationError");
  EXPECT_EQ(letters[0]["values"]["sessions_cnt"], "200");
  ASSERT_TRUE(Ingest({{Host(1), Host(2), Host(3)}}).ok());
  EXPECT_EQ(script_.requests.size(), 4u);  // settled, too
  EXPECT_EQ(report_.known, 3);
}

TEST_F(SageMakerStoreTest, TooManyDeadLettersFailTheRun) {
  options_.max_dead_letter_ratio = 0.4;
  answers_ = {Refused(400, "ValidationError")};
  const arrow::Status status = Ingest({{Host(1)}});
  EXPECT_THAT(status.message(), HasSubstr("1 of 1 records were refused, more than the ratio 0.4"));
  EXPECT_THAT(status.message(), HasSubstr(options_.dead_letters));
}

TEST_F(SageMakerStoreTest, WhatNeverPassesEndsTheRunAndTheNextGoesOn) {
  options_.entries_per_request = 1;
  answers_ = {aws::Response{200, ""}, Refused(403, "AccessForbidden")};
  const arrow::Status status = Ingest({{Host(1), Host(2), Host(3)}});
  EXPECT_THAT(status.message(), HasSubstr("the credentials need sagemaker:PutRecord on feature group g"));
  EXPECT_EQ(script_.requests.size(), 2u);
  ASSERT_TRUE(Ingest({{Host(1), Host(2), Host(3)}}).ok());
  EXPECT_EQ(script_.requests.size(), 4u);  // without the accepted one
  EXPECT_EQ(report_.known, 1);
  EXPECT_EQ(report_.attempted, 2);
}

TEST_F(SageMakerStoreTest, AServiceThatAcceptsNothingEndsTheRun) {
  script_.variables["AWS_MAX_ATTEMPTS"] = "3";
  for (int i = 0; i < 3; ++i) answers_.push_back(Refused(503, "ServiceUnavailable"));
  const arrow::Status status = Ingest({{Host(1)}});
  EXPECT_THAT(status.message(),
              HasSubstr("SageMaker accepts nothing any more: ServiceUnavailable, after 3 attempts"));
  EXPECT_TRUE(DeadLettersThere().empty());
}

TEST_F(SageMakerStoreTest, OutOfAttemptsWhileOthersPassIsADeadLetter) {
  script_.variables["AWS_MAX_ATTEMPTS"] = "2";
  options_.entries_per_request = 1;
  answers_ = {Refused(500, "InternalFailure"), aws::Response{200, ""}, Refused(500, "InternalFailure")};
  ASSERT_TRUE(Ingest({{Host(1), Host(2)}}).ok());
  ASSERT_EQ(DeadLettersThere().size(), 1u);
  EXPECT_EQ(DeadLettersThere()[0]["reason"]["message"], "InternalFailure, after 2 attempts");
}

TEST_F(SageMakerStoreTest, TooLargeIsNeverSent) {
  ASSERT_EQ(group_.features.size(), 1u);
  const auto batch = testing::MakeBatch(*testing::Words(), catalogue::Dataset::kFgA, {Host(1)});
  const Records records = Records::Make(group_, batch).ValueOrDie();
  EXPECT_TRUE(MakeRemoteRecord(group_, records, 0).ok());
  group_.features[0].name = std::string(kMaxRecordBytes, 'n');  // stands for long values
  EXPECT_THAT(MakeRemoteRecord(group_, records, 0).status().message(),
              HasSubstr("and SageMaker takes 358400"));
}

TEST_F(SageMakerStoreTest, AForecastSendsAndWritesNothing) {
  options_.dry_run = true;
  options_.requests_per_second = 2;
  std::vector<testing::Row> rows;
  for (int host = 1; host <= 60; ++host) rows.push_back(Host(host));
  ASSERT_TRUE(SageMakerStore::Open(options_, [this] { return Service(); }).ok());
  store_ = SageMakerStore::Open(options_, [this] { return Service(); }).ValueOrDie();
  const auto batch = testing::MakeBatch(*testing::Words(), catalogue::Dataset::kFgA, rows);
  ASSERT_TRUE(store_
                  ->Put(group_, {"g", "f", "s"}, 0,
                        std::make_shared<const Records>(Records::Make(group_, batch).ValueOrDie()))
                  .ok());
  ASSERT_TRUE(store_->Finish(&report_).ok());
  const Forecast forecast = store_->forecast();
  EXPECT_EQ(forecast.records, 60);
  EXPECT_EQ(forecast.requests, 3);
  EXPECT_EQ(forecast.write_units, 60);  // each below a kilobyte
  EXPECT_DOUBLE_EQ(forecast.hours, 1.5 / 3600);
  EXPECT_TRUE(script_.requests.empty());
  EXPECT_FALSE(std::filesystem::exists(options_.ledger));
}

TEST_F(SageMakerStoreTest, OptionsOutOfTheirRange) {
  options_.entries_per_request = 26;
  EXPECT_THAT(Ingest({}).message(),
              HasSubstr("feature_groups.online.entries_per_request is 26, and must be 1 to 25"));
}

}  // namespace
}  // namespace ndr::feature_store
