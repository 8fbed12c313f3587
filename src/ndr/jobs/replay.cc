// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/replay.h"

#include <fmt/format.h>

#include <algorithm>

#include "ndr/base/exit_code.h"
#include "ndr/catalogue/families.h"
#include "ndr/jobs/delta_step.h"
#include "ndr/jobs/fg_b_builder.h"
#include "ndr/jobs/machine_mapping.h"
#include "ndr/jobs/projection_builder.h"
#include "ndr/jobs/unjudged.h"
#include "ndr/jobs/window_step.h"

namespace ndr::jobs {
namespace {

using arrow::Status;
using base::Micros;

// Takes back what was published of a family in [from, to).
Status WithdrawRange(const RunState& run, std::string_view family, Micros from, Micros to) {
  for (const storage::CommitRecord* record : run.published->Range(family, from, to)) {
    const storage::CommitRecord copy = *record;
    ARROW_RETURN_NOT_OK(run.writer->Withdraw(copy.key));
    run.published->Remove(family, copy.at);
  }
  return Status::OK();
}

// Slices of an earlier, other history would enter windows and look-backs of this one.
Status SettleRoot(const RunState& run, const History& history, bool replace) {
  // What was made from others goes before them.
  for (auto at = catalogue::kFamilies.rbegin(); at != catalogue::kFamilies.rend(); ++at) {
    const std::string_view family = at->name;
    if (family == "fg_b") continue;  // its records stand for reference times, not for slices
    const Micros from = family == "lookback" ? base::DayStart(history.start) : history.start;
    for (const auto& [low, high] : {std::pair(INT64_MIN, from), std::pair(history.end, INT64_MAX)}) {
      const auto others = run.published->Range(family, low, high);
      if (others.empty()) continue;
      if (!replace)
        return base::ContractViolation(
            fmt::format("{} holds version {} of another history (such as {}/{}); this one is {} to {}. Use "
                        "another --root or --feature-spec-version, give "
                        "the other logs too, or --replace to remove what lies outside",
                        run.root(), run.context->project.feature_spec_version, family, others.front()->key.id,
                        base::FormatInstant(history.start), base::FormatInstant(history.end)));
      run.report->Note(fmt::format("{} batches of {} outside the history were removed (--replace)",
                                   others.size(), family));
      ARROW_RETURN_NOT_OK(WithdrawRange(run, family, low, high));
    }
  }
  return Status::OK();
}

void SayPlan(const ReplayResult& result, RunReport* report) {
  report->Fact("history",
               base::FormatInstant(result.history.start) + " to " + base::FormatInstant(result.history.end));
  report->Fact("reference time", base::FormatInstant(result.plan.reference));
  std::string horizons;
  for (const spec::Horizon& h : result.plan.horizons)
    horizons += fmt::format("{}{} [{}, {})", horizons.empty() ? "" : ", ", h.label,
                            base::FormatInstant(h.Start(result.plan.reference)),
                            base::FormatInstant(h.End(result.plan.reference)));
  report->Fact("horizons", horizons);
  report->Note("reference time " + base::FormatInstant(result.plan.reference) + ": " + result.plan.why);
  if (result.history.records_outside > 0)
    report->Note(fmt::format(
        "{} records start outside the history {} to {} and are in quarantine; --from and --to choose another",
        result.history.records_outside, base::FormatInstant(result.history.start),
        base::FormatInstant(result.history.end)));
}

Status RunSteps(const RunState& run, ReplayResult* result) {
  const History& history = result->history;
  const Micros reference = result->plan.reference;
  // What lies before the reference time was judged by an earlier one, if at all.
  ARROW_RETURN_NOT_OK(WithdrawRange(run, "fg_c", history.start, reference));
  const bool keeps_all = run.context->project.keep.all_fg_a;
  if (!keeps_all)
    for (const std::string_view family : {"fg_a_wide", "fg_a"})
      ARROW_RETURN_NOT_OK(WithdrawRange(run, family, history.start, reference));
  int64_t computed = 0;
  if (keeps_all) {
    ARROW_ASSIGN_OR_RAISE(computed, CommitWindows(run, history.start, reference, nullptr));
  }
  FgBBuilder baselines(run, reference, result->plan.horizons, !keeps_all);
  bool built = false;
  ARROW_RETURN_NOT_OK(baselines.Run(false, &built));
  Judge judge(run, *run.published->Find("fg_b", reference));
  ARROW_ASSIGN_OR_RAISE(const int64_t judged, CommitWindows(run, reference, history.end, &judge));
  const spec::Keep& keep = run.context->project.keep;
  if (keep.pair_counts)
    ARROW_RETURN_NOT_OK(CommitProjection(run, PairCountsProjection(), history.start, history.end));
  if (keep.fg_a_wide)
    ARROW_RETURN_NOT_OK(CommitProjection(run, WideProjection(), history.start, history.end));
  ARROW_RETURN_NOT_OK(judge.MoveTo(reference));  // where nothing had to be judged
  for (std::string& note : WithoutBaseline(*run.context, judge.reference(), reference, history.end))
    run.report->Note(std::move(note));
  result->changed = result->changed || computed > 0 || built || judged > 0;
  return Status::OK();
}

}  // namespace

arrow::Result<ReplayResult> Replay(const ReplayOptions& options) {
  auto context = spec::MakeContext(options.project, options.threads);
  if (!context.ok()) return base::UsageError(context.status().message());
  // FG-B reads it, which comes last: what is wrong with it must not cost the hours before.
  ARROW_RETURN_NOT_OK(ReadMachineMapping((*context)->project).status());
  const int64_t memory = options.memory_bytes > 0 ? options.memory_bytes : HalfOfTheMachine();
  ARROW_ASSIGN_OR_RAISE(const auto writer, storage::Writer::Open(options.root));
  ARROW_ASSIGN_OR_RAISE(const auto published, Published::Read(options.root, **context));
  ReplayResult result;
  const RunState run{*context,         writer.get(), published.get(), &result.report,
                     options.progress, memory,       "replay"};
  IntakeOptions intake_options = options.intake;
  intake_options.spool_bytes = memory / 2;
  Intake intake(*context, writer.get(), &result.report, options.progress, intake_options);
  ARROW_RETURN_NOT_OK(intake.Survey());
  auto history = ChooseHistory(intake.RecordsBySlice(), options.from, options.to);
  if (!history.ok()) return base::UsageError(history.status().message());
  result.history = *history;
  PlanRequest request = options.plan;
  if (request.horizons.empty()) request.horizons = (*context)->project.horizons;
  auto plan = ChoosePlan(result.history, (*context)->calendar, request);
  if (!plan.ok()) return base::UsageError(plan.status().message());
  result.plan = *plan;
  SayPlan(result, &result.report);
  if (std::string unseen = spec::NoFindingWindow((*context)->project); !unseen.empty())
    result.report.Note(std::move(unseen));
  ARROW_RETURN_NOT_OK(SettleRoot(run, result.history, options.replace));
  ARROW_RETURN_NOT_OK(intake.Settle(result.history));
  ARROW_ASSIGN_OR_RAISE(const int64_t deltas, CommitDeltas(run, result.history, &intake));
  result.changed = deltas > 0;
  ARROW_RETURN_NOT_OK(RunSteps(run, &result));
  ARROW_RETURN_NOT_OK(
      writer->WriteWhole(storage::ReportPath({"replay", (*context)->project.feature_spec_version,
                                              base::FormatCompact(result.plan.reference)}),
                         result.report.ToJson()));
  return result;
}

}  // namespace ndr::jobs
