// SPDX-License-Identifier: Apache-2.0
// The moments and addresses that tests of the simulation name.
#pragma once

#include "ndr/base/address.h"
#include "ndr/base/time.h"

namespace ndr::simulate {

inline constexpr base::Micros kHour = 60 * base::kMicrosPerMinute;
inline constexpr base::Micros kTuesday = 1772496000 * base::kMicrosPerSecond;  ///< 2026-03-03T00:00:00Z

inline base::Address Ip(const char* text) { return *base::ParseAddress(text); }

}  // namespace ndr::simulate
