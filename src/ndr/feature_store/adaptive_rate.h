// SPDX-License-Identifier: Apache-2.0
// How much of the configured rate a service takes: additive increase, multiplicative decrease
// (specification 4, Feature store).
#pragma once

#include "ndr/base/time.h"

namespace ndr::feature_store {

/// Looks at the answers in windows of at least kWindow and kWindowAnswers. After one with throttled answers
/// the share is kBackOff of what was accepted in it, but not below half of what it was: where the service
/// limits, that is its limit, so one step finds it. After one without, it grows by kGrowthPerSecond of the
/// configured rate. Never below kLowestShare. One thread at a time.
class AdaptiveRate {
 public:
  static constexpr base::Micros kWindow = 250'000;
  static constexpr int kWindowAnswers = 12;
  static constexpr double kBackOff = 0.95;
  static constexpr double kGrowthPerSecond = 0.02;
  static constexpr double kLowestShare = 0.05;

  /// An answer: `cost` is the time in seconds that the request takes up at the full configured rate. True
  /// where the share changed.
  bool Answered(bool throttled, double cost, base::Micros now);
  /// Of the configured rate, within (0, 1].
  double share() const { return share_; }

 private:
  double share_ = 1;
  base::Micros since_ = 0;
  int answers_ = 0, throttled_ = 0;
  double accepted_cost_ = 0;
};

}  // namespace ndr::feature_store
