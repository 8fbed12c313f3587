// SPDX-License-Identifier: Apache-2.0
// What lies behind the windows: older slices and daily roll-ups of the pairs, handed in by whoever can read
// them.
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <memory>
#include <string>
#include <vector>

#include "ndr/base/time.h"

namespace ndr::pairs {

/// The columns of delta/pair that a longest window's slice needs; a look-back's: src_ip, dst_ip, dst_port,
/// sessions_cnt.
const std::vector<std::string>& WindowColumns();

/// Slices may be asked for from several threads at once, only such as are not before the dataset's first.
class PairHistory {
 public:
  virtual ~PairHistory() = default;

  /// The delta/pair partials of one slice; none where the slice is empty or missing. An answer must not
  /// change while a builder lives: what entered the look-back leaves it again by the same answer.
  virtual arrow::Result<arrow::RecordBatchVector> Slice(base::Micros slice_start) = 0;
  /// The roll-up (Dataset::kLookback) of the UTC day that starts there, null where none is sealed: then its
  /// slices are read.
  virtual arrow::Result<std::shared_ptr<arrow::RecordBatch>> Day(base::Micros day_start) = 0;
};

}  // namespace ndr::pairs
