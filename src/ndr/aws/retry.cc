// SPDX-License-Identifier: Apache-2.0
#include "ndr/aws/retry.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace ndr::aws {

arrow::Result<Patience> PatienceOf(const Outside& outside) {
  Patience patience;
  const std::string text = outside.variable("AWS_MAX_ATTEMPTS");
  if (text.empty()) return patience;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, patience.attempts);
  if (error != std::errc() || stop != end || patience.attempts < 1 || patience.attempts > 100)
    return arrow::Status::Invalid("AWS_MAX_ATTEMPTS is '", text, "', which is no number from 1 to 100");
  return patience;
}

base::Micros WaitAfter(const Patience& patience, int attempt, double random) {
  base::Micros longest = patience.first_wait;
  for (int i = 1; i < attempt && longest < patience.longest_wait; ++i) longest *= 2;
  longest = std::min(longest, patience.longest_wait);
  return static_cast<base::Micros>(random * static_cast<double>(longest));
}

bool IsThrottling(std::string_view error_name) {
  constexpr std::array<std::string_view, 12> kNames = {"Throttling",
                                                       "ThrottlingException",
                                                       "ThrottledException",
                                                       "RequestThrottled",
                                                       "RequestThrottledException",
                                                       "TooManyRequestsException",
                                                       "ProvisionedThroughputExceededException",
                                                       "RequestLimitExceeded",
                                                       "BandwidthLimitExceeded",
                                                       "LimitExceededException",
                                                       "SlowDown",
                                                       "PriorRequestNotComplete"};
  return std::find(kNames.begin(), kNames.end(), error_name) != kNames.end();
}

}  // namespace ndr::aws
