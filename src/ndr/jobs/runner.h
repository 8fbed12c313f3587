// SPDX-License-Identifier: Apache-2.0
// One runner for every job: five steps, in order, each only when those before it succeeded (specification 4,
// Jobs).
//
//   FgABuilder builder(run, spec, runtime);
//   ARROW_RETURN_NOT_OK(builder.Run());
#pragma once

#include <arrow/status.h>

#include <functional>
#include <string>
#include <string_view>

#include "ndr/jobs/commit_group.h"
#include "ndr/jobs/run_state.h"
#include "ndr/spec/job_spec.h"

namespace ndr::jobs {

/// A job's work on one mini-batch or one reference. Nothing is visible before the group in which it is staged
/// commits, so a failure publishes nothing; it is told once, with job, run, step and cause, and keeps the
/// cause's exit code.
class BaseRunner {
 public:
  virtual ~BaseRunner() = default;

  /// Whether the commit is there, made from what would be read today, so that the run has nothing to do.
  virtual arrow::Result<bool> IsCurrent() = 0;
  /// Read, data quality, build, validate.
  arrow::Status Prepare();
  /// The fifth step: stages the output. Builders of one run may do so at a time, on several threads.
  arrow::Status Write(CommitGroup* group);
  /// All five, and the commit; the report has the seconds of each. `*changed`: false where IsCurrent and not
  /// `replace`.
  arrow::Status Run(bool replace, bool* changed);
  /// A failure as it is told: with job, run id and step, in the report too. OK and a stop on request stay as
  /// they are.
  arrow::Status InStep(std::string_view step, const arrow::Status& status) const;

 protected:
  BaseRunner(const RunState& run, spec::Job job) : run_(run), job_(job) {}

  /// Finds the input and what the job depends on; a dependency that is missing is a contract violation.
  virtual arrow::Status Read() = 0;
  virtual arrow::Status CheckQuality() = 0;
  virtual arrow::Status Build() = 0;
  /// Schema, keys, laws of the row counts, parity.
  virtual arrow::Status Validate() = 0;
  virtual arrow::Status Stage(CommitGroup* group) = 0;
  /// It runs alone, so that the report has its seconds.
  bool is_timed() const { return timed_; }

  const RunState& run_;

 private:
  arrow::Status Take(std::string_view step, const std::function<arrow::Status()>& work) const;

  spec::Job job_;
  bool timed_ = false;  // of many builders on several threads the sum would say nothing
};

}  // namespace ndr::jobs
