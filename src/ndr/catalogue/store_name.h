// SPDX-License-Identifier: Apache-2.0
// Names that a feature store takes, of groups and of features.
#pragma once

#include <algorithm>
#include <cctype>
#include <string_view>

namespace ndr::catalogue {

/// SageMaker's limits, which hold for every store here: what fits one fits all.
inline constexpr size_t kMaxStoreName = 64;
inline constexpr std::string_view kStoreNamePattern = "^[a-zA-Z0-9]([_-]*[a-zA-Z0-9])*$";

/// kStoreNamePattern holds, and the length.
inline bool IsStoreName(std::string_view name) {
  const auto letter_or_digit = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  const auto allowed = [&](char c) { return letter_or_digit(c) || c == '-' || c == '_'; };
  return !name.empty() && name.size() <= kMaxStoreName && letter_or_digit(name.front()) &&
         letter_or_digit(name.back()) && std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace ndr::catalogue
