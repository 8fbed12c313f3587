// SPDX-License-Identifier: Apache-2.0
// Sorting columns of numbers by their bits.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace ndr::stats {

/// Bits that order as unsigned integers the way the numbers do; -0 and 0 have the same. NaN has no place in
/// the order.
constexpr uint64_t OrderKey(double x) {
  const uint64_t bits = std::bit_cast<uint64_t>(x + 0.0);
  return bits ^ (static_cast<uint64_t>(-static_cast<int64_t>(bits >> 63)) | 0x8000000000000000ull);
}
constexpr double FromOrderKey(uint64_t key) {
  return std::bit_cast<double>(key ^ (((key >> 63) - 1) | 0x8000000000000000ull));
}

/// A value of a column and the row where it stands.
struct Ranked {
  uint64_t key;  ///< OrderKey of the value
  uint32_t row;

  double value() const { return FromOrderKey(key); }
};

/// Sorts by key; the order of equal keys is unspecified. Short columns by comparison, long ones by those
/// bytes of the keys in which they differ: O(n) per byte, so counts cost a third of what fractions do.
/// `scratch` is room to reuse.
void Sort(std::vector<Ranked>* column, std::vector<Ranked>* scratch);

}  // namespace ndr::stats
