// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/s3_store.h"

#include "scripted_s3.h"

namespace ndr::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class S3StoreTest : public ScriptedS3 {
 protected:
  arrow::Result<PutOutcome> PutIf(const std::optional<std::string>& tag = std::nullopt) {
    return store_->PutIf("_commits/c.json", "bytes", tag, "me");
  }
};

TEST_F(S3StoreTest, ObjectsAreReadWrittenAndRemoved) {
  Answers({Object("hello"), Error(404, "NoSuchKey"), aws::Response{200, ""}, aws::Response{204, ""},
           Error(404, "NoSuchKey")});
  EXPECT_EQ(store_->Read("dt=1/a b.parquet").ValueOrDie(), "hello");
  EXPECT_EQ(store_->Read("no").ValueOrDie(), std::nullopt);
  EXPECT_TRUE(store_->Put("x", "data").ok());
  EXPECT_TRUE(store_->Remove("x").ok());
  EXPECT_TRUE(store_->Remove("x").ok());
  EXPECT_EQ(Asked(0).path, "/lake/ndr/dt=1/a b.parquet");
  EXPECT_EQ(Asked(2).method, "PUT");
  EXPECT_EQ(Asked(2).Payload(), "data");
  EXPECT_EQ(Asked(3).method, "DELETE");
  EXPECT_THAT(Sent(0, "Authorization"), HasSubstr("/eu-central-1/s3/aws4_request"));
  EXPECT_GT(Asked(0).stall_timeout, 0);
}

TEST_F(S3StoreTest, TheBucketStandsInTheHostOfS3ItselfAndInThePathElsewhere) {
  script_.variables.erase("AWS_ENDPOINT_URL_S3");
  Answers({Object(""), Object(""), Object("")});
  EXPECT_TRUE(store_->Read("a").ok());
  EXPECT_EQ(Asked(0).endpoint, "https://lake.s3.eu-central-1.amazonaws.com");
  EXPECT_EQ(Asked(0).path, "/ndr/a");
  // A certificate of *.s3... does not hold for two more parts of a name.
  const auto dotted =
      std::make_shared<S3Client>("my.lake", [this] { return aws::ScriptedOutside(&script_); });
  EXPECT_TRUE(OpenS3("my.lake", "", dotted)->Read("a").ok());
  EXPECT_EQ(Asked(1).endpoint, "https://s3.eu-central-1.amazonaws.com");
  EXPECT_EQ(Asked(1).path, "/my.lake/a");
  script_.variables["AWS_ENDPOINT_URL"] = "http://other:2";
  const auto other = std::make_shared<S3Client>("lake", [this] { return aws::ScriptedOutside(&script_); });
  EXPECT_TRUE(OpenS3("lake", "", other)->Read("a").ok());
  EXPECT_EQ(Asked(2).endpoint, "http://other:2");
}

TEST_F(S3StoreTest, AFirstPutAsksForNoObjectAndCarriesItsToken) {
  Answers({aws::Response{200, ""}, aws::Response{200, ""}});
  EXPECT_EQ(PutIf().ValueOrDie(), PutOutcome::kWritten);
  EXPECT_EQ(Sent(0, "If-None-Match"), "*");
  EXPECT_EQ(Sent(0, "x-amz-meta-ndr-token"), "me");
  EXPECT_EQ(PutIf("\"1\"").ValueOrDie(), PutOutcome::kWritten);
  EXPECT_EQ(Sent(1, "If-Match"), "\"1\"");
  EXPECT_EQ(Sent(1, "If-None-Match"), "");
}

TEST_F(S3StoreTest, ARefusedPutIsReadBack) {
  for (const int status : {412, 404}) {
    const char* code = status == 412 ? "PreconditionFailed" : "NoSuchKey";
    Answers({Error(status, code), Object("bytes", "\"1\"", "me")});
    EXPECT_EQ(PutIf("\"0\"").ValueOrDie(), PutOutcome::kWritten);  // an earlier try of ours
    Answers({Error(status, code), Object("bytes", "\"1\"", "you")});
    EXPECT_EQ(PutIf("\"0\"").ValueOrDie(), PutOutcome::kSame);
    Answers({Error(status, code), Object("others", "\"1\"", "you")});
    EXPECT_EQ(PutIf("\"0\"").ValueOrDie(), PutOutcome::kLost);
    Answers({Error(status, code), Error(404, "NoSuchKey")});  // removed since
    EXPECT_EQ(PutIf("\"0\"").ValueOrDie(), PutOutcome::kLost);
  }
}

TEST_F(S3StoreTest, ALostAnswerIsAskedForAgainAndReadBack) {
  Answers(
      {arrow::Status::IOError("broke"), Error(412, "PreconditionFailed"), Object("bytes", "\"1\"", "me")});
  EXPECT_EQ(PutIf().ValueOrDie(), PutOutcome::kWritten);
  EXPECT_EQ(script_.sleeps.size(), 1u);
}

TEST_F(S3StoreTest, AConflictIsTriedAgain) {
  Answers({Error(409, "ConditionalRequestConflict"), Error(409, "ConditionalRequestConflict"),
           aws::Response{200, ""}});
  EXPECT_EQ(PutIf().ValueOrDie(), PutOutcome::kWritten);
  EXPECT_THAT(script_.sleeps, ElementsAre(25'000, 50'000));  // half of 50 and 100 ms
}

TEST_F(S3StoreTest, TagAndTokenComeWithTheBytes) {
  Answers({Object("bytes", "\"7\"", "you"), Error(404, "NoSuchKey")});
  const auto object = store_->ReadTagged("c").ValueOrDie();
  ASSERT_TRUE(object.has_value());
  EXPECT_EQ(object->bytes, "bytes");
  EXPECT_EQ(object->tag, "\"7\"");
  EXPECT_EQ(object->token, "you");
  EXPECT_FALSE(store_->ReadTagged("c").ValueOrDie().has_value());
}

TEST(OpenStore, LocationsThatAreNone) {
  EXPECT_TRUE(IsRemote("s3://lake"));
  EXPECT_FALSE(IsRemote("/lake"));
  for (const char* wrong : {"", "s3://", "s3:///a", "s3://UPPER/a", "s3://lake//a", "gs://lake/a"})
    EXPECT_TRUE(OpenStore(wrong).status().IsInvalid()) << wrong;
  EXPECT_EQ(OpenStore("s3://lake/ndr//").ValueOrDie()->location(), "s3://lake/ndr");
  EXPECT_EQ(OpenStore("s3://lake").ValueOrDie()->location(), "s3://lake");
  EXPECT_EQ(OpenStore("/some/where/").ValueOrDie()->location(), "/some/where");
}

TEST(TrafficSoFarTest, CountsByMethodWithRetries) {
  const auto requests = [](const std::string& method) {
    for (const auto& kind : TrafficSoFar().kinds)
      if (kind.method == method) return kind.requests;
    return int64_t{0};
  };
  aws::Script script;
  script.variables = {{"AWS_ACCESS_KEY_ID", "AK"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_REGION", "r"}};
  script.answers = {aws::Response{503, ""}, aws::Response{200, ""}};
  const int64_t before = requests("PUT");
  const auto client = std::make_shared<S3Client>("lake", [&] { return aws::ScriptedOutside(&script); });
  EXPECT_TRUE(OpenS3("lake", "", client)->Put("a", "b").ok());
  EXPECT_EQ(requests("PUT") - before, 2);
}

}  // namespace
}  // namespace ndr::storage
