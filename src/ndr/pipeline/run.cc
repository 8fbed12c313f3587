// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "ndr/base/exit_code.h"
#include "ndr/base/parallel.h"
#include "ndr/base/time.h"
#include "ndr/pipeline/lock.h"
#include "ndr/pipeline/validate.h"

namespace ndr::pipeline {
namespace {

using arrow::Status;
using Clock = std::chrono::steady_clock;

std::string ValueOf(const Pipeline& pipeline, Kind kind, const Values& values) {
  const Parameter* parameter = pipeline.OfKind(kind);
  if (parameter == nullptr) return "";
  const auto value = values.set.find(parameter->name);
  return value == values.set.end() ? "" : value->second;
}

// The same reference written in another zone has the same lock.
std::string LockName(const Pipeline& pipeline, const Values& values) {
  const std::string batch = ValueOf(pipeline, Kind::kBatch, values);
  if (!batch.empty()) return "batch-" + batch;
  const std::string reference = ValueOf(pipeline, Kind::kReference, values);
  if (reference.empty()) return "pipeline-" + pipeline.name;
  const auto civil = base::ParseCivil(reference);
  if (!civil) return "reference-" + reference;
  return "reference-" +
         base::FormatCompact(civil->micros - civil->offset_seconds.value_or(0) * base::kMicrosPerSecond);
}

arrow::Result<std::unique_ptr<Lock>> TakeLock(const Pipeline& pipeline, const RunOptions& options) {
  const std::string root = ValueOf(pipeline, Kind::kRoot, options.values);
  if (root.empty()) return nullptr;
  return Lock::Take({root, ValueOf(pipeline, Kind::kVersion, options.values),
                     ValueOf(pipeline, Kind::kProject, options.values), LockName(pipeline, options.values),
                     options.lease});
}

// The steps of one run and what became of them.
class Execution {
 public:
  Execution(const Pipeline& pipeline, const std::vector<Arguments>& plan, const RunOptions& options,
            const Commands& commands, const Lock* lock)
      : pipeline_(pipeline),
        plan_(plan),
        options_(options),
        commands_(commands),
        lock_(lock),
        finished_(plan.size()) {
    for (const Step& step : pipeline.steps)
      result_.steps.push_back({step.name, Outcome::kSkipped, 0, {}, ""});
  }

  arrow::Result<RunResult> Run() {
    // A thread for each step: those that wait for others cost nothing meanwhile.
    ARROW_RETURN_NOT_OK(base::ForEachPartition(plan_.size(), static_cast<int>(plan_.size()), [&](size_t i) {
      if (Ready(i)) Execute(i);
      Finish(i);
      return Status::OK();
    }));
    return std::move(result_);
  }

 private:
  size_t IndexOf(const std::string& step) const {
    return static_cast<size_t>(std::ranges::find(pipeline_.steps, step, &Step::name) -
                               pipeline_.steps.begin());
  }

  // Waits for what step i waits for; false where it is to be skipped.
  bool Ready(size_t i) {
    std::unique_lock lock(mutex_);
    for (const std::string& name : pipeline_.steps[i].after) {
      const size_t before = IndexOf(name);
      wake_.wait(lock, [&] { return finished_[before]; });
      const StepResult& result = result_.steps[before];
      if (result.outcome == Outcome::kDone) continue;
      result_.steps[i].reason = result.outcome == Outcome::kFailed ? name + " failed" : result.reason;
      return false;
    }
    if (result_.interruption.ok()) result_.interruption = Interruption();
    if (result_.interruption.ok()) return true;
    result_.steps[i].reason = "stopped";
    return false;
  }

  Status Interruption() const {
    const int signal = options_.stop ? options_.stop() : 0;
    if (signal != 0)
      return base::Stopped(signal,
                           "stopped; what is finished is kept, and the same command goes on from there");
    return lock_ == nullptr ? Status::OK() : lock_->StillHeld();
  }

  void Execute(size_t i) {
    const Clock::time_point begin = Clock::now();
    Status status;
    try {
      status = commands_.Execute(plan_[i]);
    } catch (const std::exception& e) {
      status = Status::UnknownError(e.what());
    }
    const std::lock_guard lock(mutex_);
    StepResult& result = result_.steps[i];
    result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    result.outcome = status.ok() ? Outcome::kDone : Outcome::kFailed;
    result.status = std::move(status);
  }

  void Finish(size_t i) {
    const std::lock_guard lock(mutex_);
    finished_[i] = true;
    if (options_.ended) options_.ended(result_.steps[i]);
    wake_.notify_all();
  }

  const Pipeline& pipeline_;
  const std::vector<Arguments>& plan_;
  const RunOptions& options_;
  const Commands& commands_;
  const Lock* lock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<bool> finished_;
  RunResult result_;
};

}  // namespace

std::string_view NameOf(Outcome outcome) {
  constexpr std::string_view kNames[] = {"done", "failed", "skipped"};
  return kNames[static_cast<size_t>(outcome)];
}

Status RunResult::status() const {
  const auto failed = std::ranges::find(steps, Outcome::kFailed, &StepResult::outcome);
  if (failed == steps.end()) return interruption;
  std::vector<std::string> skipped, others;
  for (const StepResult& step : steps) {
    if (step.outcome == Outcome::kSkipped) skipped.push_back(step.step);
    if (step.outcome == Outcome::kFailed && &step != &*failed) others.push_back(step.step);
  }
  // A job that a signal stopped says so itself.
  std::string message =
      "step " + failed->step + (failed->status.IsCancelled() ? ": " : " failed: ") + failed->status.message();
  if (!others.empty()) message += fmt::format("; failed too: {}", fmt::join(others, ", "));
  if (!skipped.empty()) message += fmt::format("; skipped: {}", fmt::join(skipped, ", "));
  return failed->status.WithMessage(message);
}

arrow::Result<std::vector<Arguments>> Plan(const Pipeline& pipeline, const Values& values,
                                           const Commands& commands) {
  ARROW_RETURN_NOT_OK(Validate(pipeline, commands));
  ARROW_RETURN_NOT_OK(CheckValues(pipeline, values));
  std::vector<Arguments> plan;
  for (const Step& step : pipeline.steps) {
    plan.push_back(ArgumentsOf(pipeline, step, values));
    const Status parsed = commands.Parse(plan.back());
    if (!parsed.ok()) return parsed.WithMessage("step " + step.name + ": " + parsed.message());
  }
  return plan;
}

arrow::Result<RunResult> Run(const Pipeline& pipeline, const RunOptions& options, const Commands& commands) {
  ARROW_ASSIGN_OR_RAISE(const std::vector<Arguments> plan, Plan(pipeline, options.values, commands));
  ARROW_ASSIGN_OR_RAISE(const std::unique_ptr<Lock> lock, TakeLock(pipeline, options));
  return Execution(pipeline, plan, options, commands, lock.get()).Run();
}

}  // namespace ndr::pipeline
