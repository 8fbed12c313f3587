// SPDX-License-Identifier: Apache-2.0
// An S3 store over answers from a list.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/scripted_outside.h"
#include "ndr/storage/s3_store.h"

namespace ndr::storage {

class ScriptedS3 : public testing::Test {
 protected:
  ScriptedS3() {
    script_.variables = {{"AWS_ACCESS_KEY_ID", "AK"},
                         {"AWS_SECRET_ACCESS_KEY", "hunter2"},
                         {"AWS_SESSION_TOKEN", "sesame"},
                         {"AWS_REGION", "eu-central-1"},
                         {"AWS_ENDPOINT_URL_S3", "http://s3.test:1"}};
  }

  static aws::Response Error(int status, const std::string& code, const std::string& message = "m") {
    return {status, "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>" + message +
                        "</Message><RequestId>1</RequestId></Error>"};
  }
  static aws::Response Object(const std::string& bytes, const std::string& etag = "\"1\"",
                              const std::string& token = "") {
    return {200, bytes, {{"etag", etag}, {"x-amz-meta-ndr-token", token}}};
  }
  static aws::Response Part(const std::string& bytes, const std::string& etag = "\"1\"") {
    return {206, bytes, {{"etag", etag}}};
  }
  static aws::Response Broken(aws::Response response) {
    response.broken = true;
    return response;
  }
  void Answers(std::vector<arrow::Result<aws::Response>> answers) {
    script_.answers.assign(answers.begin(), answers.end());
  }
  const aws::Request& Asked(size_t at) const { return script_.requests.at(at); }
  std::string Sent(size_t at, const std::string& header) const { return aws::HeaderOf(Asked(at), header); }

  aws::Script script_;
  std::shared_ptr<S3Client> client_ =
      std::make_shared<S3Client>("lake", [this] { return aws::ScriptedOutside(&script_); });
  std::shared_ptr<ObjectStore> store_ = OpenS3("lake", "ndr", client_);
};

}  // namespace ndr::storage
