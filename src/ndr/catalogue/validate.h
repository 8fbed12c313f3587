// SPDX-License-Identifier: Apache-2.0
// What a table must fulfil before it is published: the catalogue's schema, and no key twice (specification 4,
// the validate step).
#pragma once

#include <arrow/record_batch.h>
#include <arrow/status.h>

#include <memory>
#include <vector>

#include "ndr/catalogue/catalogue.h"

namespace ndr::catalogue {

/// Invalid, with the first column that differs, where `schema` is not the dataset's.
arrow::Status CheckSchema(const Catalogue& catalogue, Dataset dataset, const arrow::Schema& schema);

/// Invalid, with the key in words, where two rows of the batches have one key. O(n log n), 16 bytes a row.
arrow::Status CheckUniqueKeys(const Catalogue& catalogue, Dataset dataset,
                              const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches);

/// Both, of one batch.
arrow::Status CheckTable(const Catalogue& catalogue, Dataset dataset,
                         const std::shared_ptr<arrow::RecordBatch>& batch);

}  // namespace ndr::catalogue
