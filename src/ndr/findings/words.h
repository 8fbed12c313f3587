// SPDX-License-Identifier: Apache-2.0
// Reasons in words: what a host did, and what is normal for it and for its network.
#pragma once

#include <string>

#include "ndr/findings/findings.h"
#include "ndr/spec/project.h"

namespace ndr::findings {

/// `1,204`, `0.25`: whole numbers in groups of three, others with at most three significant decimals. No
/// locale.
std::string Number(double value);
/// `312 B`, `4.1 kB`, `1.2 GB`: decimal units.
std::string Bytes(double value);
/// `2024-04-20 09:45` in the calendar's zone.
std::string LocalTime(const base::Calendar& calendar, base::Micros t);

/// "tried 926 addresses on port 25 without an answer in the hour to 09:45; its own p99 is 786, its network's
/// p95 0". `end` is the end of the window. A metric that has no sentence of its own is named.
std::string InWords(const Reason& reason, base::Micros end, const spec::Context& context);

}  // namespace ndr::findings
