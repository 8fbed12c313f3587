// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/token_bucket.h"

#include <algorithm>
#include <cmath>

namespace ndr::feature_store {

void TokenBucket::Flow(base::Micros now) {
  if (until_ != 0 && now > until_)
    balance_ = std::min(burst_, balance_ + rate_ * static_cast<double>(now - until_) / 1e6);
  // No time counts twice where connections look at the clock out of order; a clock that was set back counts
  // anew.
  if (now > until_ || now < until_ - base::kMicrosPerSecond) until_ = now;
}

base::Micros TokenBucket::Wait(base::Micros now) {
  Flow(now);
  return balance_ >= 0 ? 0 : static_cast<base::Micros>(std::ceil(-balance_ / rate_ * 1e6));
}

void TokenBucket::SetRate(double per_second, base::Micros now) {
  Flow(now);
  rate_ = per_second;
}

}  // namespace ndr::feature_store
