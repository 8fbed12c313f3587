// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/pace.h"

#include <algorithm>

namespace ndr::feature_store {
namespace {

double BurstOf(double per_second) { return std::max(1.0, per_second / 10); }

}  // namespace

Pace::Pace(double requests_per_second, double write_units_per_second)
    : requests_per_second_(requests_per_second),
      write_units_per_second_(write_units_per_second),
      requests_(requests_per_second, BurstOf(requests_per_second)),
      units_(write_units_per_second, BurstOf(write_units_per_second)) {}

base::Micros Pace::Wait(base::Micros now) { return std::max(requests_.Wait(now), units_.Wait(now)); }

void Pace::Take(double write_units) {
  requests_.Take(1);
  units_.Take(write_units);
}

void Pace::Answered(bool throttled, double write_units, base::Micros now) {
  const double cost = std::max(1 / requests_per_second_, write_units / write_units_per_second_);
  if (!adaptive_.Answered(throttled, cost, now)) return;
  requests_.SetRate(requests_per_second_ * share(), now);
  units_.SetRate(write_units_per_second_ * share(), now);
}

}  // namespace ndr::feature_store
