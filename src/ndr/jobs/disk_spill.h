// SPDX-License-Identifier: Apache-2.0
// Room on disk for the parts of the global table that memory does not hold.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "ndr/baselines/spill.h"

namespace ndr::jobs {

/// One file, made at the first write and removed at the end.
class DiskSpill : public baselines::Spill {
 public:
  explicit DiskSpill(std::string path) : path_(std::move(path)) {}
  ~DiskSpill() override;

  arrow::Result<int64_t> Write(std::span<const std::byte> block) override;
  arrow::Status Read(int64_t number, std::span<std::byte> out) override;

 private:
  std::string path_;
  std::FILE* file_ = nullptr;
  int64_t size_ = 0;
  std::vector<int64_t> offsets_;
};

}  // namespace ndr::jobs
