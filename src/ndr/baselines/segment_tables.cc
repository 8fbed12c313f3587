// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/segment_tables.h"

#include <algorithm>
#include <numeric>

#include "ndr/base/parallel.h"
#include "ndr/baselines/capping.h"
#include "ndr/baselines/key_columns.h"
#include "ndr/baselines/statistic_columns.h"

namespace ndr::baselines {
namespace {

using arrow::Status;
using catalogue::Dataset;

// Where a (host, group) and a group stand in the tables.
struct Layout {
  KeyColumns host_keys, segment_keys;
  std::vector<std::vector<uint32_t>> host_row;  // by group and host
  std::vector<uint32_t> segment_row;            // by group
  std::vector<int64_t> hosts_cnt;               // by group
};

Layout LayOut(const SegmentRows& rows) {
  Layout layout;
  layout.host_row.resize(rows.groups().size());
  layout.segment_row.resize(rows.groups().size());
  layout.hosts_cnt.resize(rows.groups().size());
  for (size_t g = 0; g < rows.groups().size(); ++g) {
    layout.host_row[g].resize(rows.groups()[g].seen.size());
    if (rows.groups()[g].host.empty()) continue;
    layout.segment_row[g] = static_cast<uint32_t>(layout.segment_keys.size());
    layout.segment_keys.Add(g);
  }
  std::vector<uint32_t> by_address(rows.hosts().size());
  std::iota(by_address.begin(), by_address.end(), 0u);
  std::sort(by_address.begin(), by_address.end(),
            [&](uint32_t a, uint32_t b) { return rows.hosts()[a] < rows.hosts()[b]; });
  for (const uint32_t host : by_address) {
    for (size_t g = 0; g < rows.groups().size(); ++g) {
      const auto& seen = rows.groups()[g].seen;
      if (host >= seen.size() || seen[host].rows == 0) continue;
      layout.host_row[g][host] = static_cast<uint32_t>(layout.host_keys.size());
      layout.host_keys.Add(g, rows.hosts()[host], host);
      ++layout.hosts_cnt[g];
    }
  }
  return layout;
}

// The tasks of a segment: one column of one group each.
class Computation {
 public:
  Computation(const SegmentRows& rows, const BandSlices& bands, const Layout& layout)
      : rows_(rows),
        bands_(bands),
        layout_(layout),
        hosts_(rows.plan(), layout.host_keys.size()),
        segment_(rows.plan(), layout.segment_keys.size()) {}

  Status Run(int threads) {
    ARROW_ASSIGN_OR_RAISE(capped_, CappedSlices(rows_, bands_, threads, &pool_));
    const size_t metrics = rows_.plan().baselined();
    runs_.resize(rows_.groups().size() * metrics);
    return base::ForEachPartition(runs_.size(), threads, [&](size_t task) {
      if (!capped_[task / metrics].empty()) Summarize(task / metrics, task % metrics, &runs_[task]);
      return Status::OK();
    });
  }

  StatisticColumns& hosts() { return hosts_; }
  StatisticColumns& segment() { return segment_; }
  std::vector<GlobalRun> TakeRuns() {
    std::erase_if(runs_, [](const GlobalRun& run) { return run.support == 0; });
    return std::move(runs_);
  }
  int64_t Capped(uint8_t bit) const {
    int64_t n = 0;
    for (const auto& group : capped_)
      for (const uint8_t flags : group) n += (flags & bit) != 0;
    return n;
  }

 private:
  void Summarize(size_t group, size_t metric, GlobalRun* global) {
    const Plan& plan = rows_.plan();
    auto runs = pool_.Take();
    runs->Deal(rows_.groups()[group], metric, capped_[group],
               plan.context().project.capping.w_anom_thousandths);
    const size_t window = plan.WindowOf(group);
    const int64_t s = plan.columns()[metric].support_min[window], b = bands_.At(plan.BandOf(group), window);
    for (size_t h = 0; h < runs->hosts(); ++h) {
      const int64_t support = runs->SupportOfHost(h);
      if (support > 0)
        hosts_.Set(metric, layout_.host_row[group][h], stats::Summarize(runs->OfHost(h)), support,
                   IsCold(support, s, b));
    }
    const int64_t support = runs->SupportOfSegment();
    if (support > 0) {
      const stats::WeightedRun run = runs->OfSegment();
      segment_.Set(metric, layout_.segment_row[group], stats::Summarize(run), support, IsCold(support, s, b));
      *global = {static_cast<uint32_t>(group),
                 static_cast<uint32_t>(metric),
                 support,
                 {run.values.begin(), run.values.end()},
                 {run.cumulative.begin(), run.cumulative.end()}};
    }
    pool_.Return(std::move(runs));
  }

  const SegmentRows& rows_;
  const BandSlices& bands_;
  const Layout& layout_;
  StatisticColumns hosts_, segment_;
  ColumnRunsPool pool_;
  std::vector<std::vector<uint8_t>> capped_;
  std::vector<GlobalRun> runs_;
};

arrow::Result<std::shared_ptr<arrow::RecordBatch>> IpMetadata(const SegmentRows& rows, const KeyColumns& keys,
                                                              const MachineNames& machines,
                                                              const StatisticColumns& hosts,
                                                              base::Counters* counters) {
  const Plan& plan = rows.plan();
  const size_t n = keys.size();
  std::vector<std::string> names(n);
  std::vector<uint8_t> mapped(n);
  std::vector<int64_t> first(n), last(n), sessions(n);
  std::vector<int8_t> full(n, 1), volatile_machine(n), cold(n);
  const MachineNames::Machine* machine = nullptr;
  for (size_t i = 0; i < n; ++i) {
    const bool is_next_host = i == 0 || keys.host(i) != keys.host(i - 1);
    if (is_next_host) {
      machine = machines.Find(keys.address(i));
      counters->Add("hosts_unmapped", machine == nullptr);
    }
    if (machine != nullptr)
      names[i] = machine->name, mapped[i] = 1, volatile_machine[i] = machine->is_non_persistent;
    const HostSeen& seen = rows.groups()[keys.group(i)].seen[keys.host(i)];
    first[i] = seen.first, last[i] = seen.last, sessions[i] = seen.sessions;
    if (seen.sessions == INT64_MAX) counters->Add("saturated_cells", 1);
    for (const size_t metric : plan.required_columns())
      full[i] &= static_cast<int8_t>(!hosts.IsCold(metric, i));
    cold[i] = full[i] == 0 || volatile_machine[i] != 0;
    counters->Add(cold[i] != 0 ? "rows_cold_start" : "rows_warm", 1);
  }
  catalogue::BatchBuilder batch(plan.context().catalogue->Schema(Dataset::kIpMetadata),
                                static_cast<int64_t>(n));
  keys.Put(plan, Dataset::kIpMetadata, rows.segment_id(), &batch);
  batch.PutTexts("machine_name", names, mapped);
  batch.Put("first_seen_ts", std::move(first));
  batch.Put("last_seen_ts", std::move(last));
  batch.Put("sessions_total", std::move(sessions));
  batch.Put("is_full_history", std::move(full));
  batch.Put("is_non_persistent_machine", std::move(volatile_machine));
  batch.Put("is_cold_start", std::move(cold));
  return batch.Finish();
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> Table(const SegmentRows& rows, Dataset table,
                                                         const Range& range, const KeyColumns& keys,
                                                         const std::vector<int64_t>& hosts_cnt,
                                                         StatisticColumns statistics) {
  const Plan& plan = rows.plan();
  catalogue::BatchBuilder batch(plan.context().catalogue->Schema(table), static_cast<int64_t>(keys.size()));
  keys.Put(plan, table, rows.segment_id(), &batch);
  keys.PutRange(range, &batch);
  if (table != Dataset::kFgBHost) keys.PutHostsCount(hosts_cnt, &batch);
  std::move(statistics).Put(plan, &batch);
  return batch.Finish();
}

}  // namespace

arrow::Result<SegmentTables> MakeSegmentTables(const SegmentRows& rows, const Range& range,
                                               const BandSlices& bands, const MachineNames& machines,
                                               int threads) {
  Layout layout = LayOut(rows);
  Computation computation(rows, bands, layout);
  ARROW_RETURN_NOT_OK(computation.Run(threads));
  SegmentTables tables;
  tables.counters.Add(rows.counters());
  tables.counters.Add("slices_capped_host", computation.Capped(kHostCapped));
  tables.counters.Add("slices_capped_segment", computation.Capped(kSegmentCapped));
  ARROW_ASSIGN_OR_RAISE(tables.ip_metadata,
                        IpMetadata(rows, layout.host_keys, machines, computation.hosts(), &tables.counters));
  ARROW_ASSIGN_OR_RAISE(tables.host, Table(rows, Dataset::kFgBHost, range, layout.host_keys, {},
                                           std::move(computation.hosts())));
  ARROW_ASSIGN_OR_RAISE(tables.segment, Table(rows, Dataset::kFgBSegment, range, layout.segment_keys,
                                              layout.hosts_cnt, std::move(computation.segment())));
  tables.global = {rows.segment_id(), std::move(layout.hosts_cnt), computation.TakeRuns()};
  return tables;
}

}  // namespace ndr::baselines
