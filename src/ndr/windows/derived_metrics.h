// SPDX-License-Identifier: Apache-2.0
// Ratios, asymmetries and flags: metrics that follow from others of their row, as the catalogue declares
// them.
#pragma once

#include <cstddef>

#include "ndr/windows/feature_columns.h"

namespace ndr::windows {

/// After the other metrics of the row. A ratio is null over 0, an asymmetry over no sessions.
void WriteDerived(size_t row, FeatureColumns* columns);

}  // namespace ndr::windows
