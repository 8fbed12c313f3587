// SPDX-License-Identifier: Apache-2.0
// The terms of evidence that metrics give (specification 3, Terms), and what many hosts do at once.
#pragma once

#include <cstdint>
#include <vector>

#include "ndr/correlation/frame.h"
#include "ndr/correlation/rows.h"
#include "ndr/correlation/setup.h"

namespace ndr::correlation {

/// A term that speaks: x is above the amount that matters. Nulls are NaN.
struct Spoken {
  uint32_t row = 0;   ///< of Rows
  uint16_t term = 0;  ///< index into Setup::terms of the row's role
  double x = 0, own = kNull, peers = kNull;
  double change = 0;    ///< evidence against itself; of a shared term before the subtraction
  double standing = 0;  ///< evidence of being unlike peers
};

/// What one term says of one row; `own`, `peers` as the specification takes them over all horizons (null:
/// none), before the ceiling.
void Weigh(const Term& term, bool has_past, Spoken* spoken);

/// Appends the terms that speak on rows [from, to) of the frames, by row and term.
void Speak(const Setup& setup, const Rows& rows, const std::vector<Frame>& frames, size_t from, size_t to,
           std::vector<Spoken>* out);

/// Subtracts from the change of each shared term what the k-th of the rows of its role and window has (fewer:
/// 0), not below 0.
void SubtractShared(const Setup& setup, const Rows& rows, std::vector<Spoken>* spoken);

}  // namespace ndr::correlation
