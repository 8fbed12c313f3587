// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/global_table.h"

#include "ndr/base/parallel.h"
#include "ndr/baselines/key_columns.h"
#include "ndr/baselines/statistic_columns.h"

namespace ndr::baselines {

using arrow::Status;

GlobalTable::GlobalTable(std::shared_ptr<const Plan> plan, Range range, int64_t budget_bytes, Spill* spill)
    : plan_(std::move(plan)),
      range_(std::move(range)),
      budget_bytes_(budget_bytes),
      spill_(spill),
      cells_(plan_->groups() * plan_->baselined()),
      hosts_cnt_(plan_->groups()) {}

Status GlobalTable::Add(GlobalPart part) {
  std::lock_guard lock(mutex_);
  for (size_t g = 0; g < part.hosts_cnt.size(); ++g) {
    if (part.hosts_cnt[g] == 0) continue;
    if (!seen_.emplace(part.segment_id, g).second)
      return Status::Invalid("fg_b: segment '", part.segment_id, "' brings ",
                             catalogue::kRoleNames[static_cast<size_t>(plan_->RoleOf(g))], " ",
                             base::kTimeBandNames[static_cast<size_t>(plan_->BandOf(g))], " of window ",
                             plan_->context().catalogue->windows()[plan_->WindowOf(g)].label, " twice");
    hosts_cnt_[g] += part.hosts_cnt[g];
  }
  for (GlobalRun& run : part.runs) {
    Cell& cell = cells_[size_t{run.group} * plan_->baselined() + run.metric];
    cell.support += run.support;
    run.values.shrink_to_fit();
    run.cumulative.shrink_to_fit();
    memory_bytes_ += static_cast<int64_t>(run.values.size() * (sizeof(double) + sizeof(int64_t)));
    const size_t size = run.values.size();
    cell.runs.push_back({std::move(run.values), std::move(run.cumulative), size});
  }
  counters_.Add("global_runs", static_cast<int64_t>(part.runs.size()));
  return spill_ != nullptr && memory_bytes_ > budget_bytes_ ? SpillAll() : Status::OK();
}

Status GlobalTable::SpillAll() {
  for (Cell& cell : cells_)
    for (Held& held : cell.runs)
      if (held.block < 0) ARROW_RETURN_NOT_OK(SpillRun(&held));
  memory_bytes_ = 0;
  return Status::OK();
}

// A block is the values, then the cumulative weights.
Status GlobalTable::SpillRun(Held* held) {
  const auto values = std::as_bytes(std::span(held->values)),
             weights = std::as_bytes(std::span(held->cumulative));
  std::vector<std::byte> block(values.begin(), values.end());
  block.insert(block.end(), weights.begin(), weights.end());
  ARROW_ASSIGN_OR_RAISE(held->block, spill_->Write(block));
  held->values = {};
  held->cumulative = {};
  counters_.Add("global_runs_spilled", 1);
  counters_.Add("global_bytes_spilled", static_cast<int64_t>(block.size()));
  return Status::OK();
}

Status GlobalTable::ReadBack(Held* held) {
  if (held->block < 0) return Status::OK();
  std::vector<std::byte> block(held->size * (sizeof(double) + sizeof(int64_t)));
  {
    std::lock_guard lock(mutex_);
    ARROW_RETURN_NOT_OK(spill_->Read(held->block, block));
  }
  held->values.resize(held->size);
  held->cumulative.resize(held->size);
  std::memcpy(held->values.data(), block.data(), held->size * sizeof(double));
  std::memcpy(held->cumulative.data(), block.data() + held->size * sizeof(double),
              held->size * sizeof(int64_t));
  return Status::OK();
}

Status GlobalTable::Summarize(Cell* cell, stats::Summary* summary) {
  std::vector<stats::WeightedRun> runs;
  for (Held& held : cell->runs) {
    ARROW_RETURN_NOT_OK(ReadBack(&held));
    runs.push_back({held.values, held.cumulative});
  }
  *summary = stats::Summarize(runs);
  cell->runs = {};  // frees as it goes: what was read back is not held twice
  return Status::OK();
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> GlobalTable::Finish(const BandSlices& bands, int threads) {
  KeyColumns keys;
  for (size_t g = 0; g < hosts_cnt_.size(); ++g)
    if (hosts_cnt_[g] > 0) keys.Add(g);
  StatisticColumns statistics(*plan_, keys.size());
  const size_t metrics = plan_->baselined();
  const auto summarize = [&](size_t task) {
    const size_t row = task / metrics, metric = task % metrics, group = keys.group(row),
                 window = plan_->WindowOf(group);
    Cell& cell = cells_[group * metrics + metric];
    if (cell.support == 0) return Status::OK();
    stats::Summary summary;
    ARROW_RETURN_NOT_OK(Summarize(&cell, &summary));
    const bool is_cold = IsCold(cell.support, plan_->columns()[metric].support_min[window],
                                bands.At(plan_->BandOf(group), window));
    statistics.Set(metric, row, summary, cell.support, is_cold);
    return Status::OK();
  };
  ARROW_RETURN_NOT_OK(base::ForEachPartition(keys.size() * metrics, threads, summarize));
  catalogue::BatchBuilder batch(plan_->context().catalogue->Schema(catalogue::Dataset::kFgBGlobal),
                                static_cast<int64_t>(keys.size()));
  keys.Put(*plan_, catalogue::Dataset::kFgBGlobal, {}, &batch);
  keys.PutRange(range_, &batch);
  keys.PutHostsCount(hosts_cnt_, &batch);
  std::move(statistics).Put(*plan_, &batch);
  return batch.Finish();
}

}  // namespace ndr::baselines
