// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "ndr/storage/s3_client.h"

namespace ndr::storage {
namespace {

using arrow::Status;

struct Meaning {
  const char* name;
  const char* text;
};

// `%` stands for the endpoint.
constexpr std::array<Meaning, 14> kMeanings = {{
    {"InvalidAccessKeyId", "the access key is not known at %; check AWS_ACCESS_KEY_ID, or the profile"},
    {"SignatureDoesNotMatch",
     "the signature is wrong at %; check AWS_SECRET_ACCESS_KEY, or the profile, and that no proxy changes "
     "the "
     "request"},
    {"ExpiredToken", "the credentials have expired; renew them, and run the command again"},
    {"TokenRefreshRequired", "the credentials have expired; renew them, and run the command again"},
    {"InvalidToken", "the session token does not belong to the access key; check AWS_SESSION_TOKEN"},
    {"RequestTimeTooSkewed", "the clock of this machine differs from that of %; set it right"},
    {"InsufficientStorage", "% has no space left; free some, and run the command again"},
    {"XMinioStorageFull", "% has no space left; free some, and run the command again"},
    {"QuotaExceeded", "the quota of the bucket is used up; raise it, or remove what is not needed"},
    {"EntityTooLarge", "the object is larger than % takes in one put"},
    {"NotImplemented",
     "% does not offer this request; S3's conditional puts (If-None-Match, If-Match) are needed"},
    {"KeyTooLongError", "the name is longer than the 1024 bytes that S3 takes"},
    {"AllAccessDisabled", "the bucket is closed to everybody"},
    {"AccountProblem", "the account has a problem that its owner must mend"},
}};

std::string Filled(std::string text, const std::string& endpoint) {
  const size_t at = text.find('%');
  if (at != std::string::npos) text.replace(at, 1, endpoint);
  return text;
}

// What the service itself says, for the cases that no table knows.
std::string Verbatim(const aws::Answer& answer) {
  std::string text = "status " + std::to_string(answer.status);
  if (!answer.error.name.empty()) text += ", " + answer.error.name;
  if (!answer.error.message.empty()) text += ": " + answer.error.message;
  if (answer.attempts > 1) text += " (tried " + std::to_string(answer.attempts) + " times)";
  return text;
}

}  // namespace

bool SaysNoObject(const aws::Answer& answer) {
  const std::string& name = answer.error.name;
  return answer.status == 404 && (name.empty() || name == "NoSuchKey" || name == "NotFound");
}

Status S3Client::Error(const Purpose& purpose, const std::string& key, const aws::Answer& answer) {
  std::string endpoint;
  {
    const std::lock_guard lock(mutex_);
    endpoint = endpoint_;
  }
  const std::string what =
      "s3://" + bucket_ + (key.empty() ? "" : "/" + key) + ": cannot " + purpose.action + ": ";
  const std::string region = answer.Header("x-amz-bucket-region");
  std::string name = answer.error.name;
  if (name.empty() && answer.status == 507) name = "InsufficientStorage";
  if (name.empty() && answer.status == 501) name = "NotImplemented";
  if (name.empty() && answer.status == 403) name = "AccessDenied";  // HEAD has no body

  if (name == "NoSuchBucket")
    return Status::KeyError(what, "there is no bucket '", bucket_, "' at ", endpoint,
                            "; make it, or correct the location");
  if (answer.status == 301 || name == "AuthorizationHeaderMalformed" || name == "PermanentRedirect")
    return Status::IOError(what, "the bucket is not in the region that was asked (", Verbatim(answer),
                           "); set AWS_REGION", region.empty() ? " to the bucket's own" : "=" + region);
  if (name == "AccessDenied") {
    const bool of_bucket = purpose.permission.starts_with("s3:List");
    return Status::IOError(what, "access is denied; the credentials need ", purpose.permission,
                           " on arn:aws:s3:::", bucket_, of_bucket ? "" : "/" + key,
                           purpose.permission == "s3:GetObject"
                               ? ", and s3:ListBucket on the bucket to learn that an object does not exist"
                               : "");
  }
  for (const Meaning& meaning : kMeanings)
    if (name == meaning.name) return Status::IOError(what, Filled(meaning.text, endpoint), " (", name, ")");
  return Status::IOError(what, endpoint, " answered with ", Verbatim(answer));
}

}  // namespace ndr::storage
