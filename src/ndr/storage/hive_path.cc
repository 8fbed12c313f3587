// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/hive_path.h"

#include <algorithm>
#include <charconv>

namespace ndr::storage {
namespace {

std::string Escape(std::string_view text) {
  constexpr std::string_view kEscaped = "\"#%'*/:=?\\{[]^\x7f", kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && kEscaped.find(c) == std::string_view::npos) {
      out += c;
      continue;
    }
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string Unescape(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const char* digits = text.data() + i + 1;
    // A percent sign that no two digits follow was never escaped.
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::string HivePart(std::string_view column, const std::optional<std::string_view>& value) {
  const bool absent = !value || value->empty();
  return Escape(column) + "=" + (absent ? std::string(kHiveNull) : Escape(*value));
}

HiveParts HivePartsOf(std::string_view path) {
  HiveParts parts;
  for (size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(slash + 1);
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    const std::string_view value = part.substr(equals + 1);
    parts.emplace_back(Unescape(part.substr(0, equals)),
                       value == kHiveNull ? std::nullopt : std::optional(Unescape(value)));
  }
  return parts;
}

bool IsHiddenPath(std::string_view path) {
  while (!path.empty()) {
    const size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    if (part.starts_with('.') || (part.starts_with('_') && part.find('=') == part.npos)) return true;
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return false;
}

}  // namespace ndr::storage
