// SPDX-License-Identifier: Apache-2.0
// Dates as people type them.
#pragma once

#include <string>
#include <string_view>

#include "ndr/base/time.h"

namespace ndr::base {

/// `2024-02-30` where the text begins with a date that no calendar has, such as that one; empty: it does not.
inline std::string ImpossibleDay(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-dd";
  if (text.size() < kForm.size()) return "";
  for (size_t i = 0; i < kForm.size(); ++i)
    if (kForm[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != kForm[i]) return "";
  std::string day(text.substr(0, kForm.size()));
  return ParseCivil(day + "T00:00:00Z") ? "" : day;
}

}  // namespace ndr::base
