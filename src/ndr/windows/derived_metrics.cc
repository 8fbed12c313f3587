// SPDX-License-Identifier: Apache-2.0
#include "ndr/windows/derived_metrics.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ndr::windows {
namespace {

using catalogue::FindMetric;
using catalogue::kMetrics;
using catalogue::MeasureKind;
using catalogue::MetricAt;

// A derived metric with its operands as indices.
struct Derived {
  size_t metric, of, by;
  MeasureKind kind;
  bool logarithm;
};
constexpr auto kDerived = [] {
  std::array<Derived, std::count_if(std::begin(kMetrics), std::end(kMetrics),
                                    [](const auto& m) { return m.is_derived(); })>
      all{};
  size_t n = 0;
  for (size_t i = 0; i < catalogue::kMetricCount; ++i)
    if (const auto& m = kMetrics[i]; m.is_derived())
      all[n++] = {i, FindMetric(m.measure.of), FindMetric(m.measure.by), m.measure.kind,
                  m.unit == catalogue::Unit::kLogRatio};
  return all;
}();

}  // namespace

void WriteDerived(size_t row, FeatureColumns* columns) {
  const bool any_session = columns->Number(MetricAt("sessions_cnt"), row) > 0;
  for (const Derived& d : kDerived) {
    const double of = columns->Number(d.of, row);
    if (d.kind == MeasureKind::kFlag) {
      columns->SetFlag(d.metric, row, of > 0);
      continue;
    }
    const double by = columns->Number(d.by, row);
    if (d.kind == MeasureKind::kRatio && by > 0)
      columns->SetReal(d.metric, row, of / by);
    else if (d.kind == MeasureKind::kAsymmetry && any_session)
      columns->SetReal(d.metric, row, d.logarithm ? std::log((of + 1) / (by + 1)) : of / (by + 1));
  }
}

}  // namespace ndr::windows
