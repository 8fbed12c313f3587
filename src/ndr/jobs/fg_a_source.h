// SPDX-License-Identifier: Apache-2.0
// The FG-A rows that a baseline is built from: the committed ones, or windows rebuilt from delta where FG-A
// is not kept.
#pragma once

#include <arrow/result.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ndr/jobs/run_state.h"

namespace ndr::jobs {

/// Passes over FG-A rows; the commit of a baseline names what it read.
class FgASource {
 public:
  virtual ~FgASource() = default;
  /// `fg_a` or `delta`: what the commit record says.
  virtual std::string name() const = 0;
  /// Hands over the rows of the ends in (start, end], end by end, with these columns of Dataset::kFgA (in any
  /// order). May be called again: each call is one pass.
  virtual arrow::Status Read(
      base::Micros start, base::Micros end, const std::vector<std::string>& columns,
      const std::function<arrow::Status(std::shared_ptr<arrow::RecordBatch>)>& consume) = 0;
  /// A bound on the rows of a range that is known without reading them; INT64_MAX where none is.
  virtual int64_t RowsAtMost(base::Micros start, base::Micros end) const = 0;
  /// What it reads in that range, as the input of a commit.
  virtual storage::InputEntry Input(base::Micros start, base::Micros end) const = 0;
};

/// From the files of fg_a that `run` sees.
std::unique_ptr<FgASource> CommittedFgA(const RunState& run);
/// From partials of mini-batches of slots up to `last_slot`.
std::unique_ptr<FgASource> RebuiltFgA(const RunState& run, base::Micros last_slot);

}  // namespace ndr::jobs
