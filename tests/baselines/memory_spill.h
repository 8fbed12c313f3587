// SPDX-License-Identifier: Apache-2.0
// Blocks that a table spills, kept in memory.
#pragma once

#include <cstring>
#include <utility>
#include <vector>

#include "ndr/baselines/spill.h"

namespace ndr::baselines {

class MemorySpill final : public Spill {
 public:
  arrow::Result<int64_t> Write(std::span<const std::byte> block) override {
    blocks_.emplace_back(block.begin(), block.end());
    return static_cast<int64_t>(blocks_.size()) - 1;
  }
  arrow::Status Read(int64_t number, std::span<std::byte> out) override {
    if (number < 0 || std::cmp_greater_equal(number, blocks_.size()))
      return arrow::Status::Invalid("no block ", number);
    const std::vector<std::byte>& block = blocks_[static_cast<size_t>(number)];
    if (block.size() != out.size())
      return arrow::Status::Invalid("block ", number, " has ", block.size(), " bytes");
    std::memcpy(out.data(), block.data(), block.size());
    return arrow::Status::OK();
  }

 private:
  std::vector<std::vector<std::byte>> blocks_;
};

}  // namespace ndr::baselines
