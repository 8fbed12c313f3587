// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/s3_client.h"

#include <algorithm>
#include <cstdio>

#include "ndr/storage/s3_xml.h"
#include "ndr/storage/traffic.h"

namespace ndr::storage {
namespace {

using arrow::Result;
using arrow::Status;
using aws::Answer;

constexpr base::Micros kStall = 20 * base::kMicrosPerSecond;

bool MayMend(const Answer& answer) {
  if (answer.ok()) return false;
  if (answer.throttled() || answer.error.name == "RequestTimeout") return true;
  if (answer.error.name == "ConditionalRequestConflict" || answer.error.name == "OperationAborted")
    return true;
  return answer.status >= 500 && answer.status != 501 && answer.status != 507 && answer.status != 505 &&
         answer.error.name != "InsufficientStorage" && answer.error.name != "NotImplemented";
}

bool HasExpired(const Answer& answer) {
  return answer.error.name == "ExpiredToken" || answer.error.name == "TokenRefreshRequired";
}

// A body in pieces, of a GET that may break off.
class Pieces {
 public:
  explicit Pieces(const aws::Request& request) : of_get_(request.method == "GET"), asked_(request.headers) {
    const std::string range = aws::Header(asked_, "Range");
    if (!range.empty()) std::sscanf(range.c_str(), "bytes=%llu-%llu", &first_, &last_);
  }

  // Of the next try: what was asked at first, or the rest of it.
  aws::Fields Headers() const {
    aws::Fields headers = asked_;
    if (bytes_.empty()) return headers;
    std::erase_if(headers,
                  [](const auto& field) { return field.first == "Range" || field.first == "If-Match"; });
    const std::string end = last_ == 0 ? "" : std::to_string(last_);
    headers.emplace_back("Range", "bytes=" + std::to_string(first_ + bytes_.size()) + "-" + end);
    headers.emplace_back("If-Match", etag_);
    return headers;
  }

  // True where the answer's body is whole; it then holds all of it.
  bool Take(Answer* answer) {
    if (!of_get_ || !answer->ok()) return true;
    if (!bytes_.empty() && answer->status != 206) bytes_.clear();  // the server begins anew
    if (answer->broken) {
      if (std::string etag = answer->Header("etag"); !etag.empty()) etag_ = std::move(etag);
      // Of an object without a tag nobody knows whether the rest would belong to it.
      if (!etag_.empty()) bytes_ += answer->body;
      return false;
    }
    if (!bytes_.empty()) answer->body.insert(0, bytes_);
    return true;
  }
  // The object is another one now.
  bool Restart(const Answer& answer) {
    if (answer.status != 412 || bytes_.empty()) return false;
    bytes_.clear();
    return true;
  }

 private:
  bool of_get_;
  aws::Fields asked_;
  unsigned long long first_ = 0, last_ = 0;
  std::string bytes_, etag_;
};

}  // namespace

bool IsBucketName(const std::string& name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return name.size() >= 3 && name.size() <= 63 && plain(name.front()) && plain(name.back()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return plain(c) || c == '.' || c == '-'; });
}

S3Client::S3Client(std::string bucket, MakeOutside make_outside)
    : bucket_(std::move(bucket)), make_outside_(std::move(make_outside)) {}

// Gives a client back on every way out.
struct S3Client::Returned {
  S3Client* owner;
  std::unique_ptr<aws::Client> client;
  ~Returned() {
    const std::lock_guard lock(owner->mutex_);
    owner->endpoint_ = client->endpoint();
    owner->idle_.push_back(std::move(client));
  }
};

std::unique_ptr<aws::Client> S3Client::Take() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty())
    return std::make_unique<aws::Client>(aws::Service{"s3", "AWS_ENDPOINT_URL_S3"}, make_outside_());
  auto client = std::move(idle_.back());
  idle_.pop_back();
  return client;
}

// `https://bucket.s3.region.amazonaws.com/key`; with a named endpoint, or where the certificate would not
// fit a bucket's name with dots, `https://endpoint/bucket/key`.
void S3Client::Address(const aws::Client& client, const std::string& key, aws::Request* request) const {
  request->endpoint = client.endpoint();
  const bool in_path = client.has_named_endpoint() || bucket_.find('.') != std::string::npos;
  if (!in_path) request->endpoint.insert(request->endpoint.find("://") + 3, bucket_ + ".");
  request->path = (in_path ? "/" + bucket_ : "") + "/" + key;
  if (in_path && key.empty()) request->path.pop_back();
}

Result<Answer> S3Client::SendOn(aws::Client* client, aws::Request request) {
  std::string kind = request.method;
  for (const auto& [name, value] : request.query)
    if (name == "list-type" || name == "uploads") kind = "LIST";
  Pieces pieces(request);
  bool expired_before = false;
  for (int attempt = 1;; ++attempt) {
    request.headers = pieces.Headers();
    Result<Answer> answer = client->Try(request, &XmlError);
    CountTraffic(kind, static_cast<int64_t>(request.Payload().size()),
                 answer.ok() ? static_cast<int64_t>(answer->body.size()) : 0);
    if (answer.ok() && HasExpired(*answer) && !expired_before) {
      expired_before = true;
      client->ForgetCredentials();
      continue;
    }
    const bool whole = !answer.ok() || (pieces.Take(&*answer) && !pieces.Restart(*answer));
    const bool again = answer.ok() ? !whole || MayMend(*answer) : answer.status().IsIOError();
    if (again && client->WaitToRetry(attempt)) continue;
    if (answer.ok() && !whole)
      answer = Status::IOError("the answer of ", client->endpoint(), " broke off again and again");
    if (answer.ok()) answer->attempts = attempt;
    if (!answer.ok() && again && attempt > 1)
      return answer.status().WithMessage(answer.status().message(), " (tried ", attempt, " times)");
    return answer;
  }
}

Result<Answer> S3Client::Send(const Purpose& purpose, const std::string& key, aws::Request request) {
  Returned held{this, Take()};
  Status status = held.client->Prepare();
  if (status.ok()) {
    Address(*held.client, key, &request);
    request.stall_timeout = kStall;
    request.takes_parts = request.method == "GET";
    request.largest_answer = size_t{1} << 40;
    auto answer = SendOn(held.client.get(), std::move(request));
    if (answer.ok()) return answer;
    status = answer.status();
  }
  return status.WithMessage("s3://", bucket_, key.empty() ? "" : "/", key, ": cannot ", purpose.action, ": ",
                            status.message());
}

}  // namespace ndr::storage
