// SPDX-License-Identifier: Apache-2.0
// Texts in tables of Markdown.
#pragma once

#include <string>
#include <string_view>

namespace ndr::base {

/// A bar would end the cell.
inline std::string MarkdownCell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    cell += c;
  }
  return cell;
}

}  // namespace ndr::base
