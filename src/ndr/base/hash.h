// SPDX-License-Identifier: Apache-2.0
// Hashes: mixing for flat tables and shards, and SHA-256 for identities of content.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "ndr/base/address.h"

namespace ndr::base {

/// Scrambles 64 bits (the finaliser of SplitMix64): every input bit reaches every output bit.
constexpr uint64_t Mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}
constexpr uint64_t Mix(uint64_t a, uint64_t b) { return Mix(a + 0x9e3779b97f4a7c15ull * (b + 1)); }
constexpr uint64_t Hash(Address a) { return Mix(a.lo, a.hi); }

struct AddressHash {
  // boost's flat tables need not scramble again.
  using is_avalanching = void;
  size_t operator()(Address a) const { return Hash(a); }
};

/// SHA-256 (FIPS 180-4), in pieces. For identities of files, configuration and published content.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void Update(std::string_view bytes);
  /// 64 lower-case hex digits; the object is spent afterwards.
  std::string Hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// 64 hex digits, lower case.
std::string Sha256Hex(std::string_view bytes);

}  // namespace ndr::base
