// SPDX-License-Identifier: Apache-2.0
// Feature columns out of offline files, row by row from wherever each lies.
#pragma once

#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <vector>

#include "ndr/feature_store/known_then.h"

namespace ndr::feature_store {

/// Columns of the offline schema, one row for each place in [first, last), null where there is none. Each
/// file is opened once.
arrow::Result<std::vector<std::shared_ptr<arrow::Array>>> Gather(
    storage::ObjectStore* files, const KnownThen& known, size_t first, size_t last,
    const std::shared_ptr<arrow::Schema>& columns);

}  // namespace ndr::feature_store
