// SPDX-License-Identifier: Apache-2.0
// The store's requests and each of its failures, against scripted answers.
#include "aws/scripted_outside.h"
#include "ndr/spec/store_dynamodb.h"
#include "store_case.h"

namespace ndr::spec {
namespace {

using aws::Response;
using testing::HasSubstr;

class DynamoDbStoreTest : public StoreCase {
 protected:
  DynamoDbStoreTest() {
    script_.variables = {{"AWS_ACCESS_KEY_ID", "AK"},
                         {"AWS_SECRET_ACCESS_KEY", "hunter2"},
                         {"AWS_REGION", "eu-central-1"},
                         {"AWS_MAX_ATTEMPTS", "2"}};
  }
  static Response Refused(int status, const std::string& name, const std::string& message = "said") {
    return {status, R"({"__type": "com.amazonaws.dynamodb.v20120810#)" + name + R"(", "message": ")" +
                        message + "\"}"};
  }
  // The body of the i-th request.
  std::string Sent(size_t i) const { return script_.requests.at(i).body; }
  arrow::Status Getting(arrow::Result<Response> answer, int times = 1) {
    script_.answers.assign(static_cast<size_t>(times), answer);
    return store_->Get(key_).status();
  }
  void ExpectFailure(const arrow::Status& status, const std::string& rest) {
    EXPECT_EQ(base::ExitCode(status), base::kExitFailure) << status.ToString();
    EXPECT_EQ(status.message(),
              "job spec of project acme, job delta_builder, version v1 in dynamodb:specs: " + rest);
  }

  aws::Script script_;
  const std::unique_ptr<SpecStore> store_ =
      OpenDynamoDbStore("specs", "sort_key", aws::ScriptedOutside(&script_)).ValueOrDie();
};

TEST_F(DynamoDbStoreTest, GetAsksByPartitionAndSortKey) {
  script_.answers = {
      Response{200, R"({"Item": {"project_name": {"S": "acme"}, "sort_key": {"S": "delta_builder#v1"},
      "spec": {"M": {"days": {"N": "30"}}}}})"}};
  EXPECT_EQ(store_->Get(key_)->value().dump(), R"({"days":30})");
  EXPECT_EQ(
      Sent(0),
      R"({"Key":{"project_name":{"S":"acme"},"sort_key":{"S":"delta_builder#v1"}},"ConsistentRead":true,)"
      R"("TableName":"specs"})");
  EXPECT_EQ(aws::HeaderOf(script_.requests[0], "X-Amz-Target"), "DynamoDB_20120810.GetItem");
  EXPECT_EQ(aws::HeaderOf(script_.requests[0], "Content-Type"), "application/x-amz-json-1.0");
}

TEST_F(DynamoDbStoreTest, NoItem) {
  script_.answers = {Response{200, "{}"}, Response{200, "{}"}};
  EXPECT_EQ(*store_->Get(key_), std::nullopt);
  ExpectUsage(LoadJobSpec(store_.get(), key_).status(), *store_,
              "there is none; `ndr spec list` shows what there is, `ndr spec put` stores one");
}

TEST_F(DynamoDbStoreTest, ATextOfJsonIsABodyToo) {
  script_.answers = {Response{200, R"({"Item": {"spec": {"S": "{\"b\": 1, \"a\": 0.5}"}}})"}};
  EXPECT_EQ(store_->Get(key_)->value().dump(), R"({"b":1,"a":0.5})");
}

TEST_F(DynamoDbStoreTest, BodiesThatAreNone) {
  const auto body = [&](const std::string& attribute) {
    return Getting(Response{200, R"({"Item": {"project_name": {"S": "acme"})" + attribute + "}}"});
  };
  ExpectUsage(body(""), *store_,
              "the item has no body in the attribute spec; `ndr spec put --replace` stores one");
  ExpectUsage(body(R"(, "spec": {"L": []})"), *store_,
              "the body is a list in the attribute spec, and must be a JSON object");
  ExpectUsage(body(R"(, "spec": {"N": "1"})"), *store_,
              "the body is a number in the attribute spec, and must be a JSON object");
  ExpectUsage(body(R"(, "spec": {"S": "[1]"})"), *store_,
              "the body is a JSON array, and must be a JSON object");
  ExpectUsage(body(R"(, "spec": {"M": {"a": {"N": "0.12345678901234567890"}}})"), *store_,
              "the body cannot be read: a: the number 0.12345678901234567890 has more digits than can be "
              "kept; write it "
              "with 15 digits at most");
  const auto status = body(R"(, "spec": {"S": "{"})");
  EXPECT_EQ(base::ExitCode(status), base::kExitUsage);
  EXPECT_THAT(status.message(), HasSubstr("the body cannot be read: text of the attribute spec: "));
}

TEST_F(DynamoDbStoreTest, MalformedAnswers) {
  const std::string of = "GetItem: the answer of https://dynamodb.eu-central-1.amazonaws.com ";
  ExpectFailure(Getting(Response{200, "{\"Item\": "}), of + "is no JSON object; is it DynamoDB?");
  ExpectFailure(Getting(Response{200, "[]"}), of + "is no JSON object; is it DynamoDB?");
  ExpectFailure(Getting(Response{200, R"({"Item": 1})"}), "GetItem: the answer's Item is no object");
  ExpectFailure(Getting(Response{404, "<html>"}),
                "DynamoDB refuses GetItem: an error without a name (status 404)");
}

TEST_F(DynamoDbStoreTest, Refusals) {
  ExpectFailure(Getting(Refused(400, "AccessDeniedException")),
                "access denied: AccessDeniedException (status 400: said); the credentials need "
                "dynamodb:GetItem on table "
                "specs");
  ExpectFailure(Getting(Refused(400, "UnrecognizedClientException")),
                "the AWS credentials are refused: UnrecognizedClientException (status 400: said); check that "
                "they belong "
                "together, have not expired, and that the clock is right");
  ExpectFailure(
      Getting(Refused(400, "ResourceNotFoundException")),
      "there is no table specs in region eu-central-1 (https://dynamodb.eu-central-1.amazonaws.com): "
      "ResourceNotFoundException (status 400: said); create it, or name another");
  ExpectFailure(
      Getting(Refused(400, "ValidationException", "The provided key element does not match the schema")),
      "the table specs has another key: ValidationException (status 400: The provided key element does not "
      "match "
      "the schema); its partition key must be project_name, and its sort key the attribute that is "
      "configured");
  ExpectFailure(Getting(Refused(400, "ValidationException")),
                "DynamoDB refuses GetItem: ValidationException (status 400: said)");
}

TEST_F(DynamoDbStoreTest, BeyondPatience) {
  ExpectFailure(Getting(Refused(400, "ThrottlingException"), 2),
                "still throttled after 2 attempts: ThrottlingException (status 400: said); raise the table's "
                "capacity, or "
                "AWS_MAX_ATTEMPTS");
  ExpectFailure(
      Getting(Refused(500, "InternalServerError"), 2),
      "DynamoDB still fails after 2 attempts: InternalServerError (status 500: said); try later, or raise "
      "AWS_MAX_ATTEMPTS");
  ExpectFailure(Getting(arrow::Status::IOError("cannot connect to x"), 2),
                "cannot connect to x (tried 2 times)");
}

TEST_F(DynamoDbStoreTest, NoRegionAndNoCredentials) {
  script_.variables.erase("AWS_ACCESS_KEY_ID");
  script_.variables.erase("AWS_SECRET_ACCESS_KEY");
  script_.variables["AWS_EC2_METADATA_DISABLED"] = "true";
  EXPECT_THAT(store_->Get(key_).status().message(),
              HasSubstr("version v1 in dynamodb:specs: no AWS credentials: "));
  script_.variables.erase("AWS_REGION");
  const auto another = OpenDynamoDbStore("specs", "job_name", aws::ScriptedOutside(&script_)).ValueOrDie();
  const auto status = another->Get(key_).status();
  EXPECT_EQ(base::ExitCode(status), base::kExitFailure);
  EXPECT_THAT(status.message(), HasSubstr("version v1 in dynamodb:specs: no AWS region: "));
}

TEST_F(DynamoDbStoreTest, PutIsConditional) {
  script_.answers = {Response{200, "{}"}, Response{200, "{}"}};
  ASSERT_TRUE(store_->Put(key_, Json{{"days", 30}}, false).ok());
  const std::string item =
      R"({"Item":{"project_name":{"S":"acme"},"sort_key":{"S":"delta_builder#v1"},"spec":{"M":{"days":{"N":"30"}}}},)";
  EXPECT_EQ(Sent(0), item + R"+("ConditionExpression":"attribute_not_exists(#s)",)+"
                            R"("ExpressionAttributeNames":{"#s":"sort_key"},"TableName":"specs"})");
  ASSERT_TRUE(store_->Put(key_, Json{{"days", 30}}, true).ok());
  EXPECT_EQ(Sent(1), item + R"("TableName":"specs"})");
}

TEST_F(DynamoDbStoreTest, ABodyThatStands) {
  const Json body = Json::parse(R"({"b": {"y": 1.0, "x": 2}, "a": 3})");
  const Response taken = Refused(400, "ConditionalCheckFailedException");
  script_.answers = {taken, Response{200, R"({"Item": {"spec": {"M": {"a": {"N": "3"},
                       "b": {"M": {"x": {"N": "2"}, "y": {"N": "1"}}}}}}})"}};
  EXPECT_TRUE(store_->Put(key_, body, false).ok());  // the same, as far as a map without order can tell
  script_.answers = {taken, Response{200, R"({"Item": {"spec": {"M": {"a": {"N": "4"}}}}})"}};
  ExpectUsage(store_->Put(key_, body, false), *store_,
              "another body stands there already; store this one under a new version, or with --replace in "
              "its place");
}

TEST_F(DynamoDbStoreTest, ANumberThatCannotBeStored) {
  ExpectUsage(store_->Put(key_, Json{{"z_max", 1e200}}, true), *store_,
              "the body cannot be stored: z_max: DynamoDB keeps no number like 1e+200; magnitudes are 1E-130 "
              "to 9.9E+125");
  EXPECT_TRUE(script_.requests.empty());
}

TEST_F(DynamoDbStoreTest, ListFollowsThePages) {
  script_.answers = {
      Response{200, R"({"Items": [{"project_name": {"S": "acme"}, "sort_key": {"S": "fg_a_builder#v1"}}],
                                      "LastEvaluatedKey": {"sort_key": {"S": "fg_a_builder#v1"}}})"},
      Response{200, R"({"Items": [{"project_name": {"S": "acme"}, "sort_key": {"S": "something else"}},
                                                {"project_name": {"S": "acme"}, "sort_key": {"S": "delta_builder#v1"}}]})"}};
  const std::vector<SpecKey> expected = {key_, {"acme", "fg_a_builder", "v1"}};
  EXPECT_EQ(*store_->List("acme"), expected);
  const std::string first = Sent(0);
  EXPECT_EQ(
      first,
      R"({"ProjectionExpression":"#p, #s","ExpressionAttributeNames":{"#p":"project_name","#s":"sort_key"},)"
      R"("ConsistentRead":true,"KeyConditionExpression":"#p = :p","ExpressionAttributeValues":{":p":{"S":"acme"}},)"
      R"("TableName":"specs"})");
  EXPECT_THAT(Sent(1), HasSubstr(R"("ExclusiveStartKey":{"sort_key":{"S":"fg_a_builder#v1"}})"));
}

TEST_F(DynamoDbStoreTest, AllProjectsAreAScan) {
  script_.answers = {Response{200, R"({"Items": []})"}};
  EXPECT_TRUE(store_->List("")->empty());
  EXPECT_EQ(aws::HeaderOf(script_.requests.at(0), "X-Amz-Target"), "DynamoDB_20120810.Scan");
}

TEST_F(DynamoDbStoreTest, ListsThatFail) {
  script_.answers = {Refused(400, "AccessDeniedException")};
  EXPECT_THAT(store_->List("acme").status().message(),
              HasSubstr("dynamodb:specs: job specs of project acme: access denied: "));
  script_.answers = {Response{200, R"({"Count": 0})"}};
  EXPECT_EQ(store_->List("").status().message(), "dynamodb:specs: the answer has no list of Items");
  const Response again{200, R"({"Items": [], "LastEvaluatedKey": {"k": {"S": "1"}}})"};
  script_.answers = {again, again};
  EXPECT_EQ(store_->List("").status().message(), "dynamodb:specs: Scan gives the same page again and again");
}

TEST_F(DynamoDbStoreTest, TheSortAttributeIsNoneOfTheOthers) {
  for (const char* name : {"", "spec", "project_name"})
    EXPECT_EQ(base::ExitCode(OpenDynamoDbStore("specs", name, aws::ScriptedOutside(&script_)).status()),
              base::kExitUsage);
}

}  // namespace
}  // namespace ndr::spec
