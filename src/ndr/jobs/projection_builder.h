// SPDX-License-Identifier: Apache-2.0
// pair_counts_builder, and the wide FG-A: datasets that are another one seen differently.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "ndr/jobs/runner.h"
#include "ndr/jobs/runtime.h"

namespace ndr::jobs {

/// One dataset projected onto another, batch by batch.
struct Projection {
  spec::Job job;
  catalogue::Dataset from, to;
  std::function<arrow::Result<std::shared_ptr<arrow::RecordBatch>>(const spec::Context&,
                                                                   const arrow::RecordBatch&)>
      project;
};
/// pair_counts of delta/pair.
const Projection& PairCountsProjection();
/// fg_a_wide of fg_a.
const Projection& WideProjection();

class ProjectionBuilder : public BaseRunner {
 public:
  ProjectionBuilder(const RunState& run, const Projection& projection, std::string mini_batch_id,
                    base::Micros slot);

  /// A contract violation: the batch's source is not committed.
  arrow::Result<bool> IsCurrent() override;

 protected:
  arrow::Status Read() override;
  arrow::Status CheckQuality() override { return arrow::Status::OK(); }
  arrow::Status Build() override;
  arrow::Status Validate() override;
  arrow::Status Stage(CommitGroup* group) override;

 private:
  arrow::Result<storage::CommitRecord> Draft() const;

  const Projection& projection_;
  std::string mini_batch_id_;
  base::Micros slot_;
  arrow::RecordBatchVector source_;
  std::vector<std::pair<base::Micros, std::shared_ptr<arrow::RecordBatch>>> projected_;  // by slice
};

class PairCountsBuilder : public ProjectionBuilder {
 public:
  PairCountsBuilder(const RunState& run, const spec::JobSpec&, const SliceRuntime& runtime)
      : ProjectionBuilder(run, PairCountsProjection(), runtime.mini_batch_id, runtime.batch_start) {}
};

/// Commits a projection for every batch of its source in [from, to) whose commit is absent or was made from
/// something else.
arrow::Status CommitProjection(const RunState& run, const Projection& projection, base::Micros from,
                               base::Micros to);

}  // namespace ndr::jobs
