// SPDX-License-Identifier: Apache-2.0
#include "ndr/base/printable.h"

#include <fmt/format.h>

#include <cstdint>

namespace ndr::base {
namespace {

struct CodePoint {
  uint32_t value = 0;
  size_t bytes = 0;  ///< 0: the text begins with no well-formed UTF-8 (RFC 3629)
};

CodePoint First(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {};
  uint32_t value = lead & (0x7fu >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if ((byte & 0xc0) != 0x80) return {};
    value = value << 6 | (byte & 0x3f);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = value >= 0xd800 && value < 0xe000;
  return value < kLeast[bytes] || value > 0x10ffff || is_surrogate ? CodePoint{} : CodePoint{value, bytes};
}

std::string Escaped(uint32_t control) {
  switch (control) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return control < 0x80 ? fmt::format("\\x{:02x}", control) : fmt::format("\\u{:04x}", control);
  }
}

std::string Shown(std::string_view text, bool lines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint c = First(text);
    const bool is_control = c.value < 0x20 || (c.value >= 0x7f && c.value < 0xa0);
    if (c.bytes == 0)
      out += fmt::format("\\x{:02x}", static_cast<uint8_t>(text[0]));
    else if (is_control && !(lines && c.value == '\n'))
      out += Escaped(c.value);
    else
      out += text.substr(0, c.bytes);
    text.remove_prefix(c.bytes == 0 ? 1 : c.bytes);
  }
  return out;
}

}  // namespace

std::string Printable(std::string_view text) { return Shown(text, false); }
std::string PrintableLines(std::string_view text) { return Shown(text, true); }

}  // namespace ndr::base
