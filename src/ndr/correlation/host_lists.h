// SPDX-License-Identifier: Apache-2.0
// The list columns of fg_c/host.
#pragma once

#include <arrow/array.h>

#include <memory>
#include <vector>

#include "ndr/correlation/frame.h"
#include "ndr/correlation/setup.h"

namespace ndr::correlation {

/// `metric=LEVEL` of the metrics with a value and a median whose level differs from that of sessions_cnt, in
/// catalogue order.
std::shared_ptr<arrow::Array> LevelExceptions(const Setup& setup, const Frame& frame);
/// `metric=iqr` or `metric=resolution` of the metrics with a value and a median whose scale is not the MAD,
/// in catalogue order.
std::shared_ptr<arrow::Array> ScaleExceptions(const Setup& setup, const Frame& frame);
/// Structs (metric, value, median, scale, level, z).
std::shared_ptr<arrow::Array> TopFeatureLists(const Setup& setup, const std::vector<TopFeatures>& top);

}  // namespace ndr::correlation
