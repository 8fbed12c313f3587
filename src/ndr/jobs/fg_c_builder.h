// SPDX-License-Identifier: Apache-2.0
// fg_c_builder: how far the rows of one mini-batch are from normal, its pairs and its evidence.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ndr/jobs/fg_a_builder.h"
#include "ndr/jobs/judge.h"
#include "ndr/jobs/runner.h"
#include "ndr/jobs/runtime.h"
#include "ndr/pairs/sliding_pairs.h"

namespace ndr::jobs {

class FgCBuilder : public BaseRunner {
 public:
  /// Reads the committed fg_a of the batch, delta/pair of the longest window, and the reference.
  FgCBuilder(const RunState& run, const spec::JobSpec& spec, const SliceRuntime& runtime);
  /// A batch of a walk: `fg_a` has its rows and is staged before this, `cursor` stands at its end.
  FgCBuilder(const RunState& run, Judge* judge, const WindowCursor* cursor, const FgABuilder* fg_a,
             std::string mini_batch_id, base::Micros slot);

  /// Contract violations: fg_a of the batch is not committed, a reference that was named is not there.
  arrow::Result<bool> IsCurrent() override;

 protected:
  arrow::Status Read() override;
  arrow::Status CheckQuality() override;
  arrow::Status Build() override;
  arrow::Status Validate() override;
  arrow::Status Stage(CommitGroup* group) override;

 private:
  arrow::Result<storage::CommitRecord> Draft() const;
  arrow::Status ReadAlone();

  Judge* judge_ = nullptr;  // none: there is no reference
  std::unique_ptr<Judge> own_judge_;
  const WindowCursor* cursor_ = nullptr;
  const FgABuilder* fg_a_ = nullptr;
  std::string mini_batch_id_;
  base::Micros slot_;
  std::optional<base::Micros> named_;
  bool anew_ = false;
  const storage::CommitRecord* reference_ = nullptr;
  std::unique_ptr<StoredHistory> history_;
  std::unique_ptr<pairs::SlidingPairs> own_pairs_;
  std::shared_ptr<arrow::RecordBatch> rows_;
  correlation::BatchOutput judged_;
};

}  // namespace ndr::jobs
