// SPDX-License-Identifier: Apache-2.0
// Where the sessions of a mini-batch come from: a replay's intake, or the files of a delivery.
#pragma once

#include <arrow/result.h>

#include <string>
#include <vector>

#include "ndr/delta/delta.h"
#include "ndr/storage/commit.h"

namespace ndr::jobs {

class BatchSource {
 public:
  virtual ~BatchSource() = default;

  /// What the batch's commit names as its inputs, in file order.
  virtual arrow::Result<std::vector<storage::InputEntry>> Inputs(base::Micros slot) = 0;
  /// Its sessions, in file order; they are then forgotten. Thread-safe.
  virtual arrow::Result<std::vector<delta::SessionBatch>> Take(base::Micros slot) = 0;
  /// Whether enough of the records could be parsed.
  virtual arrow::Status CheckQuality() = 0;
  /// Puts what the rules refused beside the data, with the records that rule 6 refused in the batch.
  virtual arrow::Status Quarantine(const std::vector<delta::Rejected>& rejected) = 0;
  /// The format that was asked for; empty: each file's own. Another one reads the same bytes otherwise.
  virtual std::string format() const { return ""; }
  /// A replay has no deliveries: nothing is late.
  virtual bool is_replay() const = 0;
};

}  // namespace ndr::jobs
