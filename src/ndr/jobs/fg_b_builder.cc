// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/fg_b_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "ndr/base/exit_code.h"
#include "ndr/jobs/segment_passes.h"
#include "ndr/storage/dataset_reader.h"

namespace ndr::jobs {
namespace {

using arrow::Status;
using base::Micros;
using catalogue::Dataset;

constexpr char kBackfillLabel[] = "range";
constexpr char kModeFact[] = "mode";

std::string RangeText(Micros start, Micros end) {
  return base::FormatInstant(start) + ".." + base::FormatInstant(end);
}

std::vector<spec::Horizon> HorizonsOf(const spec::Project& project, const BaselineRuntime& runtime) {
  if (runtime.backfill) return {{kBackfillLabel, runtime.end - runtime.start, 0}};
  return project.horizons.empty() ? spec::DefaultHorizons() : project.horizons;
}

}  // namespace

FgBBuilder::FgBBuilder(const RunState& run, Micros reference, std::vector<spec::Horizon> horizons,
                       bool from_delta)
    : BaseRunner(run, spec::Job::kFgB),
      reference_(reference),
      horizons_(std::move(horizons)),
      start_(INT64_MAX),
      end_(INT64_MIN),
      source_(from_delta ? RebuiltFgA(run, LastSlot()) : CommittedFgA(run)) {
  for (const spec::Horizon& h : horizons_) {
    start_ = std::min(start_, h.Start(reference_));
    end_ = std::max(end_, h.End(reference_));
  }
}

FgBBuilder::FgBBuilder(const RunState& run, const spec::JobSpec& spec, const BaselineRuntime& runtime)
    : FgBBuilder(run, runtime.backfill ? runtime.end : runtime.reference_time,
                 HorizonsOf(run.context->project, runtime),
                 runtime.from_delta.value_or(spec.from_delta || !run.context->project.keep.all_fg_a)) {
  backfill_ = runtime.backfill;
}

storage::CommitRecord FgBBuilder::Draft() const {
  storage::CommitRecord record = run_.published->Draft("fg_b", base::FormatCompact(reference_), reference_);
  record.inputs = {source_->Input(start_, end_), run_.published->DeltaAsInput(start_, end_, LastSlot())};
  if (machines_.input) record.inputs.push_back(*machines_.input);
  record.facts["source"] = source_->name();
  if (backfill_) record.facts[kModeFact] = "BACKFILL";
  for (const spec::Horizon& h : horizons_)
    record.facts[std::string(kHorizonFact) + h.label] = RangeText(h.Start(reference_), h.End(reference_));
  return record;
}

arrow::Result<bool> FgBBuilder::IsCurrent() {
  if (const storage::CommitRecord* there = run_.published->Find("fg_b", reference_)) {
    const bool is_backfill = there->facts.contains(kModeFact);
    if (is_backfill != backfill_)
      return base::ContractViolation(fmt::format(
          "the reference {} stands already and is a {}; a {} never takes its place: choose another time",
          there->key.id, is_backfill ? "backfill" : "regular one", backfill_ ? "backfill" : "regular one"));
  }
  ARROW_ASSIGN_OR_RAISE(machines_, ReadMachineMapping(run_.context->project));
  return run_.published->IsCurrent(Draft());
}

Status FgBBuilder::Read() {
  auto plan = baselines::Plan::Make(run_.context);
  if (!plan.ok()) return base::UsageError(plan.status().message());
  plan_ = *plan;
  record_ = Draft();
  ARROW_ASSIGN_OR_RAISE(publication_, run_.writer->Begin(record_.key));
  std::vector<Micros> committed;
  for (const storage::CommitRecord* delta : run_.published->Range("delta", INT64_MIN, end_))
    committed.push_back(delta->at);
  for (const spec::Horizon& h : horizons_) {
    const baselines::Range range{h.label, h.Start(reference_), h.End(reference_), reference_};
    auto tables =
        std::make_unique<HorizonTables>(run_, publication_.get(), plan_, range, committed, &machines_.names);
    if (tables->committed_slices() == 0) {
      run_.report->Note(fmt::format("horizon {}, {}, is left out: it has no committed slice", h.label,
                                    RangeText(h.Start(reference_), h.End(reference_))));
      continue;
    }
    record_.facts["share." + h.label] = fmt::format("{:.6f}", tables->share());
    tables_.push_back(std::move(tables));
  }
  if (!tables_.empty()) return Status::OK();
  return NothingInHorizons(committed);
}

Status FgBBuilder::NothingInHorizons(const std::vector<Micros>& before) const {
  std::string ranges;
  for (const spec::Horizon& h : horizons_)
    ranges += fmt::format("{}{} is {}", ranges.empty() ? "" : ", ", h.label,
                          RangeText(h.Start(reference_), h.End(reference_)));
  const std::optional<Micros> first = run_.published->FirstSlice();
  const std::string there =
      !first           ? "no delta is committed at all"
      : before.empty() ? "the first committed slice of delta begins at " + base::FormatInstant(*first)
                       : fmt::format("delta is committed from {} to {}", base::FormatInstant(*first),
                                     base::FormatInstant(before.back() + base::kSliceMicros));
  return base::ContractViolation(fmt::format(
      "no {} of the reference {} has a committed slice, so there is no baseline: {}; {}. Choose {}",
      backfill_ ? "slice of the backfill" : "horizon", base::FormatInstant(reference_), ranges, there,
      backfill_ ? "another --start and --end" : "another reference time or other horizons"));
}

Status FgBBuilder::CheckQuality() {
  const auto deltas = run_.published->Range("delta", start_, end_).size();
  const auto there = run_.published->Range("fg_a", start_, end_).size();
  if (source_->name() == "fg_a" && there == 0)
    return base::ContractViolation(
        fmt::format("{} batches of delta lie in the horizons but none of fg_a; run `ndr fg-a` for them, or "
                    "build from the windows of delta with --from delta",
                    deltas));
  if (source_->name() == "fg_a" && there < deltas)
    run_.report->Note(fmt::format("{} of the {} batches in the horizons have no fg_a and are left out",
                                  deltas - there, deltas));
  if (run_.context->project.ip_machine_mapping.path.empty() ||
      !run_.context->project.non_persistent_machine_prefixes.empty())
    return Status::OK();
  run_.report->Note(
      "non_persistent_machine_prefixes is empty: no machine is taken for one that changes its address");
  return Status::OK();
}

Status FgBBuilder::Build() {
  {
    StepTimer timer(run_.report, "baselines");
    ARROW_RETURN_NOT_OK(AddSegments());
  }
  ARROW_RETURN_NOT_OK(AddPairs());
  for (auto& tables : tables_) {
    StepTimer timer(run_.report, "baselines");
    ARROW_RETURN_NOT_OK(tables->Finish());
    timer.Rows(0, tables->baseline_rows());
    for (const auto& [name, n] : tables->counters().values())
      record_.counters.Add(tables->range().label + "." + name, n);
  }
  if (machines_.malformed > 0) record_.counters.Add("machine_mapping_malformed", machines_.malformed);
  return Status::OK();
}

Status FgBBuilder::Validate() {
  for (const auto& tables : tables_) ARROW_RETURN_NOT_OK(base::AsViolation(tables->Check()));
  return Status::OK();
}

Status FgBBuilder::Stage(CommitGroup* group) {
  run_.report->Count(record_.counters);
  group->Add(std::move(publication_), std::move(record_));
  return Status::OK();
}

Status FgBBuilder::AddSegments() {
  std::vector<std::string> columns = {"host_ip",      "role",          "segment_id",    "time_band",
                                      "window_label", "window_end_ts", "slices_covered"};
  for (const baselines::PlanColumn& c : plan_->columns()) columns.push_back(c.metric->column);
  ARROW_ASSIGN_OR_RAISE(const auto passes,
                        PlanPasses(source_.get(), start_, end_, columns.size(), run_.memory_bytes / 2));
  if (passes.size() > 1)
    run_.report->Note(fmt::format("baselines were built in {} passes over FG-A to stay within --memory-limit",
                                  passes.size()));
  for (const SegmentPass& pass : passes) {
    BySegment by_segment(pass);
    ARROW_RETURN_NOT_OK(source_->Read(start_, end_, columns, [&](std::shared_ptr<arrow::RecordBatch> batch) {
      run_.report->AddStep("baselines", 0, batch->num_rows(), 0);
      return by_segment.Add(std::move(batch));
    }));
    ARROW_ASSIGN_OR_RAISE(auto segments, by_segment.Finish());
    int64_t done = 0;
    for (auto& [id, batches] : segments) {
      for (auto& tables : tables_) ARROW_RETURN_NOT_OK(tables->AddSegment(batches));
      batches.clear();
      ARROW_RETURN_NOT_OK(run_.Show("baselines", ++done, static_cast<int64_t>(segments.size())));
    }
  }
  return Status::OK();
}

Status FgBBuilder::AddPairs() {
  StepTimer timer(run_.report, "pair rarity");
  int passes = 0;
  for (bool done = false; !done; ++passes) {
    ARROW_RETURN_NOT_OK(AddPairsOnce(&timer));
    done = true;
    for (auto& tables : tables_) {
      bool tables_done = false;
      ARROW_RETURN_NOT_OK(tables->FinishPairs(&tables_done));
      done = done && tables_done;
    }
  }
  for (const auto& tables : tables_) timer.Rows(0, tables->pair_rows());
  if (passes > 1)
    run_.report->Note(fmt::format(
        "pair rarity was built in {} passes over delta/pair to stay within --memory-limit", passes));
  return Status::OK();
}

Status FgBBuilder::AddPairsOnce(StepTimer* timer) {
  const auto deltas = run_.published->Holding(start_, end_, LastSlot());
  int64_t done = 0;
  for (const storage::CommitRecord* delta : deltas) {
    ARROW_RETURN_NOT_OK(run_.Show("pair rarity", ++done, static_cast<int64_t>(deltas.size())));
    ARROW_ASSIGN_OR_RAISE(
        const auto batches,
        storage::ReadCommitted(run_.root(), *run_.context->catalogue, *delta, Dataset::kDeltaPair, {},
                               {"slice_start_ts", "src_ip", "dst_ip", "dst_port", "sessions_cnt"}));
    for (const auto& batch : batches) {
      timer->Rows(batch->num_rows(), 0);
      for (auto& tables : tables_) ARROW_RETURN_NOT_OK(tables->AddPairs(*batch));
    }
  }
  return Status::OK();
}

}  // namespace ndr::jobs
