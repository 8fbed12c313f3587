// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/runner.h"

#include <fmt/format.h>

namespace ndr::jobs {

using arrow::Status;

Status BaseRunner::InStep(std::string_view step, const Status& status) const {
  // Who asked for a stop knows why.
  if (status.ok() || status.IsCancelled()) return status;
  run_.report->Fail(step, status.message());
  return status.WithMessage(fmt::format("{} (run {}) failed in its step '{}': {}",
                                        spec::kJobNames[static_cast<size_t>(job_)], run_.run_id, step,
                                        status.message()));
}

Status BaseRunner::Take(std::string_view step, const std::function<Status()>& work) const {
  if (!timed_) return InStep(step, work());
  const StepTimer timer(run_.report, step);
  return InStep(step, work());
}

Status BaseRunner::Prepare() {
  ARROW_RETURN_NOT_OK(Take("read", [&] { return Read(); }));
  ARROW_RETURN_NOT_OK(Take("data quality", [&] { return CheckQuality(); }));
  ARROW_RETURN_NOT_OK(Take("build", [&] { return Build(); }));
  return Take("validate", [&] { return Validate(); });
}

Status BaseRunner::Write(CommitGroup* group) {
  return Take("write", [&] { return Stage(group); });
}

Status BaseRunner::Run(bool replace, bool* changed) {
  const arrow::Result<bool> current = IsCurrent();
  ARROW_RETURN_NOT_OK(InStep("read", current.status()));
  *changed = replace || !*current;
  if (!*changed) return Status::OK();
  timed_ = true;
  ARROW_RETURN_NOT_OK(Prepare());
  CommitGroup group(run_);
  ARROW_RETURN_NOT_OK(Write(&group));
  return Take("write", [&] { return group.Commit(); });
}

}  // namespace ndr::jobs
