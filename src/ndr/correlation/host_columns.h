// SPDX-License-Identifier: Apache-2.0
// Rows of fg_c/host of one horizon as a record batch.
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <memory>

#include "ndr/correlation/frame.h"
#include "ndr/correlation/rows.h"
#include "ndr/correlation/setup.h"

namespace ndr::correlation {

/// A row per row of the frame.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> HostColumns(const Setup& setup, size_t horizon,
                                                               const Rows& rows, const Frame& frame);

}  // namespace ndr::correlation
