// SPDX-License-Identifier: Apache-2.0
// What windows and horizons say of each other (specification 3, Across windows and horizons).
#pragma once

#include <vector>

#include "ndr/correlation/frame.h"
#include "ndr/correlation/rows.h"
#include "ndr/correlation/setup.h"

namespace ndr::correlation {

/// Sets window_disagreement of the rows of one host and role (rows of `rows`): z at w_15m less z at w_1h, on
/// all of them; null where either row or z is missing.
void CompareWindows(const Setup& setup, const Rows& rows, HostRole host_role, Frame* frame);

/// Sets the drift between the chosen baselines of the shortest and the longest horizon on the frame's rows
/// [from, to) of all frames; null with one horizon.
void CompareHorizons(const Setup& setup, size_t from, size_t to, std::vector<Frame>* frames);

}  // namespace ndr::correlation
