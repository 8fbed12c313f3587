// SPDX-License-Identifier: Apache-2.0
// Requests to one table in DynamoDB's protocol, JSON 1.0, and what its refusals mean.
#pragma once

#include "ndr/aws/client.h"
#include "ndr/spec/json_object.h"

namespace ndr::spec {

/// Carries the name of DynamoDB's error.
class DynamoDbError : public arrow::StatusDetail {
 public:
  explicit DynamoDbError(std::string name) : name_(std::move(name)) {}
  const char* type_id() const override { return "ndr::spec::DynamoDbError"; }
  std::string ToString() const override { return name_; }

 private:
  std::string name_;
};

class DynamoDbTable {
 public:
  DynamoDbTable(std::string table, aws::Outside outside);

  /// Sends `body`, with the table's name added, and gives the object that comes back. IOError, each in its
  /// own words: access denied, keys or signature refused, throttled or failing beyond patience, no such
  /// table, any other refusal (with a DynamoDbError), an answer that is no JSON object, and what aws::Client
  /// says.
  arrow::Result<Json> Call(const std::string& operation, Json body);

 private:
  arrow::Status Refusal(const std::string& operation, const aws::Answer& answer) const;

  std::string table_;
  aws::Client client_;
};

}  // namespace ndr::spec
