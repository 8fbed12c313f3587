// SPDX-License-Identifier: Apache-2.0
#include "ndr/aws/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scripted_outside.h"

namespace ndr::aws {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(WaitAfter, DoublesUpToItsCapAndIsAnywhereBelow) {
  const Patience patience{10, 100, 1000};
  EXPECT_EQ(WaitAfter(patience, 1, 0.5), 50);    // of 100
  EXPECT_EQ(WaitAfter(patience, 2, 0.5), 100);   // of 200
  EXPECT_EQ(WaitAfter(patience, 4, 0.25), 200);  // of 800
  EXPECT_EQ(WaitAfter(patience, 5, 0.5), 500);   // of 1600, capped at 1000
  EXPECT_EQ(WaitAfter(patience, 99, 0.999), 999);
  EXPECT_EQ(WaitAfter(patience, 7, 0), 0);
}

TEST(JsonErrorTest, NameAndFirstLineOfTheMessage) {
  const ErrorName error = JsonError(R"({"__type": "com.amazon.coral#Slow", "Message": "a\nb"})");
  EXPECT_EQ(error.name, "Slow");
  EXPECT_EQ(error.message, "a");
  EXPECT_EQ(JsonError("<html>").name, "");
  EXPECT_EQ(JsonError("[1]").name, "");
  EXPECT_EQ(JsonError(R"({"__type": 3, "message": "m"})").message, "m");
}

class ClientTest : public testing::Test {
 protected:
  ClientTest() {
    script_.variables = {{"AWS_ACCESS_KEY_ID", "AK"},
                         {"AWS_SECRET_ACCESS_KEY", "hunter2"},
                         {"AWS_SESSION_TOKEN", "sesame"},
                         {"AWS_REGION", "eu-central-1"}};
  }
  arrow::Result<Answer> Send() { return client_.Send(Request(), &JsonError); }
  static Response Error(int status, const std::string& name, const std::string& message = "m") {
    return {status, R"({"__type": "x#)" + name + R"(", "message": ")" + message + "\"}"};
  }

  Script script_;
  Client client_{{"dynamodb", "AWS_ENDPOINT_URL_DYNAMODB"}, ScriptedOutside(&script_)};
};

TEST_F(ClientTest, TheServicesOwnEndpoint) {
  script_.answers = {Response{200, "{}"}};
  const auto answer = Send().ValueOrDie();
  EXPECT_TRUE(answer.ok());
  EXPECT_EQ(answer.attempts, 1);
  const Request& request = script_.requests.at(0);
  EXPECT_EQ(request.endpoint, "https://dynamodb.eu-central-1.amazonaws.com");
  EXPECT_EQ(HeaderOf(request, "X-Amz-Security-Token"), "sesame");
  EXPECT_THAT(HeaderOf(request, "Authorization"),
              HasSubstr("AK/20231114/eu-central-1/dynamodb/aws4_request"));
}

TEST_F(ClientTest, AServiceWhoseHostHasAnotherName) {
  Client another({"sagemaker", "AWS_ENDPOINT_URL_X", "featurestore-runtime.sagemaker"},
                 ScriptedOutside(&script_));
  script_.answers = {Response{200, "{}"}};
  EXPECT_TRUE(another.Send(Request(), &JsonError).ok());
  EXPECT_EQ(script_.requests.at(0).endpoint,
            "https://featurestore-runtime.sagemaker.eu-central-1.amazonaws.com");
  EXPECT_THAT(HeaderOf(script_.requests.at(0), "Authorization"),
              HasSubstr("/eu-central-1/sagemaker/aws4_request"));
  std::string text = "hunter2 says sesame";
  another.BlotSecrets(&text);
  EXPECT_EQ(text, "*** says ***");
}

TEST_F(ClientTest, ErrorsThatAHeaderNames) {
  script_.answers = {Response{400, "{}", {{"x-amzn-errortype", "ThrottlingException:http://a.example/"}}},
                     Response{400, "{}", {{"x-amzn-errortype", "ValidationError"}}}};
  const auto answer = Send().ValueOrDie();
  EXPECT_EQ(answer.attempts, 2);  // the first was tried again
  EXPECT_EQ(answer.error.name, "ValidationError");
}

TEST_F(ClientTest, EndpointsThatVariablesName) {
  script_.variables["AWS_ENDPOINT_URL"] = "http://a:1";
  script_.answers = {Response{200, ""}, Response{200, ""}};
  EXPECT_TRUE(Send().ok());
  script_.variables["AWS_ENDPOINT_URL_DYNAMODB"] = "http://b:2";
  Client another({"dynamodb", "AWS_ENDPOINT_URL_DYNAMODB"}, ScriptedOutside(&script_));
  EXPECT_TRUE(another.Send(Request(), &JsonError).ok());
  EXPECT_EQ(script_.requests.at(0).endpoint, "http://a:1");
  EXPECT_EQ(script_.requests.at(1).endpoint, "http://b:2");
}

TEST_F(ClientTest, AWrongEndpointNamesItsVariable) {
  script_.variables["AWS_ENDPOINT_URL"] = "localhost:8000";
  EXPECT_THAT(Send().status().message(), HasSubstr("AWS_ENDPOINT_URL: the endpoint is no URL"));
}

TEST_F(ClientTest, ThrottlingFailuresAndLostConnectionsAreTriedAgain) {
  script_.answers = {Error(400, "ProvisionedThroughputExceededException"), Error(500, "InternalServerError"),
                     arrow::Status::IOError("broke"), Response{503, "<html>"}, Response{200, "{}"}};
  const auto answer = Send().ValueOrDie();
  EXPECT_TRUE(answer.ok());
  EXPECT_EQ(answer.attempts, 5);
  // Half of 50, 100, 200 and 400 ms.
  EXPECT_THAT(script_.sleeps, ElementsAre(25'000, 50'000, 100'000, 200'000));
  // 375 ms later in all: the second of the signature is still the same.
  EXPECT_EQ(HeaderOf(script_.requests.back(), "X-Amz-Date"), "20231114T221320Z");
}

TEST_F(ClientTest, EachTryIsSignedAnew) {
  script_.answers = {Error(400, "ThrottlingException"), Response{200, "{}"}};
  script_.now += base::kMicrosPerSecond - 1;  // 25 ms take it into the next second
  EXPECT_TRUE(Send().ok());
  EXPECT_EQ(HeaderOf(script_.requests.at(0), "X-Amz-Date"), "20231114T221320Z");
  EXPECT_EQ(HeaderOf(script_.requests.at(1), "X-Amz-Date"), "20231114T221321Z");
}

TEST_F(ClientTest, OtherErrorsAreNotTriedAgain) {
  for (const char* name : {"AccessDeniedException", "ValidationException", "ResourceNotFoundException"}) {
    script_.answers = {Error(400, name)};
    const auto answer = Send().ValueOrDie();
    EXPECT_EQ(answer.error.name, name);
    EXPECT_EQ(answer.attempts, 1);
    EXPECT_FALSE(answer.throttled());
  }
  script_.answers = {arrow::Status::Invalid("the certificate")};
  EXPECT_EQ(Send().status().message(), "the certificate");
  EXPECT_TRUE(script_.sleeps.empty());
}

TEST_F(ClientTest, PatienceEnds) {
  script_.variables["AWS_MAX_ATTEMPTS"] = "3";
  for (int i = 0; i < 3; ++i) script_.answers.push_back(Error(400, "ThrottlingException"));
  const auto answer = Send().ValueOrDie();
  EXPECT_TRUE(answer.throttled());
  EXPECT_EQ(answer.attempts, 3);
  EXPECT_EQ(script_.sleeps.size(), 2u);
  for (int i = 0; i < 3; ++i) script_.answers.push_back(arrow::Status::IOError("broke"));
  const auto status = Send().status();
  EXPECT_TRUE(status.IsIOError());
  EXPECT_EQ(status.message(), "broke (tried 3 times)");
}

TEST_F(ClientTest, PatienceIsANumber) {
  script_.variables["AWS_MAX_ATTEMPTS"] = "0";
  EXPECT_EQ(Send().status().message(), "AWS_MAX_ATTEMPTS is '0', which is no number from 1 to 100");
}

TEST_F(ClientTest, SecretsAreBlottedOut) {
  script_.answers = {
      Error(400, "InvalidSignatureException", "expected hunter2 with sesame and sesame\\nsecond line")};
  EXPECT_EQ(Send()->error.message, "expected *** with *** and ***");
}

TEST_F(ClientTest, NoRegionAndNoCredentials) {
  script_.variables.erase("AWS_REGION");
  EXPECT_THAT(Send().status().message(), HasSubstr("no AWS region"));
  script_.variables = {{"AWS_REGION", "eu-central-1"}, {"AWS_EC2_METADATA_DISABLED", "true"}};
  EXPECT_THAT(Send().status().message(), HasSubstr("no AWS credentials"));
}

}  // namespace
}  // namespace ndr::aws
