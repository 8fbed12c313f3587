// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/remote_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ndr::feature_store {
namespace {

constexpr std::array<std::string_view, 3> kNoAccess = {"AccessForbidden", "AccessDeniedException",
                                                       "AccessDenied"};
constexpr std::array<std::string_view, 3> kNoGroup = {"ResourceNotFound", "ResourceNotFoundException",
                                                      "NotFound"};
constexpr std::array<std::string_view, 9> kBadKeys = {"UnrecognizedClientException",
                                                      "InvalidSignatureException",
                                                      "IncompleteSignatureException",
                                                      "ExpiredTokenException",
                                                      "ExpiredToken",
                                                      "RequestExpired",
                                                      "InvalidClientTokenId",
                                                      "MissingAuthenticationTokenException",
                                                      "InvalidAccessKeyId"};

template <size_t n>
bool IsOneOf(std::string_view name, const std::array<std::string_view, n>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Verdict VerdictOf(int status, std::string_view name) {
  if (aws::IsThrottling(name) || status == 429) return Verdict::kThrottled;
  if (IsOneOf(name, kNoAccess) || IsOneOf(name, kNoGroup) || IsOneOf(name, kBadKeys)) return Verdict::kStop;
  if (status >= 500 || status == 408 || name == "InternalFailure" || name == "ServiceUnavailable")
    return Verdict::kAgain;
  if (status >= 200 && status < 300 && name.empty()) return Verdict::kAccepted;
  // In the place of an entry the name of an error stands alone, with the status of the whole answer.
  const bool of_entry = status >= 200 && status < 300;
  return of_entry || status == 400 || status == 413 ? Verdict::kRejected : Verdict::kStop;
}

arrow::Status StopStatus(std::string_view operation, std::string_view group, const aws::Client& client,
                         const aws::ErrorName& error) {
  const std::string said = fmt::format("{}{}{}", error.name.empty() ? "an error without a name" : error.name,
                                       error.message.empty() ? "" : ": ", error.message);
  if (IsOneOf(error.name, kNoAccess)) {
    const std::string needed = operation == "BatchWriteRecord"
                                   ? "sagemaker:BatchWriteRecord and sagemaker:PutRecord"
                                   : fmt::format("sagemaker:{}", operation);
    return arrow::Status::IOError("access denied (", said, "); the credentials need ", needed,
                                  " on feature group ", group);
  }
  if (IsOneOf(error.name, kNoGroup))
    return arrow::Status::IOError(
        "there is no feature group ", group, " in region ", client.region(), " (", client.endpoint(),
        "): ", said, "; `ndr features groups` prints its definition, feature_groups.names names another");
  if (IsOneOf(error.name, kBadKeys))
    return arrow::Status::IOError(
        "the AWS credentials are refused (", said,
        "); check that they belong together, have not expired, and that the clock is right");
  return arrow::Status::IOError(operation, " to feature group ", group, " at ", client.endpoint(),
                                " is refused: ", said);
}

}  // namespace ndr::feature_store
