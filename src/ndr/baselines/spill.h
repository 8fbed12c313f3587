// SPDX-License-Identifier: Apache-2.0
// Where the parts of the global table wait when memory is short.
#pragma once

#include <arrow/result.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace ndr::baselines {

/// Keeps blocks of bytes for the life of one run. Called by one thread at a time.
class Spill {
 public:
  virtual ~Spill() = default;
  /// Keeps a copy; returns the number by which it is read.
  virtual arrow::Result<int64_t> Write(std::span<const std::byte> block) = 0;
  /// `out` has the size of the block.
  virtual arrow::Status Read(int64_t number, std::span<std::byte> out) = 0;
};

}  // namespace ndr::baselines
