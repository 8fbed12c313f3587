// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/latencies.h"

#include <algorithm>
#include <cmath>

namespace ndr::feature_store {

void Latencies::Add(base::Micros micros) {
  const double bin =
      std::ceil(std::log(static_cast<double>(std::max<base::Micros>(1, micros))) / std::log(kGrowth));
  ++bins_[std::min(bins_.size() - 1, static_cast<size_t>(bin))];
  ++count_;
}

double Latencies::Millis(double q) const {
  const auto rank = static_cast<int64_t>(std::ceil(q * static_cast<double>(count_)));
  int64_t below = 0;
  for (size_t bin = 0; bin < bins_.size(); ++bin) {
    below += bins_[bin];
    if (below > 0 && below >= rank) return std::pow(kGrowth, static_cast<double>(bin)) / 1000;
  }
  return 0;
}

}  // namespace ndr::feature_store
