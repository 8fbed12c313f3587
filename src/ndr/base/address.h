// SPDX-License-Identifier: Apache-2.0
// IP addresses as 128-bit integers, and the text of RFC 5952 (specification 1, canonical session record).
#pragma once

#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace ndr::base {

/// An IPv4 or IPv6 address. IPv4 a.b.c.d is held as ::ffff:a.b.c.d, so the two texts of one address are equal
/// and addresses order as 128-bit numbers.
struct Address {
  uint64_t hi = 0;
  uint64_t lo = 0;

  friend auto operator<=>(const Address&, const Address&) = default;

  static constexpr Address V4(uint32_t bits) { return {0, 0x0000ffff00000000ull | bits}; }
  constexpr bool IsV4() const { return hi == 0 && (lo >> 32) == 0xffffull; }

  /// The 16 bytes in network order, as record batches carry them (fixed_size_binary(16)).
  static Address FromBytes(const uint8_t* bytes) {
    Address a;
    std::memcpy(&a.hi, bytes, 8);
    std::memcpy(&a.lo, bytes + 8, 8);
    return {__builtin_bswap64(a.hi), __builtin_bswap64(a.lo)};
  }
  void ToBytes(uint8_t* bytes) const {
    const uint64_t h = __builtin_bswap64(hi), l = __builtin_bswap64(lo);
    std::memcpy(bytes, &h, 8);
    std::memcpy(bytes + 8, &l, 8);
  }
};

/// Bytes per address in a record batch.
inline constexpr int kAddressBytes = 16;
/// The longest text that FormatAddress writes.
inline constexpr size_t kAddressTextMax = 39;

/// Reads IPv4 dotted quads and every RFC 4291 form of IPv6, `::ffff:a.b.c.d` included; zone ids (`%eth0`),
/// ports, octal and surrounding blanks are refused. No allocation.
std::optional<Address> ParseAddress(std::string_view text);

/// Writes the canonical text (dotted quad, or RFC 5952) to `out`, which has room for kAddressTextMax; returns
/// its length.
size_t FormatAddress(Address address, char* out);
std::string ToText(Address address);

/// A network prefix; `length` counts bits of the 128-bit form (an IPv4 /24 is 120).
struct Cidr {
  Address base;
  int length = 128;

  bool Contains(Address a) const;
  friend bool operator==(const Cidr&, const Cidr&) = default;
};

/// Reads `10.0.0.0/8`, `fc00::/7` or a bare address (a host prefix). Bits behind the prefix are cleared.
std::optional<Cidr> ParseCidr(std::string_view text);
/// `10.1.2.0/24`, `2001:db8::/64`.
std::string ToText(const Cidr& cidr);
/// The network of `length` bits (in the 128-bit form) that holds `a`.
Cidr NetworkOf(Address a, int length);

/// Loopback, link-local, RFC 1918, unique local (fc00::/7) or shared (100.64/10): not a peer on the internet.
bool IsPrivate(Address a);
/// Neither multicast, nor the limited broadcast address, nor unspecified.
bool IsUnicast(Address a);

}  // namespace ndr::base
