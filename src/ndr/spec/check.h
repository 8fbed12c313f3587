// SPDX-License-Identifier: Apache-2.0
// What a project names must exist: metrics, windows, terms of scores. What it gives a name must be told by
// it: segments.
#pragma once

#include <arrow/result.h>

#include "ndr/spec/json_object.h"
#include "ndr/spec/project.h"

namespace ndr::spec {

/// A problem names the key, the unknown name and the nearest known one; or a segment's name that is the id of
/// a prefix which is another network.
void CheckNames(const Project& project, const catalogue::Catalogue& catalogue, Problems* problems);
/// MakeContext before it checks names.
arrow::Result<std::shared_ptr<Context>> AssembleContext(Project project, int threads);

}  // namespace ndr::spec
