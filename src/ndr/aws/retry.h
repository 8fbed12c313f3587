// SPDX-License-Identifier: Apache-2.0
// What is tried again, and after how long (specification 4, Job specs and Feature store).
#pragma once

#include <string_view>

#include "ndr/aws/outside.h"

namespace ndr::aws {

struct Patience {
  int attempts = 10;  ///< the first included; AWS_MAX_ATTEMPTS
  base::Micros first_wait = 50'000;
  base::Micros longest_wait = 5 * base::kMicrosPerSecond;
};

/// AWS_MAX_ATTEMPTS, 1 to 100; Invalid where it is something else.
arrow::Result<Patience> PatienceOf(const Outside& outside);

/// Capped exponential backoff with full jitter: the wait after attempt 1, 2, ... is anywhere below
/// min(longest_wait, first_wait * 2^(attempt - 1)). `random` is within [0, 1).
base::Micros WaitAfter(const Patience& patience, int attempt, double random);

/// The names of errors that mean: slower. They come with status 400, 429 or 503.
bool IsThrottling(std::string_view error_name);

}  // namespace ndr::aws
