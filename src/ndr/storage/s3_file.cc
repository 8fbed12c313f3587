// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/s3_file.h"

#include <arrow/buffer.h>

#include <cstring>

namespace ndr::storage {
namespace {

using arrow::Buffer;
using arrow::Result;
using arrow::Status;

constexpr int64_t kWholeUpTo = int64_t{8} << 20;
constexpr int64_t kTail = int64_t{64} << 10;
constexpr int64_t kAhead = int64_t{8} << 20;

class ObjectFile : public arrow::io::RandomAccessFile {
 public:
  ObjectFile(std::shared_ptr<S3Client> client, std::string key, int64_t bytes, std::string etag)
      : client_(std::move(client)), key_(std::move(key)), bytes_(bytes), etag_(std::move(etag)) {}

  Status Close() override {
    closed_ = true;
    return Status::OK();
  }
  bool closed() const override { return closed_; }
  Result<int64_t> GetSize() override { return bytes_; }
  Result<int64_t> Tell() const override { return at_; }
  Status Seek(int64_t position) override;
  Result<int64_t> Read(int64_t count, void* out) override;
  Result<std::shared_ptr<Buffer>> Read(int64_t count) override;
  Result<int64_t> ReadAt(int64_t position, int64_t count, void* out) override;
  Result<std::shared_ptr<Buffer>> ReadAt(int64_t position, int64_t count) override;

 private:
  struct Part {
    int64_t from = 0;
    std::shared_ptr<Buffer> bytes;
    bool Holds(int64_t position, int64_t count) const {
      return bytes && position >= from && position + count <= from + bytes->size();
    }
    std::shared_ptr<Buffer> Slice(int64_t position, int64_t count) const {
      return arrow::SliceBuffer(bytes, position - from, count);
    }
  };

  Result<std::shared_ptr<Buffer>> Get(int64_t position, int64_t count);
  Result<std::shared_ptr<Buffer>> FromEnd(int64_t position, int64_t count);

  std::shared_ptr<S3Client> client_;
  std::string key_;
  int64_t bytes_;
  std::mutex mutex_;  // of etag_ and kept_
  std::string etag_;
  Part kept_;   // the whole object, or its end
  Part ahead_;  // of sequential reads
  int64_t at_ = 0;
  bool closed_ = false;
};

Result<std::shared_ptr<Buffer>> ObjectFile::Get(int64_t position, int64_t count) {
  const Purpose purpose{"read", "s3:GetObject"};
  aws::Request request;
  request.method = "GET";
  const bool whole = position == 0 && count == bytes_;
  if (!whole)
    request.headers.emplace_back(
        "Range", "bytes=" + std::to_string(position) + "-" + std::to_string(position + count - 1));
  {
    const std::lock_guard lock(mutex_);
    if (!etag_.empty()) request.headers.emplace_back("If-Match", etag_);
  }
  ARROW_ASSIGN_OR_RAISE(aws::Answer answer, client_->Send(purpose, key_, std::move(request)));
  const std::string where = "s3://" + client_->bucket() + "/" + key_;
  if (SaysNoObject(answer)) return Status::KeyError(where, " does not exist");
  if (answer.status == 412 || answer.status == 416)
    return Status::IOError(where, ": the object changed while it was read; run the command again");
  if (!answer.ok()) return client_->Error(purpose, key_, answer);
  // A server may answer a range with the whole object.
  if (!whole && answer.status == 200 && static_cast<int64_t>(answer.body.size()) == bytes_)
    answer.body = answer.body.substr(static_cast<size_t>(position), static_cast<size_t>(count));
  if (static_cast<int64_t>(answer.body.size()) != count)
    return Status::IOError(where, ": ", answer.body.size(), " bytes came where ", count,
                           " were expected; the object is not the one that was published");
  const std::lock_guard lock(mutex_);
  if (etag_.empty()) etag_ = answer.Header("etag");
  return Buffer::FromString(std::move(answer.body));
}

// From what is kept of the object's end, or of all of it, which is fetched where it is not there yet. Threads
// that find it missing at one time all fetch it.
Result<std::shared_ptr<Buffer>> ObjectFile::FromEnd(int64_t position, int64_t count) {
  const int64_t from = bytes_ <= kWholeUpTo ? 0 : bytes_ - kTail;
  {
    const std::lock_guard lock(mutex_);
    if (kept_.Holds(position, count)) return kept_.Slice(position, count);
  }
  ARROW_ASSIGN_OR_RAISE(auto bytes, Get(from, bytes_ - from));
  const std::lock_guard lock(mutex_);
  kept_ = {from, std::move(bytes)};
  return kept_.Slice(position, count);
}

Result<std::shared_ptr<Buffer>> ObjectFile::ReadAt(int64_t position, int64_t count) {
  if (closed_) return Status::Invalid("s3://", client_->bucket(), "/", key_, " is closed");
  if (position < 0 || count < 0) return Status::Invalid("a part of a file cannot begin or end before it");
  count = std::min(count, std::max<int64_t>(0, bytes_ - position));
  if (count == 0) return Buffer::FromString("");
  if (bytes_ <= kWholeUpTo || position >= bytes_ - kTail) return FromEnd(position, count);
  return Get(position, count);
}

Result<int64_t> ObjectFile::ReadAt(int64_t position, int64_t count, void* out) {
  ARROW_ASSIGN_OR_RAISE(const auto bytes, ReadAt(position, count));
  std::memcpy(out, bytes->data(), static_cast<size_t>(bytes->size()));
  return bytes->size();
}

Status ObjectFile::Seek(int64_t position) {
  if (position < 0) return Status::Invalid("a position cannot be negative");
  at_ = position;
  return Status::OK();
}

Result<std::shared_ptr<Buffer>> ObjectFile::Read(int64_t count) {
  count = std::min(count, std::max<int64_t>(0, bytes_ - at_));
  if (bytes_ > kWholeUpTo && count < kAhead && count > 0) {
    if (!ahead_.Holds(at_, count)) {
      ARROW_ASSIGN_OR_RAISE(auto bytes, ReadAt(at_, kAhead));
      ahead_ = {at_, std::move(bytes)};
    }
    auto bytes = ahead_.Slice(at_, count);
    at_ += count;
    return bytes;
  }
  ARROW_ASSIGN_OR_RAISE(auto bytes, ReadAt(at_, count));
  at_ += bytes->size();
  return bytes;
}

Result<int64_t> ObjectFile::Read(int64_t count, void* out) {
  ARROW_ASSIGN_OR_RAISE(const auto bytes, Read(count));
  std::memcpy(out, bytes->data(), static_cast<size_t>(bytes->size()));
  return bytes->size();
}

}  // namespace

std::shared_ptr<arrow::io::RandomAccessFile> S3File(std::shared_ptr<S3Client> client, std::string key,
                                                    int64_t bytes, std::string etag) {
  return std::make_shared<ObjectFile>(std::move(client), std::move(key), bytes, std::move(etag));
}

}  // namespace ndr::storage
