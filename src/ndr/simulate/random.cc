// SPDX-License-Identifier: Apache-2.0
#include "ndr/simulate/random.h"

#include <algorithm>
#include <bit>

namespace ndr::simulate {
namespace {

constexpr double kLn2 = 0.693147180559945309417;

}  // namespace

double Exp(double x) {
  // e^x = 2^k e^r with |r| <= ln2/2, where twelve terms of the series suffice.
  const double scaled = x / kLn2;
  const auto k = static_cast<int64_t>(scaled + (scaled < 0 ? -0.5 : 0.5));
  const double r = x - static_cast<double>(k) * kLn2;
  double sum = 1.0;
  for (int i = 12; i >= 1; --i) sum = 1.0 + sum * r / i;
  return sum * std::bit_cast<double>(static_cast<uint64_t>(k + 1023) << 52);
}

double Log(double x) {
  // x = 2^k m with m in [0.7, 1.4]; ln m = 2 artanh((m - 1)/(m + 1)).
  const auto bits = std::bit_cast<uint64_t>(x);
  auto k = static_cast<int64_t>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0x000fffffffffffffull) | 0x3ff0000000000000ull);
  if (m > 1.4142135623730951) m *= 0.5, ++k;
  const double s = (m - 1.0) / (m + 1.0), square = s * s;
  double sum = 0.0;
  for (int i = 17; i >= 1; i -= 2) sum = sum * square + 1.0 / i;
  return 2.0 * s * sum + static_cast<double>(k) * kLn2;
}

double Random::Normal() {
  int64_t sum = 0;
  for (int draw = 0; draw < 3; ++draw) {
    const uint64_t bits = Next();
    for (int shift = 0; shift < 64; shift += 16) sum += static_cast<int64_t>(bits >> shift & 0xffff);
  }
  return static_cast<double>(sum) / 65536.0 - 6.0;
}

double Random::Pareto(double low, double alpha, double high) {
  return std::min(high, low * Exp(-Log(1.0 - Uniform()) / alpha));
}

}  // namespace ndr::simulate
