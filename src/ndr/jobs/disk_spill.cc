// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/disk_spill.h"

#include <cerrno>
#include <cstring>

namespace ndr::jobs {
namespace {

arrow::Status Failed(const std::string& path, const char* what) {
  return arrow::Status::IOError(path, ": spilling failed at ", what, ": ", std::strerror(errno),
                                "; make room on that disk, or allow more memory with --memory-limit");
}

}  // namespace

DiskSpill::~DiskSpill() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  std::remove(path_.c_str());
}

arrow::Result<int64_t> DiskSpill::Write(std::span<const std::byte> block) {
  if (file_ == nullptr) file_ = std::fopen(path_.c_str(), "w+b");
  if (file_ == nullptr) return Failed(path_, "opening");
  if (fseeko(file_, size_, SEEK_SET) != 0 ||
      std::fwrite(block.data(), 1, block.size(), file_) != block.size())
    return Failed(path_, "writing");
  offsets_.push_back(size_);
  size_ += static_cast<int64_t>(block.size());
  return static_cast<int64_t>(offsets_.size()) - 1;
}

arrow::Status DiskSpill::Read(int64_t number, std::span<std::byte> out) {
  if (fseeko(file_, offsets_[static_cast<size_t>(number)], SEEK_SET) != 0 ||
      std::fread(out.data(), 1, out.size(), file_) != out.size())
    return Failed(path_, "reading");
  return arrow::Status::OK();
}

}  // namespace ndr::jobs
