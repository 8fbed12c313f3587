// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/column_runs.h"

#include <cmath>
#include <utility>

namespace ndr::baselines {

void ColumnRuns::SortColumn(const std::vector<double>& values) {
  sorted_.clear();
  for (size_t row = 0; row < values.size(); ++row)
    if (!std::isnan(values[row]))
      sorted_.push_back({stats::OrderKey(values[row]), static_cast<uint32_t>(row)});
  stats::Sort(&sorted_, &scratch_);
}

void ColumnRuns::Deal(const GroupRows& group, size_t column, std::span<const uint8_t> capped,
                      int64_t w_anom) {
  SortColumn(group.columns[column]);
  dealt_.assign(group.seen.size(), {});
  size_t begin = 0;
  for (size_t h = 0; h < dealt_.size(); ++h) {
    dealt_[h].begin = dealt_[h].end = begin;
    begin += static_cast<size_t>(group.seen[h].rows);
  }
  hosts_.values.resize(begin);
  hosts_.cumulative.resize(begin);
  segment_.values.clear();
  segment_.cumulative.clear();
  segment_support_ = 0;

  int64_t segment_sum = 0;
  for (const stats::Ranked& item : sorted_) {
    const uint8_t flags = capped.empty() ? 0 : capped[item.row];
    const double value = item.value();
    if (const int64_t w = (flags & kSegmentCapped) != 0 ? w_anom : kFullWeight; w > 0) {
      ++segment_support_;
      segment_sum += w;
      if (segment_.values.empty() || segment_.values.back() != value) {
        segment_.values.push_back(value);
        segment_.cumulative.push_back(segment_sum);
      } else {
        segment_.cumulative.back() = segment_sum;
      }
    }
    if (const int64_t w = (flags & kHostCapped) != 0 ? w_anom : kFullWeight; w > 0) {
      Dealt& host = dealt_[group.host[item.row]];
      ++host.support;
      const bool is_first = host.end == host.begin;
      const int64_t sum = (is_first ? 0 : hosts_.cumulative[host.end - 1]) + w;
      if (is_first || hosts_.values[host.end - 1] != value) hosts_.values[host.end++] = value;
      hosts_.cumulative[host.end - 1] = sum;
    }
  }
}

stats::WeightedRun ColumnRuns::OfHost(size_t host) const {
  const Dealt& d = dealt_[host];
  return {std::span(hosts_.values).subspan(d.begin, d.end - d.begin),
          std::span(hosts_.cumulative).subspan(d.begin, d.end - d.begin)};
}

std::unique_ptr<ColumnRuns> ColumnRunsPool::Take() {
  std::lock_guard lock(mutex_);
  if (free_.empty()) return std::make_unique<ColumnRuns>();
  auto runs = std::move(free_.back());
  free_.pop_back();
  return runs;
}

void ColumnRunsPool::Return(std::unique_ptr<ColumnRuns> runs) {
  std::lock_guard lock(mutex_);
  free_.push_back(std::move(runs));
}

}  // namespace ndr::baselines
