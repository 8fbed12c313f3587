// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/capping.h"

#include <atomic>
#include <cmath>

#include "ndr/base/parallel.h"
#include "ndr/stats/scale.h"

namespace ndr::baselines {
namespace {

struct Norm {
  double median = 0, scale = 1;

  Norm() = default;
  Norm(const stats::WeightedRun& run, double resolution) {
    const stats::Summary s = stats::Summarize(run);
    median = s.median;
    scale = stats::ScaleOf(s.mad, s.iqr, resolution).value;
  }
  // NaN (null) is never odd.
  bool IsOdd(double x, double z_max) const { return std::abs(stats::RobustZ(x, median, scale)) > z_max; }
};

// Judges the slices of one group by one key metric.
void Judge(const SegmentRows& rows, size_t group, size_t column, const BandSlices& bands, ColumnRuns* runs,
           std::vector<uint8_t>* bits) {
  const Plan& plan = rows.plan();
  const spec::Capping& capping = plan.context().project.capping;
  const PlanColumn& metric = plan.columns()[column];
  const GroupRows& data = rows.groups()[group];
  runs->Deal(data, column, {}, kFullWeight);
  if (runs->SupportOfSegment() == 0) return;

  const size_t window = plan.WindowOf(group);
  const int64_t b = bands.At(plan.BandOf(group), window);
  const Norm segment(runs->OfSegment(), metric.metric->resolution);
  std::vector<Norm> own(runs->hosts(), segment);
  if (!capping.at_segment_level)
    for (size_t h = 0; h < own.size(); ++h)
      if (!IsCold(runs->SupportOfHost(h), metric.support_min[window], b))
        own[h] = Norm(runs->OfHost(h), metric.metric->resolution);

  const std::vector<double>& values = data.columns[column];
  for (size_t row = 0; row < values.size(); ++row) {
    const auto flags =
        static_cast<uint8_t>((own[data.host[row]].IsOdd(values[row], capping.z_max) ? kHostCapped : 0) |
                             (segment.IsOdd(values[row], capping.z_max) ? kSegmentCapped : 0));
    // Several key metrics judge the same row at once; few rows are odd.
    if (flags != 0) std::atomic_ref((*bits)[row]).fetch_or(flags, std::memory_order_relaxed);
  }
}

}  // namespace

arrow::Result<std::vector<std::vector<uint8_t>>> CappedSlices(const SegmentRows& rows,
                                                              const BandSlices& bands, int threads,
                                                              ColumnRunsPool* pool) {
  const std::vector<size_t>& keys = rows.plan().key_columns();
  std::vector<std::vector<uint8_t>> capped(rows.groups().size());
  for (size_t g = 0; g < capped.size(); ++g) capped[g].resize(rows.groups()[g].host.size());
  const auto judge = [&](size_t task) {
    const size_t group = task / keys.size();
    if (capped[group].empty()) return arrow::Status::OK();
    auto runs = pool->Take();
    Judge(rows, group, keys[task % keys.size()], bands, runs.get(), &capped[group]);
    pool->Return(std::move(runs));
    return arrow::Status::OK();
  };
  ARROW_RETURN_NOT_OK(base::ForEachPartition(capped.size() * keys.size(), threads, judge));
  return capped;
}

}  // namespace ndr::baselines
