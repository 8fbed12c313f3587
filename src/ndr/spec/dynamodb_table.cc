// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/dynamodb_table.h"

#include <fmt/format.h>

namespace ndr::spec {
namespace {

using arrow::Status;

enum class Meaning { kAccess, kKeys, kNoTable, kKeySchema, kOther };

Meaning MeaningOf(const aws::ErrorName& error) {
  const std::string& name = error.name;
  if (name == "AccessDeniedException" || name == "OptInRequired") return Meaning::kAccess;
  for (const char* keys :
       {"UnrecognizedClientException", "InvalidSignatureException", "IncompleteSignatureException",
        "ExpiredTokenException", "ExpiredToken", "MissingAuthenticationTokenException",
        "MissingAuthenticationToken", "InvalidClientTokenId", "InvalidAccessKeyId"})
    if (name == keys) return Meaning::kKeys;
  if (name == "ResourceNotFoundException") return Meaning::kNoTable;
  const bool of_key = error.message.find("schema") != std::string::npos ||
                      error.message.find("Missing the key") != std::string::npos ||
                      error.message.find("required keys") != std::string::npos ||
                      error.message.find("key element") != std::string::npos;
  return name == "ValidationException" && of_key ? Meaning::kKeySchema : Meaning::kOther;
}

}  // namespace

DynamoDbTable::DynamoDbTable(std::string table, aws::Outside outside)
    : table_(std::move(table)), client_({"dynamodb", "AWS_ENDPOINT_URL_DYNAMODB"}, std::move(outside)) {}

arrow::Result<Json> DynamoDbTable::Call(const std::string& operation, Json body) {
  body["TableName"] = table_;
  aws::Request request;
  request.headers = {{"Content-Type", "application/x-amz-json-1.0"},
                     {"X-Amz-Target", "DynamoDB_20120810." + operation}};
  request.body = body.dump();
  ARROW_ASSIGN_OR_RAISE(const aws::Answer answer, client_.Send(request, &aws::JsonError));
  if (!answer.ok()) return Refusal(operation, answer);
  Json json = Json::parse(answer.body, nullptr, false);
  if (!json.is_object())
    return Status::IOError(operation, ": the answer of ", client_.endpoint(),
                           " is no JSON object; is it DynamoDB?");
  return json;
}

Status DynamoDbTable::Refusal(const std::string& operation, const aws::Answer& answer) const {
  const aws::ErrorName& error = answer.error;
  const std::string said =
      fmt::format("{} (status {}{}{})", error.name.empty() ? "an error without a name" : error.name,
                  answer.status, error.message.empty() ? "" : ": ", error.message);
  if (answer.throttled())
    return Status::IOError("still throttled after ", answer.attempts, " attempts: ", said,
                           "; raise the table's capacity, or AWS_MAX_ATTEMPTS");
  if (answer.status >= 500)
    return Status::IOError("DynamoDB still fails after ", answer.attempts, " attempts: ", said,
                           "; try later, or raise AWS_MAX_ATTEMPTS");
  switch (MeaningOf(error)) {
    case Meaning::kAccess:
      return Status::IOError("access denied: ", said, "; the credentials need dynamodb:", operation,
                             " on table ", table_);
    case Meaning::kKeys:
      return Status::IOError(
          "the AWS credentials are refused: ", said,
          "; check that they belong together, have not expired, and that the clock is right");
    case Meaning::kNoTable:
      return Status::IOError("there is no table ", table_, " in region ", client_.region(), " (",
                             client_.endpoint(), "): ", said, "; create it, or name another");
    case Meaning::kKeySchema:
      return Status::IOError(
          "the table ", table_, " has another key: ", said,
          "; its partition key must be project_name, and its sort key the attribute that is configured");
    case Meaning::kOther:
      break;
  }
  return {arrow::StatusCode::IOError, "DynamoDB refuses " + operation + ": " + said,
          std::make_shared<DynamoDbError>(error.name)};
}

}  // namespace ndr::spec
