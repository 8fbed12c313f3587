// SPDX-License-Identifier: Apache-2.0
// Requests to one S3 bucket: where they go, what is tried again, what they count (specification 4, Storage).
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ndr/aws/client.h"

namespace ndr::storage {

/// 3 to 63 of a-z, 0-9, '.', '-', with a letter or digit at both ends.
bool IsBucketName(const std::string& name);

/// Whether an answer says that there is no such object. Servers say of other things too with 404 that they
/// are not there: of buckets, and of the key that signs.
bool SaysNoObject(const aws::Answer& answer);

/// What a request is for, in messages.
struct Purpose {
  std::string action;      ///< "read", "list"
  std::string permission;  ///< "s3:GetObject"
};

/// Thread-safe: each request has a connection of its own for its time; connections are kept.
class S3Client {
 public:
  using MakeOutside = std::function<aws::Outside()>;
  /// Nothing is asked, looked up or started before the first request.
  S3Client(std::string bucket, MakeOutside make_outside);

  /// `request`: method, query, headers, data; its path is set from `key` ("" for the bucket itself).
  /// Throttling, 5xx other than 501 and 507, conflicts of conditional puts and lost connections are tried
  /// again as long as patience lasts; an expired token once, with credentials that are read anew. A GET whose
  /// body breaks off goes on where it stopped, if the object is still the same.
  /// Any last status is an answer: see S3Error. Errors: no credentials, no region, no connection, with the
  /// location and the action.
  arrow::Result<aws::Answer> Send(const Purpose& purpose, const std::string& key, aws::Request request);
  /// The error that an answer means: location, action, what is missing, remedy. KeyError: no such bucket.
  arrow::Status Error(const Purpose& purpose, const std::string& key, const aws::Answer& answer);

  const std::string& bucket() const { return bucket_; }

 private:
  struct Returned;
  std::unique_ptr<aws::Client> Take();
  arrow::Result<aws::Answer> SendOn(aws::Client* client, aws::Request request);
  void Address(const aws::Client& client, const std::string& key, aws::Request* request) const;

  std::string bucket_;
  MakeOutside make_outside_;
  std::mutex mutex_;  // of what follows
  std::vector<std::unique_ptr<aws::Client>> idle_;
  std::string endpoint_;  // for messages
};

}  // namespace ndr::storage
