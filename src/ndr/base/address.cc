// SPDX-License-Identifier: Apache-2.0
#include "ndr/base/address.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>

namespace ndr::base {
namespace {

constexpr uint64_t HighMask(int bits) { return bits <= 0 ? 0 : bits >= 64 ? ~0ull : ~0ull << (64 - bits); }

// Dotted quads by hand: they are the bulk of every log, and inet_pton wants a terminated string.
std::optional<uint32_t> ParseV4(std::string_view text) {
  uint32_t bits = 0;
  size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (at >= text.size() || text[at++] != '.')) return std::nullopt;
    uint32_t value = 0;
    size_t digits = 0;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9' && digits < 4) {
      value = value * 10 + static_cast<uint32_t>(text[at++] - '0');
      ++digits;
    }
    const bool leading_zero = digits > 1 && text[at - digits] == '0';
    if (digits == 0 || digits > 3 || value > 255 || leading_zero) return std::nullopt;
    bits = bits << 8 | value;
  }
  return at == text.size() ? std::optional(bits) : std::nullopt;
}

size_t FormatV4(uint32_t bits, char* out) {
  char* p = out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    p = std::to_chars(p, p + 3, (bits >> shift) & 0xff).ptr;
    if (shift > 0) *p++ = '.';
  }
  return static_cast<size_t>(p - out);
}

// The longest run of two or more zero groups is the one that RFC 5952 shortens; of equal ones the first.
void LongestZeroRun(const std::array<uint16_t, 8>& groups, int* start, int* length) {
  *start = -1, *length = 1;
  for (int i = 0; i < 8;) {
    int j = i;
    while (j < 8 && groups[static_cast<size_t>(j)] == 0) ++j;
    if (j - i > *length) *start = i, *length = j - i;
    i = j == i ? i + 1 : j;
  }
}

}  // namespace

std::optional<Address> ParseAddress(std::string_view text) {
  if (text.find(':') == std::string_view::npos) {
    const auto v4 = ParseV4(text);
    return v4 ? std::optional(Address::V4(*v4)) : std::nullopt;
  }
  if (text.size() > INET6_ADDRSTRLEN) return std::nullopt;
  char terminated[INET6_ADDRSTRLEN + 1];
  std::memcpy(terminated, text.data(), text.size());
  terminated[text.size()] = '\0';
  uint8_t bytes[kAddressBytes];
  if (std::memchr(terminated, '\0', text.size()) != nullptr || inet_pton(AF_INET6, terminated, bytes) != 1)
    return std::nullopt;
  return Address::FromBytes(bytes);
}

size_t FormatAddress(Address address, char* out) {
  if (address.IsV4()) return FormatV4(static_cast<uint32_t>(address.lo), out);
  std::array<uint16_t, 8> groups;
  for (size_t i = 0; i < 4; ++i) {
    groups[i] = static_cast<uint16_t>(address.hi >> (48 - 16 * i));
    groups[i + 4] = static_cast<uint16_t>(address.lo >> (48 - 16 * i));
  }
  int zero_start, zero_length;
  LongestZeroRun(groups, &zero_start, &zero_length);
  char* p = out;
  for (int i = 0; i < 8;) {
    if (i == zero_start) {
      *p++ = ':', *p++ = ':';
      i += zero_length;
      continue;
    }
    if (i > 0 && p[-1] != ':') *p++ = ':';
    p = std::to_chars(p, p + 4, groups[static_cast<size_t>(i++)], 16).ptr;
  }
  return static_cast<size_t>(p - out);
}

std::string ToText(Address address) {
  char buffer[kAddressTextMax];
  return {buffer, FormatAddress(address, buffer)};
}

bool Cidr::Contains(Address a) const {
  return (a.hi & HighMask(length)) == base.hi && (a.lo & HighMask(length - 64)) == base.lo;
}

Cidr NetworkOf(Address a, int length) {
  return {{a.hi & HighMask(length), a.lo & HighMask(length - 64)}, length};
}

std::optional<Cidr> ParseCidr(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = ParseAddress(text.substr(0, slash));
  if (!address) return std::nullopt;
  // Whether the prefix counts 32 or 128 bits follows the text: ::ffff:10.0.0.0/104 is 10.0.0.0/8.
  const bool dotted = text.substr(0, slash).find(':') == std::string_view::npos;
  const int width = dotted ? 32 : 128;
  int length = width;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (error != std::errc() || end != digits.data() + digits.size() || length < 0 || length > width)
      return std::nullopt;
  }
  return NetworkOf(*address, length + 128 - width);
}

std::string ToText(const Cidr& cidr) {
  const bool v4 = cidr.base.IsV4() && cidr.length >= 96;
  return ToText(cidr.base) + "/" + std::to_string(v4 ? cidr.length - 96 : cidr.length);
}

bool IsPrivate(Address a) {
  static constexpr Cidr kNetworks[] = {
      {Address::V4(0x0a000000), 104},  {Address::V4(0xac100000), 108},   {Address::V4(0xc0a80000), 112},
      {Address::V4(0x7f000000), 104},  {Address::V4(0xa9fe0000), 112},   {Address::V4(0x64400000), 106},
      {{0xfc00000000000000ull, 0}, 7}, {{0xfe80000000000000ull, 0}, 10}, {{0, 1}, 128}};
  for (const Cidr& network : kNetworks)
    if (network.Contains(a)) return true;
  return false;
}

bool IsUnicast(Address a) {
  if (a.IsV4()) {
    const auto bits = static_cast<uint32_t>(a.lo);
    return bits != 0 && bits < 0xe0000000u;
  }
  return (a.hi >> 56) != 0xff && !(a.hi == 0 && a.lo == 0);
}

}  // namespace ndr::base
