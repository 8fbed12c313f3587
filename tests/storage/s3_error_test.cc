// SPDX-License-Identifier: Apache-2.0
// What a person reads when S3 refuses, and what is tried again before.
#include "scripted_s3.h"

namespace ndr::storage {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class S3ErrorTest : public ScriptedS3 {
 protected:
  std::string ReadError(const aws::Response& response) {
    Answers({response});
    return store_->Read("a").status().message();
  }
};

TEST_F(S3ErrorTest, WhatASecondTryMayMendIsTriedAgain) {
  Answers({Error(503, "SlowDown"), Error(500, "InternalError"), Error(503, "ServiceUnavailable"),
           aws::Response{502, "<html>"}, Error(400, "RequestTimeout"), arrow::Status::IOError("broke"),
           Object("hello")});
  EXPECT_EQ(store_->Read("a").ValueOrDie(), "hello");
  EXPECT_EQ(script_.sleeps.size(), 6u);
}

TEST_F(S3ErrorTest, PatienceEnds) {
  script_.variables["AWS_MAX_ATTEMPTS"] = "2";
  Answers({Error(503, "SlowDown", "reduce"), Error(503, "SlowDown", "reduce")});
  EXPECT_EQ(
      store_->Read("a").status().message(),
      "s3://lake/ndr/a: cannot read: http://s3.test:1 answered with status 503, SlowDown: reduce (tried 2 "
      "times)");
  Answers({arrow::Status::IOError("broke"), arrow::Status::IOError("broke")});
  EXPECT_EQ(store_->Read("a").status().message(), "s3://lake/ndr/a: cannot read: broke (tried 2 times)");
}

TEST_F(S3ErrorTest, WhatNoSecondTryMendsIsNotTriedAgain) {
  for (const auto& [status, code] : std::vector<std::pair<int, std::string>>{{403, "AccessDenied"},
                                                                             {404, "NoSuchBucket"},
                                                                             {403, "InvalidAccessKeyId"},
                                                                             {403, "SignatureDoesNotMatch"},
                                                                             {507, "InsufficientStorage"},
                                                                             {501, "NotImplemented"},
                                                                             {301, "PermanentRedirect"}}) {
    Answers({Error(status, code)});
    EXPECT_FALSE(store_->Put("a", "b").ok()) << code;
    EXPECT_TRUE(script_.answers.empty()) << code;
  }
  Answers({aws::Response{507, ""}});
  EXPECT_THAT(store_->Put("a", "b").message(), HasSubstr("has no space left"));
  EXPECT_TRUE(script_.sleeps.empty());
}

TEST_F(S3ErrorTest, EachActionNamesItsPermission) {
  const aws::Response denied = Error(403, "AccessDenied");
  Answers({denied, denied, denied, denied, denied, aws::Response{403, ""}});
  EXPECT_EQ(
      store_->Read("a").status().message(),
      "s3://lake/ndr/a: cannot read: access is denied; the credentials need s3:GetObject on "
      "arn:aws:s3:::lake/ndr/a, and s3:ListBucket on the bucket to learn that an object does not exist");
  EXPECT_EQ(store_->Put("a", "b").message(),
            "s3://lake/ndr/a: cannot write: access is denied; the credentials need s3:PutObject on "
            "arn:aws:s3:::lake/ndr/a");
  EXPECT_THAT(store_->PutIf("a", "b", std::nullopt, "me").status().message(), HasSubstr("s3:PutObject"));
  EXPECT_THAT(store_->Remove("a").message(), HasSubstr("s3:DeleteObject on arn:aws:s3:::lake/ndr/a"));
  EXPECT_EQ(store_->List("c").status().message(),
            "s3://lake/ndr/c/: cannot list: access is denied; the credentials need s3:ListBucket on "
            "arn:aws:s3:::lake");
  EXPECT_THAT(store_->Open("a").status().message(), HasSubstr("s3:GetObject"));  // HEAD: no body
}

TEST_F(S3ErrorTest, EachCauseHasItsRemedy) {
  EXPECT_EQ(
      ReadError(Error(404, "NoSuchBucket")),
      "s3://lake/ndr/a: cannot read: there is no bucket 'lake' at http://s3.test:1; make it, or correct the "
      "location");
  Answers({Error(404, "NoSuchBucket")});
  EXPECT_TRUE(store_->Names("").status().IsKeyError());
  EXPECT_THAT(ReadError(Error(403, "InvalidAccessKeyId")), HasSubstr("check AWS_ACCESS_KEY_ID"));
  EXPECT_THAT(ReadError(Error(403, "RequestTimeTooSkewed")), HasSubstr("the clock of this machine"));
  EXPECT_THAT(ReadError(Error(400, "InvalidToken")), HasSubstr("AWS_SESSION_TOKEN"));
  aws::Response elsewhere = Error(301, "PermanentRedirect");
  elsewhere.headers = {{"x-amz-bucket-region", "us-west-2"}};
  EXPECT_THAT(ReadError(elsewhere), HasSubstr("set AWS_REGION=us-west-2"));
}

TEST_F(S3ErrorTest, NoSecretStandsInAMessage) {
  for (const char* code : {"SignatureDoesNotMatch", "SomethingNew"}) {
    const std::string message = ReadError(Error(403, code, "hunter2 and sesame"));
    EXPECT_THAT(message, AllOf(HasSubstr(code), Not(HasSubstr("hunter2")), Not(HasSubstr("sesame"))));
  }
}

TEST_F(S3ErrorTest, NoCredentialsAndNoRegion) {
  script_.variables = {{"AWS_REGION", "eu-central-1"}, {"AWS_EC2_METADATA_DISABLED", "true"}};
  EXPECT_THAT(store_->Put("a", "b").message(),
              HasSubstr("s3://lake/ndr/a: cannot write: no AWS credentials"));
  script_.variables.erase("AWS_REGION");
  const auto another = std::make_shared<S3Client>("lake", [this] { return aws::ScriptedOutside(&script_); });
  EXPECT_THAT(OpenS3("lake", "x", another)->List("").status().message(),
              HasSubstr("s3://lake: cannot list: no AWS region"));
}

TEST_F(S3ErrorTest, AnExpiredTokenIsLookedForAnewOnce) {
  // The keys change between the two tries, as a profile does that a tool renews.
  Answers({Error(400, "ExpiredToken"), Object("hello")});
  EXPECT_EQ(store_->Read("a").ValueOrDie(), "hello");
  EXPECT_TRUE(script_.sleeps.empty());
  Answers({Error(400, "ExpiredToken"), Error(400, "ExpiredToken")});
  EXPECT_THAT(store_->Read("a").status().message(), HasSubstr("the credentials have expired; renew them"));
}

// A server that answers 404 to an unknown key must not look like an empty bucket.
TEST_F(S3ErrorTest, AnUnknownKeyIsNoMissingObject) {
  Answers({Error(404, "XAdminUserNotFound"), Error(404, "XAdminUserNotFound")});
  EXPECT_TRUE(store_->Read("a").status().IsIOError());
  EXPECT_TRUE(store_->Remove("a").IsIOError());
}

}  // namespace
}  // namespace ndr::storage
