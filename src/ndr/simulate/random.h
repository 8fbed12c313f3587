// SPDX-License-Identifier: Apache-2.0
// Seeded randomness that gives the same numbers with every standard library: the distributions of <random>
// are not specified to the bit, nor are libm's exp and log.
#pragma once

#include <cstdint>

#include "ndr/base/hash.h"

namespace ndr::simulate {

/// e^x for |x| <= 700, and the natural logarithm of x > 0; relative error below 1e-12, made of +, -, * and /
/// only.
double Exp(double x);
double Log(double x);

/// A stream of numbers that is a pure function of its keys (SplitMix64 on a counter), so any host and any
/// slot of the simulation can be generated alone, in any order and on any thread.
class Random {
 public:
  explicit Random(uint64_t seed, uint64_t key1 = 0, uint64_t key2 = 0, uint64_t key3 = 0)
      : state_(base::Mix(base::Mix(base::Mix(seed, key1), key2), key3)) {}

  uint64_t Next() { return base::Mix(state_ += 0x9e3779b97f4a7c15ull); }
  /// In [0, 1), a multiple of 2^-53.
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1p-53; }
  double Uniform(double low, double high) { return low + (high - low) * Uniform(); }
  /// In [0, n), n > 0.
  uint64_t Below(uint64_t n) {
    return static_cast<uint64_t>(static_cast<unsigned __int128>(Next()) * n >> 64);
  }
  /// In [low, high].
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Below(static_cast<uint64_t>(high - low + 1)));
  }
  bool Chance(double p) { return Uniform() < p; }
  /// An index below n whose popularity falls with its rank like a power law: half of the draws fall on the
  /// first eighth.
  uint64_t Popular(uint64_t n) {
    const double u = Uniform();
    return static_cast<uint64_t>(u * u * u * static_cast<double>(n));
  }
  double Exponential(double mean) { return -mean * Log(1.0 - Uniform()); }
  /// Mean 0, variance 1, within 6: the sum of twelve uniform numbers.
  double Normal();
  double LogNormal(double median, double sigma) { return median * Exp(sigma * Normal()); }
  /// Heavy-tailed: P(x > t) = (low/t)^alpha from `low` on, cut at `high`.
  double Pareto(double low, double alpha, double high);

 private:
  uint64_t state_;
};

}  // namespace ndr::simulate
