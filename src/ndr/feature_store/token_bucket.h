// SPDX-License-Identifier: Apache-2.0
// A rate that many connections share (specification 4, Feature store).
#pragma once

#include "ndr/base/time.h"

namespace ndr::feature_store {

/// Tokens flow in at a rate and are kept up to a burst. A taker may go into debt, and the next one waits
/// until it is paid: so a request that costs more than the burst passes too, and over any time no more than
/// rate * time + burst + one request is taken. One thread at a time.
class TokenBucket {
 public:
  /// Full at first. Both above zero.
  TokenBucket(double per_second, double burst) : rate_(per_second), burst_(burst), balance_(burst) {}

  /// How long from `now` on the debt lasts at the present rate; 0: one may take.
  base::Micros Wait(base::Micros now);
  void Take(double amount) { balance_ -= amount; }
  /// From `now` on; what has flowed in until then stays.
  void SetRate(double per_second, base::Micros now);
  double rate() const { return rate_; }

 private:
  void Flow(base::Micros now);

  double rate_, burst_, balance_;
  base::Micros until_ = 0;
};

}  // namespace ndr::feature_store
