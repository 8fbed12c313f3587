// SPDX-License-Identifier: Apache-2.0
// Committed files of S3 roots on the local disk, so that a box that runs batch after batch asks for each only
// once. Named by the checksums of their content: nothing here can be out of date, and anything may be
// removed.
#pragma once

#include <arrow/buffer.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace ndr::storage {

/// Thread-safe, also between processes. What goes wrong here costs a request and is no error.
class ObjectCache {
 public:
  /// The process's own: in the folder NDR_CACHE, else XDG_CACHE_HOME/ndr, else ~/.cache/ndr; at most
  /// NDR_CACHE_MIB (default 4096, 0 for none) mebibytes.
  static ObjectCache& OfProcess();
  ObjectCache(std::string folder, int64_t limit_bytes)
      : folder_(std::move(folder)), limit_bytes_(limit_bytes) {}

  /// The content with this checksum; null where it is not kept. The caller compares the checksum.
  std::shared_ptr<arrow::Buffer> Get(const std::string& sha256) const;
  /// Keeps it; the files that were used longest ago make room.
  void Put(const std::string& sha256, std::string_view bytes);

 private:
  std::string PathOf(const std::string& sha256) const;
  void MakeRoom();

  std::string folder_;
  int64_t limit_bytes_;
  std::atomic<int64_t> put_bytes_ = 0;  // since it was last looked at how much room there is
  std::atomic<bool> looked_ = false;
  std::atomic<int> next_ = 0;  // names of unfinished files
};

}  // namespace ndr::storage
