// SPDX-License-Identifier: Apache-2.0
#include "ndr/base/name.h"

#include <fmt/format.h>

#include <algorithm>

namespace ndr::base {

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= 128 && text[0] != '.' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                  c == '_' || c == '-';
         });
}

std::string NoName(std::string_view text) {
  return fmt::format("'{}' is no name: 1 to 128 letters, digits, '.', '_' and '-', not beginning with a dot",
                     text);
}

}  // namespace ndr::base
