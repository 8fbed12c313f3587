// SPDX-License-Identifier: Apache-2.0
// Arrays that grow without moving what they hold.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace ndr::pairs {

/// Rows of `width` values each, in blocks: growing copies nothing and touches each page of memory once.
template <class T>
class Blocks {
 public:
  explicit Blocks(size_t width = 1) : width_(width) {}

  size_t size() const { return size_; }
  /// Adds a row of T{}.
  void Add() {
    if (size_++ % kRows == 0) blocks_.push_back(std::make_unique<T[]>(kRows * width_));
  }
  T* operator[](size_t row) { return blocks_[row / kRows].get() + row % kRows * width_; }
  const T* operator[](size_t row) const { return blocks_[row / kRows].get() + row % kRows * width_; }

 private:
  static constexpr size_t kRows = 64;
  size_t width_, size_ = 0;
  std::vector<std::unique_ptr<T[]>> blocks_;
};

}  // namespace ndr::pairs
