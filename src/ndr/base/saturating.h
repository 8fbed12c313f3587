// SPDX-License-Identifier: Apache-2.0
// Arithmetic of counts and bytes that stays at the maximum instead of passing it.
#pragma once

#include <cstdint>
#include <limits>

namespace ndr::base {

/// Adds what is not negative; stays at the maximum once there, so the order of adding does not matter.
constexpr int64_t SaturatingAdd(int64_t a, int64_t b) {
  int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<int64_t>::max() : sum;
}
/// Of what is not negative.
constexpr int64_t SaturatingMultiply(int64_t a, int64_t b) {
  int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<int64_t>::max() : product;
}

}  // namespace ndr::base
