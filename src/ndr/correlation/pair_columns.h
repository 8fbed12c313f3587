// SPDX-License-Identifier: Apache-2.0
// Rows of fg_c/pair of one horizon as a record batch.
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <memory>

#include "ndr/correlation/pair_features.h"

namespace ndr::correlation {

/// The rows that the horizon shows, in their order.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> PairColumns(const Setup& setup, size_t horizon,
                                                               base::Micros end_ts, const PairRows& pairs);

}  // namespace ndr::correlation
