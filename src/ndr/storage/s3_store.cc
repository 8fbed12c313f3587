// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/s3_store.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "ndr/storage/s3_file.h"
#include "ndr/storage/s3_list.h"

namespace ndr::storage {
namespace {

using arrow::Result;
using arrow::Status;

constexpr const char* kTokenHeader = "x-amz-meta-ndr-token";

class S3Store : public ObjectStore {
 public:
  S3Store(const std::string& bucket, std::string prefix, std::shared_ptr<S3Client> client)
      : location_("s3://" + bucket + (prefix.empty() ? "" : "/" + prefix)),
        prefix_(std::move(prefix)),
        client_(std::move(client)) {}

  const std::string& location() const override { return location_; }
  Result<std::optional<std::string>> Read(const std::string& name) override;
  Result<std::shared_ptr<arrow::io::RandomAccessFile>> Open(const std::string& name, int64_t bytes) override;
  Result<std::vector<std::string>> Names(const std::string& folder) override;
  Result<std::vector<ObjectInfo>> List(const std::string& folder) override;
  Status Put(const std::string& name, std::string_view bytes) override;
  Status Remove(const std::string& name) override;
  Result<std::vector<UnfinishedUpload>> Uploads() override;
  Status Abort(const UnfinishedUpload& upload) override {
    return AbortUpload(client_.get(), {KeyOf(upload.name), upload.id});
  }
  Result<std::optional<TaggedObject>> ReadTagged(const std::string& name) override;
  Result<PutOutcome> PutIf(const std::string& name, std::string_view bytes,
                           const std::optional<std::string>& tag, const std::string& token) override;

 private:
  std::string KeyOf(const std::string& name) const { return prefix_.empty() ? name : prefix_ + "/" + name; }
  // The prefix that keys below a folder have.
  std::string Below(const std::string& folder) const {
    const std::string key = folder.empty() ? prefix_ : KeyOf(folder);
    return key.empty() ? "" : key + "/";
  }
  Result<std::optional<aws::Answer>> Get(const std::string& key);
  Result<PutOutcome> WhoWon(const std::string& name, std::string_view bytes, const std::string& token);

  std::string location_, prefix_;
  std::shared_ptr<S3Client> client_;
};

Result<std::optional<aws::Answer>> S3Store::Get(const std::string& key) {
  const Purpose purpose{"read", "s3:GetObject"};
  aws::Request request;
  request.method = "GET";
  ARROW_ASSIGN_OR_RAISE(aws::Answer answer, client_->Send(purpose, key, std::move(request)));
  if (answer.ok()) return answer;
  if (SaysNoObject(answer)) return std::nullopt;
  return client_->Error(purpose, key, answer);
}

Result<std::optional<std::string>> S3Store::Read(const std::string& name) {
  ARROW_ASSIGN_OR_RAISE(auto answer, Get(KeyOf(name)));
  if (!answer) return std::nullopt;
  return std::move(answer->body);
}

Result<std::shared_ptr<arrow::io::RandomAccessFile>> S3Store::Open(const std::string& name, int64_t bytes) {
  const std::string key = KeyOf(name);
  std::string etag;
  if (bytes < 0) {
    const Purpose purpose{"read", "s3:GetObject"};
    aws::Request request;
    request.method = "HEAD";
    ARROW_ASSIGN_OR_RAISE(const aws::Answer answer, client_->Send(purpose, key, std::move(request)));
    if (answer.status == 404) return Status::KeyError(location_, "/", name, " does not exist");
    if (!answer.ok()) return client_->Error(purpose, key, answer);
    const std::string text = answer.Header("content-length");
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
    if (error != std::errc() || end != text.data() + text.size())
      return Status::IOError(location_, "/", name, ": the answer does not say how large the object is");
    etag = answer.Header("etag");
  }
  return S3File(client_, key, bytes, std::move(etag));
}

Result<std::vector<std::string>> S3Store::Names(const std::string& folder) {
  const std::string below = Below(folder);
  ARROW_ASSIGN_OR_RAISE(const ListPage page, ListAll(client_.get(), below, true));
  std::vector<std::string> names;
  for (const ObjectInfo& object : page.objects) names.push_back(object.name.substr(below.size()));
  for (const std::string& prefix : page.prefixes)
    names.push_back(prefix.substr(below.size(), prefix.size() - below.size() - 1));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::erase(names, "");  // the marker of the folder itself
  return names;
}

Result<std::vector<ObjectInfo>> S3Store::List(const std::string& folder) {
  ARROW_ASSIGN_OR_RAISE(ListPage page, ListAll(client_.get(), Below(folder), false));
  std::erase_if(page.objects, [](const ObjectInfo& object) { return object.name.ends_with('/'); });
  for (ObjectInfo& object : page.objects) object.name.erase(0, Below("").size());
  std::sort(page.objects.begin(), page.objects.end(),
            [](const ObjectInfo& a, const ObjectInfo& b) { return a.name < b.name; });
  return std::move(page.objects);
}

Status S3Store::Put(const std::string& name, std::string_view bytes) {
  const Purpose purpose{"write", "s3:PutObject"};
  aws::Request request;
  request.method = "PUT";
  request.data = bytes;
  ARROW_ASSIGN_OR_RAISE(const aws::Answer answer, client_->Send(purpose, KeyOf(name), std::move(request)));
  return answer.ok() ? Status::OK() : client_->Error(purpose, KeyOf(name), answer);
}

Status S3Store::Remove(const std::string& name) {
  const Purpose purpose{"remove", "s3:DeleteObject"};
  aws::Request request;
  request.method = "DELETE";
  ARROW_ASSIGN_OR_RAISE(const aws::Answer answer, client_->Send(purpose, KeyOf(name), std::move(request)));
  return answer.ok() || SaysNoObject(answer) ? Status::OK() : client_->Error(purpose, KeyOf(name), answer);
}

Result<std::vector<UnfinishedUpload>> S3Store::Uploads() {
  ARROW_ASSIGN_OR_RAISE(auto uploads, ListUploads(client_.get(), Below("")));
  for (UnfinishedUpload& upload : uploads) upload.name.erase(0, Below("").size());
  return uploads;
}

Result<std::optional<TaggedObject>> S3Store::ReadTagged(const std::string& name) {
  ARROW_ASSIGN_OR_RAISE(auto answer, Get(KeyOf(name)));
  if (!answer) return std::nullopt;
  return TaggedObject{std::move(answer->body), answer->Header("etag"), answer->Header(kTokenHeader)};
}

Result<PutOutcome> S3Store::WhoWon(const std::string& name, std::string_view bytes,
                                   const std::string& token) {
  ARROW_ASSIGN_OR_RAISE(const auto now, ReadTagged(name));
  if (!now) return PutOutcome::kLost;  // withdrawn or removed by another
  if (!token.empty() && now->token == token && now->bytes == bytes) return PutOutcome::kWritten;
  return now->bytes == bytes ? PutOutcome::kSame : PutOutcome::kLost;
}

Result<PutOutcome> S3Store::PutIf(const std::string& name, std::string_view bytes,
                                  const std::optional<std::string>& tag, const std::string& token) {
  const Purpose purpose{"write", "s3:PutObject"};
  aws::Request request;
  request.method = "PUT";
  request.data = bytes;
  request.headers.emplace_back(tag ? "If-Match" : "If-None-Match", tag ? *tag : "*");
  if (!token.empty()) request.headers.emplace_back(kTokenHeader, token);
  ARROW_ASSIGN_OR_RAISE(const aws::Answer answer, client_->Send(purpose, KeyOf(name), std::move(request)));
  if (answer.ok()) return PutOutcome::kWritten;
  const bool refused = answer.status == 412 || SaysNoObject(answer);
  return refused ? WhoWon(name, bytes, token) : client_->Error(purpose, KeyOf(name), answer);
}

}  // namespace

std::shared_ptr<S3Client> ClientOf(const std::string& bucket) {
  static std::mutex mutex;
  static auto* const clients = new std::map<std::string, std::shared_ptr<S3Client>>;
  const std::lock_guard lock(mutex);
  auto& client = (*clients)[bucket];
  if (client == nullptr) client = std::make_shared<S3Client>(bucket, &aws::RealOutside);
  return client;
}

std::shared_ptr<ObjectStore> OpenS3(const std::string& bucket, const std::string& prefix,
                                    std::shared_ptr<S3Client> client) {
  return std::make_shared<S3Store>(bucket, prefix, std::move(client));
}

}  // namespace ndr::storage
