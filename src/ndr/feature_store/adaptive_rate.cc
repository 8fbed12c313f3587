// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/adaptive_rate.h"

#include <algorithm>

namespace ndr::feature_store {

bool AdaptiveRate::Answered(bool throttled, double cost, base::Micros now) {
  if (since_ == 0) since_ = now;
  ++answers_;
  throttled_ += throttled ? 1 : 0;
  accepted_cost_ += throttled ? 0 : cost;
  if (now - since_ < kWindow || answers_ < kWindowAnswers) return false;

  const double seconds = static_cast<double>(now - since_) / 1e6;
  const double before = share_;
  if (throttled_ > 0)
    share_ = std::max(share_ / 2, kBackOff * std::min(share_, accepted_cost_ / seconds));
  else
    share_ += kGrowthPerSecond * seconds;
  share_ = std::clamp(share_, kLowestShare, 1.0);
  since_ = now;
  answers_ = throttled_ = 0;
  accepted_cost_ = 0;
  return share_ != before;
}

}  // namespace ndr::feature_store
