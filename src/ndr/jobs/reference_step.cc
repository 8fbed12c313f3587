// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/reference_step.h"

#include <fmt/format.h>

#include <algorithm>

#include "ndr/base/exit_code.h"
#include "ndr/jobs/fg_a_source.h"
#include "ndr/jobs/horizon_tables.h"
#include "ndr/jobs/machine_mapping.h"
#include "ndr/jobs/segment_passes.h"
#include "ndr/jobs/stored_history.h"
#include "ndr/storage/dataset_reader.h"

namespace ndr::jobs {
namespace {

using arrow::Status;
using base::Micros;
using catalogue::Dataset;

constexpr std::string_view kHorizonFact = "horizon.";

std::string RangeText(Micros start, Micros end) {
  return base::FormatInstant(start) + ".." + base::FormatInstant(end);
}

// The union of the horizons' ranges.
struct Reach {
  Micros start = INT64_MAX, end = INT64_MIN;
};
Reach ReachOf(const Plan& plan) {
  Reach reach;
  for (const spec::Horizon& h : plan.horizons) {
    reach.start = std::min(reach.start, h.Start(plan.reference));
    reach.end = std::max(reach.end, h.End(plan.reference));
  }
  return reach;
}

class ReferenceStep {
 public:
  ReferenceStep(const RunState& run, const History& history, const Plan& plan)
      : run_(run),
        history_(history),
        plan_(plan),
        reach_(ReachOf(plan)),
        source_(run.context->project.keep.all_fg_a ? CommittedFgA(run) : RebuiltFgA(run, history.start)) {}

  arrow::Result<const storage::CommitRecord*> Run(bool* built) {
    ARROW_ASSIGN_OR_RAISE(const MachineMapping machines, ReadMachineMapping(run_.context->project));
    storage::CommitRecord record = Draft(machines);
    *built = !run_.published->IsCurrent(record);
    if (*built) ARROW_RETURN_NOT_OK(Build(machines, std::move(record)));
    return run_.published->Find("fg_b", plan_.reference);
  }

 private:
  storage::CommitRecord Draft(const MachineMapping& machines) const {
    storage::CommitRecord record =
        run_.published->Draft("fg_b", base::FormatCompact(plan_.reference), plan_.reference);
    record.inputs = {source_->Input(reach_.start, reach_.end),
                     run_.published->RangeAsInput("delta", reach_.start, reach_.end)};
    if (machines.input) record.inputs.push_back(*machines.input);
    record.facts["source"] = source_->name();
    for (const spec::Horizon& h : plan_.horizons)
      record.facts[std::string(kHorizonFact) + h.label] =
          RangeText(h.Start(plan_.reference), h.End(plan_.reference));
    return record;
  }

  Status Build(const MachineMapping& machines, storage::CommitRecord record) {
    auto plan = baselines::Plan::Make(run_.context);
    if (!plan.ok()) return base::UsageError(plan.status().message());
    ARROW_ASSIGN_OR_RAISE(auto publication, run_.writer->Begin(record.key));
    std::vector<Micros> committed;
    for (const storage::CommitRecord* delta : run_.published->Range("delta", history_.start, reach_.end))
      committed.push_back(delta->at);
    std::vector<std::unique_ptr<HorizonTables>> horizons;
    for (const spec::Horizon& h : plan_.horizons) {
      const baselines::Range range{h.label, h.Start(plan_.reference), h.End(plan_.reference),
                                   plan_.reference};
      auto tables =
          std::make_unique<HorizonTables>(run_, publication.get(), *plan, range, committed, &machines.names);
      if (tables->committed_slices() == 0) {
        run_.report->Note("horizon " + h.label + " is left out: it has no committed slice");
        continue;
      }
      record.facts["share." + h.label] = fmt::format("{:.6f}", tables->share());
      horizons.push_back(std::move(tables));
    }
    if (horizons.empty())
      return base::ContractViolation(
          "no horizon has a committed slice, so there is no baseline; choose another --reference-time");
    {
      StepTimer timer(run_.report, "baselines");
      ARROW_RETURN_NOT_OK(AddSegments(**plan, &horizons, &timer));
    }
    ARROW_RETURN_NOT_OK(AddPairs(&horizons));
    for (auto& tables : horizons) {
      StepTimer timer(run_.report, "baselines");
      ARROW_RETURN_NOT_OK(tables->Finish());
      for (const auto& [name, n] : tables->counters().values())
        record.counters.Add(tables->range().label + "." + name, n);
    }
    if (machines.malformed > 0) record.counters.Add("machine_mapping_malformed", machines.malformed);
    ARROW_ASSIGN_OR_RAISE(record, publication->Commit(std::move(record)));
    run_.report->counters().Add(record.counters);
    run_.report->AddBytes("fg_b", record.bytes());
    run_.published->Put(std::move(record));
    return Status::OK();
  }

  Status AddSegments(const baselines::Plan& plan, std::vector<std::unique_ptr<HorizonTables>>* horizons,
                     StepTimer* timer) {
    std::vector<std::string> columns = {"host_ip",      "role",          "segment_id",    "time_band",
                                        "window_label", "window_end_ts", "slices_covered"};
    for (const baselines::PlanColumn& c : plan.columns()) columns.push_back(c.metric->column);
    ARROW_ASSIGN_OR_RAISE(const auto passes, PlanPasses(source_.get(), reach_.start, reach_.end,
                                                        columns.size(), run_.memory_bytes / 2));
    if (passes.size() > 1)
      run_.report->Note(fmt::format(
          "baselines were built in {} passes over FG-A to stay within --memory-limit", passes.size()));
    for (const SegmentPass& pass : passes) {
      BySegment by_segment(pass);
      ARROW_RETURN_NOT_OK(
          source_->Read(reach_.start, reach_.end, columns, [&](std::shared_ptr<arrow::RecordBatch> batch) {
            timer->Rows(batch->num_rows(), 0);
            return by_segment.Add(std::move(batch));
          }));
      ARROW_ASSIGN_OR_RAISE(auto segments, by_segment.Finish());
      int64_t done = 0;
      for (auto& [id, batches] : segments) {
        for (auto& tables : *horizons) ARROW_RETURN_NOT_OK(tables->AddSegment(batches));
        batches.clear();
        ARROW_RETURN_NOT_OK(run_.Show("baselines", ++done, static_cast<int64_t>(segments.size())));
      }
    }
    return Status::OK();
  }

  Status AddPairs(std::vector<std::unique_ptr<HorizonTables>>* horizons) {
    StepTimer timer(run_.report, "pair rarity");
    const auto deltas = run_.published->Range("delta", reach_.start, reach_.end);
    int64_t done = 0;
    for (const storage::CommitRecord* delta : deltas) {
      ARROW_RETURN_NOT_OK(run_.Show("pair rarity", ++done, static_cast<int64_t>(deltas.size())));
      ARROW_ASSIGN_OR_RAISE(
          const auto batches,
          storage::ReadCommitted(run_.root(), *run_.context->catalogue, *delta, Dataset::kDeltaPair, {},
                                 {"slice_start_ts", "src_ip", "dst_ip", "dst_port", "sessions_cnt"}));
      for (const auto& batch : batches) {
        timer.Rows(batch->num_rows(), 0);
        for (auto& tables : *horizons) ARROW_RETURN_NOT_OK(tables->AddPairs(*batch));
      }
    }
    return Status::OK();
  }

  const RunState& run_;
  const History& history_;
  const Plan& plan_;
  Reach reach_;
  std::unique_ptr<FgASource> source_;
};

}  // namespace

arrow::Result<const storage::CommitRecord*> CommitReference(const RunState& run, const History& history,
                                                            const Plan& plan, bool* built) {
  return ReferenceStep(run, history, plan).Run(built);
}

arrow::Result<std::shared_ptr<const reference::Reference>> LoadReference(
    const std::string& root, const spec::Context& context, const storage::CommitRecord& commit) {
  reference::Builder builder(context.catalogue, commit.at);
  for (const auto& [name, value] : commit.facts) {
    if (!name.starts_with(kHorizonFact)) continue;
    const std::string label = name.substr(kHorizonFact.size());
    if (!commit.facts.contains("share." + label)) continue;  // left out
    const size_t dots = value.find("..");
    const auto start = base::ParseCivil(value.substr(0, dots)),
               end = base::ParseCivil(value.substr(dots + 2));
    if (!start || !end)
      return base::ContractViolation("the commit of reference " + commit.key.id + " has an ill-formed " +
                                     name);
    const size_t horizon = builder.AddHorizon(label, start->micros, end->micros);
    for (const Dataset table : {Dataset::kFgBHost, Dataset::kFgBSegment, Dataset::kFgBGlobal,
                                Dataset::kIpMetadata, Dataset::kPairHost, Dataset::kPairSegment}) {
      ARROW_ASSIGN_OR_RAISE(const auto batches,
                            storage::ReadCommitted(root, *context.catalogue, commit, table, label));
      for (const auto& batch : batches) ARROW_RETURN_NOT_OK(builder.Add(horizon, table, *batch));
    }
  }
  return builder.Finish();
}

}  // namespace ndr::jobs
