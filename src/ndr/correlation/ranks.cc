// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/ranks.h"

#include <cmath>

namespace ndr::correlation {

double RankTerm(double z) {
  const double excess = std::abs(z) - 3;
  return excess > 0 ? std::log(1 + excess) : 0;
}

double RankScore(const RowView& view, std::span<const int> slots) {
  double sum = 0;
  bool any = false;
  for (const int slot : slots) {
    const double z = view.z->At(static_cast<size_t>(slot), view.row);
    if (IsNull(z)) continue;
    sum += RankTerm(z);
    any = true;
  }
  return any ? sum : kNull;
}

}  // namespace ndr::correlation
