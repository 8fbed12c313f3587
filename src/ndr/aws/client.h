// SPDX-License-Identifier: Apache-2.0
// A client of one AWS service: finds region, endpoint and keys at the first request, signs, and tries again
// what a second try may mend.
//
//   Client client({"dynamodb", "AWS_ENDPOINT_URL_DYNAMODB"}, RealOutside());
//   ARROW_ASSIGN_OR_RAISE(const Answer answer, client.Send(request, &JsonError));
#pragma once

#include <string>

#include "ndr/aws/credentials.h"
#include "ndr/aws/retry.h"

namespace ndr::aws {

struct Service {
  std::string name;  ///< in signatures and host names
  std::string
      endpoint_variable;  ///< stands before AWS_ENDPOINT_URL, and that before the service's own endpoint
  std::string host = {};  ///< in host names where that is another: featurestore-runtime.sagemaker
};

struct ErrorName {
  std::string name;     ///< ThrottlingException
  std::string message;  ///< one line
};
/// Reads the error of an answer's body; each protocol has its own form.
using ReadError = ErrorName (*)(const std::string& body);
/// Of JSON protocols: `{"__type": "com.amazon#Name", "message": "..."}`; no names where the body is no such
/// object.
ErrorName JsonError(const std::string& body);

struct Answer {
  int status = 0;
  std::string body;
  ErrorName
      error;  ///< of a status other than 2xx; secrets are blotted out; REST services name it in a header
  int attempts = 0;
  Fields headers = {};  ///< names in lower case
  bool broken = false;  ///< see Response

  /// Empty where there is none.
  std::string Header(std::string_view name) const { return aws::Header(headers, name); }
  bool ok() const { return status >= 200 && status < 300; }
  bool throttled() const { return !ok() && (status == 429 || IsThrottling(error.name)); }
};

class Client {
 public:
  Client(Service service, Outside outside);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Fills in the endpoint, the time limits and the signature. Throttling (by the error's name), 5xx and lost
  /// connections are tried again, as long as patience lasts; whatever was answered last is the answer.
  /// Errors: no credentials, no region, an endpoint that is no URL (Invalid), no connection or no answer
  /// (IOError).
  arrow::Result<Answer> Send(const Request& request, ReadError read_error);

  /// One try, for services whose rules of trying again are their own. A request with an endpoint keeps it.
  arrow::Result<Answer> Try(const Request& request, ReadError read_error);
  /// Before a first request: finds endpoint, region and time limits.
  arrow::Status Prepare();
  /// Sleeps after the attempt that failed; false where it was the last one.
  bool WaitToRetry(int attempt);
  /// Keys that have expired before their time: the next try looks for others.
  void ForgetCredentials() { chain_.Forget(); }
  /// Blots out the keys in a text of an answer with a status of 2xx, before it goes into a message or file.
  void BlotSecrets(std::string* text);
  /// Whether a variable names the endpoint; otherwise it is the service's own.
  bool has_named_endpoint() const { return named_endpoint_; }

  /// Of messages: the region and the endpoint, once they were found.
  const std::string& endpoint() const { return endpoint_; }
  const std::string& region() const { return region_; }

 private:
  Service service_;
  Outside outside_;
  CredentialsChain chain_;
  Patience patience_;
  std::string region_, endpoint_;
  bool named_endpoint_ = false;
  std::optional<base::Micros> timeout_;
};

}  // namespace ndr::aws
