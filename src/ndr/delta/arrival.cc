// SPDX-License-Identifier: Apache-2.0
#include "ndr/delta/arrival.h"

#include <fmt/format.h>

namespace ndr::delta {

std::string OutsideReason(base::Micros start, base::Micros slot_start, const spec::DataQuality& rules) {
  const std::string slot = base::FormatInstant(slot_start);
  if (start < slot_start)
    return fmt::format("starts at {}, more than {} h before the batch of {}", base::FormatInstant(start),
                       rules.allowed_lateness / (60 * base::kMicrosPerMinute), slot);
  return fmt::format("starts at {}, more than {} min after the end of the batch of {}",
                     base::FormatInstant(start), rules.clock_skew / base::kMicrosPerMinute, slot);
}

}  // namespace ndr::delta
