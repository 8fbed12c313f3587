// SPDX-License-Identifier: Apache-2.0
// What the two forms of horizons share.
#pragma once

#include <vector>

#include "ndr/spec/json_object.h"
#include "ndr/spec/project.h"

namespace ndr::spec {

/// To the nearest whole number of slices.
base::Micros RoundToSlices(double micros);
/// Refuses a horizon below one slice and a label that stands twice.
void CheckHorizons(const std::vector<Horizon>& horizons, Problems* problems);

}  // namespace ndr::spec
