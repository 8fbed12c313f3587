// SPDX-License-Identifier: Apache-2.0
// Rule 6: whether a record belongs to its mini-batch, and whether in time (specification 1, data-quality
// rules).
#pragma once

#include <cstdint>
#include <string>

#include "ndr/base/time.h"
#include "ndr/spec/project.h"

namespace ndr::delta {

enum class Arrival : uint8_t { kInSlot, kLate, kAhead, kTooOld, kTooNew };

/// Of a record that starts at `start`, delivered with the slot that begins at `slot_start`. With the rule off
/// nothing is too old or too new.
inline Arrival ArrivalOf(base::Micros start, base::Micros slot_start, const spec::DataQuality& rules) {
  const base::Micros slot_end = slot_start + base::kSliceMicros;
  if (start < slot_start) {
    const bool late = slot_start - start <= rules.allowed_lateness || !rules.outside_batch;
    return late ? Arrival::kLate : Arrival::kTooOld;
  }
  if (start < slot_end) return Arrival::kInSlot;
  const bool ahead = start - slot_end <= rules.clock_skew || !rules.outside_batch;
  return ahead ? Arrival::kAhead : Arrival::kTooNew;
}

/// Why a record that starts at `start` is too old or too new, in words.
std::string OutsideReason(base::Micros start, base::Micros slot_start, const spec::DataQuality& rules);

}  // namespace ndr::delta
