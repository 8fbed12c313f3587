// SPDX-License-Identifier: Apache-2.0
// AWS Signature Version 4 in a request's headers (specification 4, Storage): DynamoDB, S3, the feature store.
#pragma once

#include <optional>
#include <string>

#include "ndr/aws/http.h"

namespace ndr::aws {

/// Secrets: they stand in no message.
struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;            ///< empty for keys that do not expire
  std::optional<base::Micros> expires;  ///< where the source says
};

/// What a signature holds for.
struct SigningScope {
  std::string region;   ///< eu-central-1
  std::string service;  ///< dynamodb
  base::Micros now = 0;
};

/// Adds Host, X-Amz-Date, X-Amz-Security-Token (where there is a token), for S3 X-Amz-Content-Sha256, and
/// Authorization. All headers that stand in the request are signed. Paths are encoded once, as S3 wants it;
/// other services want it twice, but have paths here that need no encoding. Invalid: the endpoint is no URL.
arrow::Status Sign(const Credentials& credentials, const SigningScope& scope, Request* request);

}  // namespace ndr::aws
