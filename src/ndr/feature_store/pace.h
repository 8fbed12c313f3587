// SPDX-License-Identifier: Apache-2.0
// When the next request may go: requests and write units a second, and how much of both the service takes.
#pragma once

#include "ndr/feature_store/adaptive_rate.h"
#include "ndr/feature_store/token_bucket.h"

namespace ndr::feature_store {

/// Tenths of a second of both rates may go at once. One thread at a time.
class Pace {
 public:
  /// Below what the account may (service quotas); both above zero.
  Pace(double requests_per_second, double write_units_per_second);

  /// How long until the next request may go; 0: now, and Take says that it does.
  base::Micros Wait(base::Micros now);
  void Take(double write_units);
  /// The service answered a request of so many write units.
  void Answered(bool throttled, double write_units, base::Micros now);
  /// Of the configured rates.
  double share() const { return adaptive_.share(); }

 private:
  double requests_per_second_, write_units_per_second_;
  TokenBucket requests_, units_;
  AdaptiveRate adaptive_;
};

}  // namespace ndr::feature_store
