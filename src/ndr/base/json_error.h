// SPDX-License-Identifier: Apache-2.0
// What the JSON library says of a text, without its own names.
#pragma once

#include <string>
#include <string_view>

namespace ndr::base {

/// `[json.exception.parse_error.101] parse error at line 2, column 5: syntax error while parsing value -
/// invalid literal` becomes `line 2, column 5: invalid literal`; a text of another form stays as it is.
inline std::string JsonErrorInWords(std::string_view said) {
  if (!said.starts_with("[json.exception.")) return std::string(said);
  if (const size_t tag = said.find("] "); tag != std::string_view::npos) said.remove_prefix(tag + 2);
  constexpr std::string_view kPlace = "parse error at ", kSyntax = ": syntax error", kReason = " - ";
  if (said.starts_with(kPlace)) said.remove_prefix(kPlace.size());
  const size_t syntax = said.find(kSyntax);
  const size_t reason = syntax == std::string_view::npos ? syntax : said.find(kReason, syntax);
  if (reason == std::string_view::npos) return std::string(said);
  return std::string(said.substr(0, syntax)) + ": " + std::string(said.substr(reason + kReason.size()));
}

}  // namespace ndr::base
