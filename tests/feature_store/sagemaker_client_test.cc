// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/sagemaker_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/scripted_outside.h"

namespace ndr::feature_store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(VerdictTest, ByNameBeforeStatus) {
  EXPECT_EQ(VerdictOf(400, "ThrottlingException"), Verdict::kThrottled);
  EXPECT_EQ(VerdictOf(429, ""), Verdict::kThrottled);
  EXPECT_EQ(VerdictOf(500, "InternalFailure"), Verdict::kAgain);
  EXPECT_EQ(VerdictOf(503, "ServiceUnavailable"), Verdict::kAgain);
  EXPECT_EQ(VerdictOf(502, ""), Verdict::kAgain);
  EXPECT_EQ(VerdictOf(400, "ValidationError"), Verdict::kRejected);
  EXPECT_EQ(VerdictOf(413, ""), Verdict::kRejected);
  EXPECT_EQ(VerdictOf(403, "AccessForbidden"), Verdict::kStop);
  EXPECT_EQ(VerdictOf(404, "ResourceNotFound"), Verdict::kStop);
  EXPECT_EQ(VerdictOf(403, "InvalidSignatureException"), Verdict::kStop);
  EXPECT_EQ(VerdictOf(405, ""), Verdict::kStop);
  EXPECT_EQ(VerdictOf(200, ""), Verdict::kAccepted);
  // In the place of one entry of a batch.
  EXPECT_EQ(VerdictOf(200, "ThrottlingException"), Verdict::kThrottled);
  EXPECT_EQ(VerdictOf(200, "InternalFailure"), Verdict::kAgain);
  EXPECT_EQ(VerdictOf(200, "ValidationError"), Verdict::kRejected);
  EXPECT_EQ(VerdictOf(200, "AccessForbidden"), Verdict::kStop);
}

class SageMakerClientTest : public ::testing::Test {
 protected:
  SageMakerClientTest() {
    script_.variables = {{"AWS_ACCESS_KEY_ID", "AK"},
                         {"AWS_SECRET_ACCESS_KEY", "hunter2"},
                         {"AWS_SESSION_TOKEN", "sesame"},
                         {"AWS_REGION", "eu-central-1"}};
    for (const char* id : {"a", "b", "c"})
      records_.push_back(
          {R"([{"FeatureName":"entity_id","ValueAsString":")" + std::string(id) + R"("}])", 10});
    for (size_t i = 0; i < 3; ++i)
      entries_.push_back({"g", std::string_view("abc").substr(i, 1), &records_[i]});
  }
  WriteAnswer Answered(int status, const std::string& body, aws::Fields headers = {}) {
    script_.answers = {aws::Response{status, body, std::move(headers)}};
    return client_.Write(entries_, true).ValueOrDie();
  }
  static std::vector<Verdict> Verdicts(const WriteAnswer& answer) {
    std::vector<Verdict> verdicts;
    for (const EntryAnswer& entry : answer.entries) verdicts.push_back(entry.verdict);
    return verdicts;
  }
  std::string EntryOf(const std::string& id) {
    return R"({"FeatureGroupName":"g","Record":[{"FeatureName":"entity_id","ValueAsString":")" + id +
           R"("}]})";
  }

  aws::Script script_;
  std::vector<RemoteRecord> records_;
  std::vector<RemoteEntry> entries_;
  SageMakerClient client_{ScriptedOutside(&script_)};
};

TEST_F(SageMakerClientTest, ABatch) {
  const auto answer = Answered(200, R"({"Errors":[],"UnprocessedEntries":[]})");
  EXPECT_THAT(Verdicts(answer), ElementsAre(Verdict::kAccepted, Verdict::kAccepted, Verdict::kAccepted));
  const aws::Request& request = script_.requests.at(0);
  EXPECT_EQ(request.method + " " + request.path, "POST /BatchWriteRecord");
  EXPECT_EQ(request.endpoint, "https://featurestore-runtime.sagemaker.eu-central-1.amazonaws.com");
  EXPECT_THAT(request.body,
              StartsWith(R"({"Entries":[{"FeatureGroupName":"g","Record":[{"FeatureName":"entity_id",)"
                         R"("ValueAsString":"a"}],"TargetStores":["OnlineStore"]},{)"));
}

TEST_F(SageMakerClientTest, ASingleRecord) {
  script_.answers = {aws::Response{200, ""}};
  const auto answer = client_.Write({entries_[0]}, false).ValueOrDie();
  EXPECT_THAT(Verdicts(answer), ElementsAre(Verdict::kAccepted));
  const aws::Request& request = script_.requests.at(0);
  EXPECT_EQ(request.method + " " + request.path, "PUT /FeatureGroup/g");
  EXPECT_EQ(request.body,
            R"({"Record":[{"FeatureName":"entity_id","ValueAsString":"a"}],"TargetStores":["OnlineStore"]})");
}

TEST_F(SageMakerClientTest, EntriesThatWereNotWritten) {
  const auto answer =
      Answered(200, R"({"Errors":[{"Entry":)" + EntryOf("c") +
                        R"(,"ErrorCode":"ValidationError","ErrorMessage":"bad sesame\nmore"}],)" +
                        R"("UnprocessedEntries":[)" + EntryOf("a") + "]}");
  EXPECT_THAT(Verdicts(answer), ElementsAre(Verdict::kAgain, Verdict::kAccepted, Verdict::kRejected));
  EXPECT_EQ(answer.entries[2].error.name, "ValidationError");
  EXPECT_EQ(answer.entries[2].error.message, "bad ***");  // no token of the request, one line
}

TEST_F(SageMakerClientTest, RefusedAsAWholeIsNobodysFaultYet) {
  const auto answer = Answered(400, R"({"Message":"bad"})", {{"x-amzn-errortype", "ValidationError:"}});
  EXPECT_TRUE(answer.refused_whole);
  EXPECT_EQ(answer.entries[0].verdict, Verdict::kRejected);
  EXPECT_FALSE(Answered(400, R"({"__type":"ThrottlingException"})").refused_whole);
  EXPECT_EQ(script_.requests.size(), 2u);  // each write is one request
}

TEST_F(SageMakerClientTest, AnswersThatAreNoneAreLost) {
  for (const std::string& body : {std::string("<html>"), std::string("{}"), std::string(R"({"Errors":[]})"),
                                  R"({"Errors":[],"UnprocessedEntries":[)" + EntryOf("nobody") + "]}"}) {
    const auto answer = Answered(200, body);
    EXPECT_EQ(answer.entries[0].verdict, Verdict::kAgain) << body;
    EXPECT_EQ(answer.entries[0].error.name, "UnreadableAnswer");
  }
}

TEST_F(SageMakerClientTest, WhatIsMissingIsNamed) {
  EXPECT_TRUE(client_.Endpoint().ok());
  const auto said = [&](const char* name) {
    return StopStatus("BatchWriteRecord", "g", client_.client(), {name, "m"}).message();
  };
  EXPECT_EQ(said("AccessForbidden"),
            "access denied (AccessForbidden: m); the credentials need sagemaker:BatchWriteRecord and "
            "sagemaker:PutRecord on feature group g");
  EXPECT_THAT(said("ResourceNotFound"), HasSubstr("there is no feature group g in region eu-central-1"));
  EXPECT_THAT(said("ExpiredToken"), HasSubstr("the AWS credentials are refused"));
}

TEST_F(SageMakerClientTest, ListRecordsPageByPage) {
  script_.answers = {aws::Response{200, R"({"RecordIdentifiers":["a","b"],"NextToken":"t"})"},
                     aws::Response{200, R"({"RecordIdentifiers":["c"]})"}};
  const ListPage page = client_.List("g", "").ValueOrDie();
  EXPECT_THAT(page.ids, ElementsAre("a", "b"));
  EXPECT_EQ(client_.List("g", page.next_token).ValueOrDie().next_token, "");
  EXPECT_EQ(script_.requests.at(1).path, "/FeatureGroup/g/ListRecords");
  EXPECT_EQ(script_.requests.at(1).body, R"({"MaxResults":100,"NextToken":"t"})");
}

}  // namespace
}  // namespace ndr::feature_store
