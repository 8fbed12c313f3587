// SPDX-License-Identifier: Apache-2.0
// fg_a_builder: the windows that end with one mini-batch.
#pragma once

#include <memory>
#include <string>

#include "ndr/jobs/runner.h"
#include "ndr/jobs/runtime.h"
#include "ndr/jobs/window_cursor.h"

namespace ndr::jobs {

class FgABuilder : public BaseRunner {
 public:
  FgABuilder(const RunState& run, const spec::JobSpec& spec, const SliceRuntime& runtime);
  /// A batch of a run over several, whose windows move on.
  FgABuilder(const RunState& run, WindowCursor* cursor, std::string mini_batch_id, base::Micros slot);

  /// A contract violation: the batch's own delta is not committed. Older slices without one are missing, and
  /// counted.
  arrow::Result<bool> IsCurrent() override;
  const std::shared_ptr<arrow::RecordBatch>& rows() const { return rows_; }

 protected:
  arrow::Status Read() override;
  arrow::Status CheckQuality() override;
  arrow::Status Build() override;
  arrow::Status Validate() override;
  arrow::Status Stage(CommitGroup* group) override;

 private:
  storage::CommitRecord Draft() const;

  std::unique_ptr<WindowCursor> own_cursor_;
  WindowCursor* cursor_;
  std::string mini_batch_id_;
  base::Micros slot_;
  bool alone_;
  std::shared_ptr<arrow::RecordBatch> rows_;
  base::Counters counters_;
};

/// The batch's own delta commit; a contract violation where there is none, or one of another id.
arrow::Result<const storage::CommitRecord*> OwnDelta(const RunState& run, const std::string& mini_batch_id,
                                                     base::Micros slot);

}  // namespace ndr::jobs
