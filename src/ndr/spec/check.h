// SPDX-License-Identifier: Apache-2.0
// What a project names must exist: metrics, windows, terms of scores.
#pragma once

#include <arrow/status.h>

#include "ndr/spec/project.h"

namespace ndr::spec {

/// Invalid names the key, the unknown name and the nearest known one.
arrow::Status CheckNames(const Project& project, const catalogue::Catalogue& catalogue);

}  // namespace ndr::spec
