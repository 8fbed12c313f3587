// SPDX-License-Identifier: Apache-2.0
// The statistic columns of a table of FG-B on their way into a record batch.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "ndr/baselines/plan.h"
#include "ndr/catalogue/batch.h"
#include "ndr/stats/weighted_run.h"

namespace ndr::baselines {

/// A cell that is not set is null, of support 0 and cold. Threads may set different cells at once.
class StatisticColumns {
 public:
  StatisticColumns(const Plan& plan, size_t rows);

  /// `metric` counts the baselined ones.
  void Set(size_t metric, size_t row, const stats::Summary& summary, int64_t support, bool is_cold);
  bool IsCold(size_t metric, size_t row) const { return metrics_[metric].cold[row] != 0; }
  /// Moves all columns into the batch.
  void Put(const Plan& plan, catalogue::BatchBuilder* batch) &&;

 private:
  struct Metric {
    std::array<std::vector<double>, 7> values;  // median, p25, p75, p95, p99, mad, iqr
    std::vector<uint8_t> valid;
    std::vector<int64_t> support;
    std::vector<int8_t> cold;
  };
  std::vector<Metric> metrics_;
};

}  // namespace ndr::baselines
