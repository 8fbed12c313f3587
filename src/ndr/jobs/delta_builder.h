// SPDX-License-Identifier: Apache-2.0
// delta_builder: the sessions of one mini-batch to committed partials.
#pragma once

#include <memory>
#include <string>

#include "ndr/jobs/batch_source.h"
#include "ndr/jobs/runner.h"
#include "ndr/jobs/runtime.h"

namespace ndr::jobs {

class DeltaBuilder : public BaseRunner {
 public:
  /// Reads the batch's log files, as `runtime` or else `spec` name them.
  DeltaBuilder(const RunState& run, const spec::JobSpec& spec, const SliceRuntime& runtime);
  /// A batch of a source that several batches share.
  DeltaBuilder(const RunState& run, BatchSource* source, std::string mini_batch_id, base::Micros slot);

  /// A contract violation: the slot has a batch of another id.
  arrow::Result<bool> IsCurrent() override;

 protected:
  arrow::Status Read() override;
  arrow::Status CheckQuality() override { return source_->CheckQuality(); }
  arrow::Status Build() override;
  arrow::Status Validate() override;
  arrow::Status Stage(CommitGroup* group) override;

 private:
  arrow::Result<storage::CommitRecord> Draft() const;
  // For whoever gave a wrong slot, id or folder.
  void SayWhatIsOdd() const;

  std::unique_ptr<BatchSource> own_source_;
  BatchSource* source_;
  delta::MiniBatch batch_;
  delta::Partials partials_;
  int64_t rows_in_ = 0;
};

}  // namespace ndr::jobs
