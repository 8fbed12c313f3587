// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/decoder.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>

namespace ndr::storage {
namespace {

using arrow::Status;

class Plain : public Decoder {
 public:
  Status Decode(std::string_view* in, char* out, size_t size, size_t* filled) override {
    const size_t n = std::min(in->size(), size - *filled);
    std::memcpy(out + *filled, in->data(), n);
    *filled += n;
    in->remove_prefix(n);
    return Status::OK();
  }
  bool complete() const override { return true; }
};

class Gzip : public Decoder {
 public:
  Gzip() { ready_ = inflateInit2(&stream_, 15 + 16) == Z_OK; }
  ~Gzip() override { inflateEnd(&stream_); }

  Status Decode(std::string_view* in, char* out, size_t size, size_t* filled) override {
    if (!ready_) return Status::OutOfMemory("no memory for zlib");
    if (complete_) {
      // Zeros after the last member are the padding of tapes and block devices, as gzip(1) has it.
      if (any_member_ && in->front() == '\0') {
        in->remove_prefix(std::min(in->find_first_not_of('\0'), in->size()));
        return Status::OK();
      }
      inflateReset(&stream_);
      complete_ = false;
    }
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in->data()));
    stream_.avail_in = static_cast<uInt>(in->size());
    stream_.next_out = reinterpret_cast<Bytef*>(out + *filled);
    stream_.avail_out = static_cast<uInt>(size - *filled);
    const int code = inflate(&stream_, Z_NO_FLUSH);
    in->remove_prefix(in->size() - stream_.avail_in);
    *filled = size - stream_.avail_out;
    if (code == Z_STREAM_END) {
      complete_ = any_member_ = true;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      return Status::SerializationError("the gzip stream is damaged (",
                                        stream_.msg == nullptr ? "no reason given" : stream_.msg, ")");
    }
    return Status::OK();
  }
  bool complete() const override { return complete_; }

 private:
  z_stream stream_ = {};
  bool ready_ = false, complete_ = true, any_member_ = false;
};

class Zstd : public Decoder {
 public:
  Status Decode(std::string_view* in, char* out, size_t size, size_t* filled) override {
    ZSTD_inBuffer from{in->data(), in->size(), 0};
    ZSTD_outBuffer to{out, size, *filled};
    const size_t code = ZSTD_decompressStream(stream_.get(), &to, &from);
    in->remove_prefix(from.pos);
    *filled = to.pos;
    if (ZSTD_isError(code))
      return Status::SerializationError("the zstd stream is damaged (", ZSTD_getErrorName(code), ")");
    complete_ = code == 0;
    return Status::OK();
  }
  bool complete() const override { return complete_; }

 private:
  std::unique_ptr<ZSTD_DStream, size_t (*)(ZSTD_DStream*)> stream_{ZSTD_createDStream(), ZSTD_freeDStream};
  bool complete_ = true;
};

}  // namespace

std::unique_ptr<Decoder> Decoder::Make(Compression compression) {
  if (compression == Compression::kGzip) return std::make_unique<Gzip>();
  if (compression == Compression::kZstd) return std::make_unique<Zstd>();
  return std::make_unique<Plain>();
}

}  // namespace ndr::storage
