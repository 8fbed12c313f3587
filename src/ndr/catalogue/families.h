// SPDX-License-Identifier: Apache-2.0
// The families of datasets: what is committed together, from what it is made, and by which revision of the
// engine's formulas (specification 1, Datasets on storage).
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace ndr::catalogue {

struct Family {
  std::string_view name;  ///< the first part of its datasets' paths
  /// Of the code that computes it. Raised by one with every change after which the same input and the same
  /// keys give other data or counters: what was published before is then refused, or recomputed by a replay.
  int revision;
  const char* made_from[3];  ///< families above it; nullptr ends the list
};
/// Each after those that it is made from.
inline constexpr std::array<Family, 7> kFamilies = {{
    {"delta", 1, {}},  // parsing and the data-quality rules too
    {"pair_counts", 1, {"delta"}},
    {"lookback", 1, {"delta"}},
    {"fg_a", 1, {"delta", "lookback"}},
    {"fg_a_wide", 1, {"fg_a"}},
    {"fg_b", 1, {"delta", "fg_a"}},
    {"fg_c", 1, {"delta", "fg_a", "fg_b"}},
}};

/// Index in kFamilies; its size where there is none.
constexpr size_t FindFamily(std::string_view name) {
  size_t i = 0;
  while (i < kFamilies.size() && kFamilies[i].name != name) ++i;
  return i;
}

}  // namespace ndr::catalogue
