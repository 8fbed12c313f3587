// SPDX-License-Identifier: Apache-2.0
// Distances of rows from their chosen baselines: z, the transforms that are written, ranks and what stands
// behind them.
#pragma once

#include "ndr/correlation/frame.h"
#include "ndr/correlation/rows.h"
#include "ndr/correlation/setup.h"

namespace ndr::correlation {

/// Fills z, transforms, rank scores and top features of the frame's rows [from, to). Baselines must be
/// chosen.
void MeasureDistances(const Setup& setup, const Rows& rows, size_t from, size_t to, Frame* frame);

}  // namespace ndr::correlation
