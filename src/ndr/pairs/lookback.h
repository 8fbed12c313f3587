// SPDX-License-Identifier: Apache-2.0
// Daily roll-ups of the pairs, so that a look-back of a month costs days and not 2,880 slices (specification
// 1, Datasets on storage).
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <memory>

#include "ndr/spec/project.h"

namespace ndr::pairs {

/// Sums the sessions of a day's delta/pair batches (any order, any number of partials) by (src_ip, dst_ip,
/// dst_port). Batches are added one at a time and not kept: memory follows the distinct pairs.
class LookbackBuilder {
 public:
  explicit LookbackBuilder(std::shared_ptr<const spec::Context> context);
  ~LookbackBuilder();
  LookbackBuilder(LookbackBuilder&&) noexcept;
  LookbackBuilder& operator=(LookbackBuilder&&) noexcept;

  arrow::Status Add(const arrow::RecordBatch& pairs);
  /// The roll-up (Dataset::kLookback) sorted by src_ip, dst_ip as 128-bit numbers and dst_port, null first;
  /// sums saturate.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ndr::pairs
