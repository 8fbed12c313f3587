// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/statistic_columns.h"

#include <string>
#include <utility>

namespace ndr::baselines {

StatisticColumns::StatisticColumns(const Plan& plan, size_t rows) : metrics_(plan.baselined()) {
  for (Metric& metric : metrics_) {
    for (auto& values : metric.values) values.resize(rows);
    metric.valid.resize(rows);
    metric.support.resize(rows);
    metric.cold.resize(rows, 1);
  }
}

void StatisticColumns::Set(size_t metric, size_t row, const stats::Summary& s, int64_t support,
                           bool is_cold) {
  Metric& m = metrics_[metric];
  const double values[] = {s.median, s.p25, s.p75, s.p95, s.p99, s.mad, s.iqr};
  for (size_t i = 0; i < m.values.size(); ++i) m.values[i][row] = values[i];
  m.valid[row] = 1;
  m.support[row] = support;
  m.cold[row] = is_cold;
}

void StatisticColumns::Put(const Plan& plan, catalogue::BatchBuilder* batch) && {
  for (size_t i = 0; i < metrics_.size(); ++i) {
    Metric& metric = metrics_[i];
    const std::string prefix = plan.columns()[i].metric->column + "_";
    const auto name = [&](size_t statistic) {
      return prefix + std::string(catalogue::kStatisticNames[statistic]);
    };
    for (size_t s = 0; s < metric.values.size(); ++s)
      batch->Put(name(s), std::move(metric.values[s]), metric.valid);
    batch->Put(name(metric.values.size()), std::move(metric.support));
    batch->Put(name(metric.values.size() + 1), std::move(metric.cold));
  }
}

}  // namespace ndr::baselines
