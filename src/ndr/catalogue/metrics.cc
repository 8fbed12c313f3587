// SPDX-License-Identifier: Apache-2.0
// What holds of the table of metrics, checked when this compiles.
#include "ndr/catalogue/metrics.h"

namespace ndr::catalogue {
namespace {

constexpr bool IsMetric(std::string_view name) { return FindMetric(name) != kMetricCount; }
// A metric of numbers in every row: what others of the row can be made of.
constexpr bool IsOperand(std::string_view name) {
  if (!IsMetric(name)) return false;
  const Metric& m = kMetrics[FindMetric(name)];
  return !m.is_derived() && !m.is_witness() && m.nulls == NullRule::kNever;
}
template <size_t n>
constexpr bool IsOneOf(std::string_view word, const std::string_view (&words)[n]) {
  for (const std::string_view w : words)
    if (w == word) return true;
  return false;
}
constexpr bool IsPortFilter(std::string_view word) {
  for (const DefaultPortSet& set : kPortSets)
    if (FilterOf(set) == word) return true;
  return false;
}
constexpr bool IsFilter(std::string_view word) {
  return IsOneOf(word, kRecordFilters) || IsPortFilter(word) || word == kSegmentFilter;
}

constexpr bool OperandsFit(const Metric& m) {
  const auto& [kind, of, by] = m.measure;
  switch (kind) {
    case MeasureKind::kCount:
      return IsFilter(of) && by.empty();
    case MeasureKind::kSum:
      return (IsOneOf(of, kByteColumns) || of == kDurationColumn) && by.empty();
    case MeasureKind::kMaxPerMinute:
      return of == "sessions" && by.empty();
    case MeasureKind::kDistinct:
      return IsOneOf(of, kKeys) && (by.empty() || IsPortFilter(by) || by == kSegmentFilter);
    case MeasureKind::kEntropy:
      return IsOneOf(of, kKeys) && by.empty();
    case MeasureKind::kTopShare:
      return IsOneOf(of, kKeys) && IsOneOf(by, kWeights);
    case MeasureKind::kFailedSpread:
      return IsOneOf(of, kKeys) && IsOneOf(by, kKeys) && of != by;
    case MeasureKind::kBeacon:
      return IsOneOf(of, kBeaconStatistics) && by.empty();
    case MeasureKind::kRatio:
      // No other null rule says what a ratio over 0 is.
      return IsOperand(of) && by == "sessions_cnt" && m.nulls == NullRule::kNoSessions;
    case MeasureKind::kAsymmetry:
      return IsOperand(of) && IsOperand(by) && m.nulls == NullRule::kNoSessions;
    case MeasureKind::kFlag:
      return IsOperand(of) && by.empty() && m.unit == Unit::kFlag;
    case MeasureKind::kNovelty:
      return IsOneOf(of, kKeys) && IsOneOf(by, kNovelties);
    case MeasureKind::kCoverage:
      return of.empty() && by.empty();
    case MeasureKind::kWitness:
      return IsMetric(of) && by.empty() && m.nulls == NullRule::kNoMaximum;
  }
  return false;
}

constexpr bool AllFit() {
  for (const Metric& m : kMetrics)
    if (!OperandsFit(m)) return false;
  return true;
}
constexpr bool NamesAreUnique() {
  for (size_t i = 0; i < kMetricCount; ++i)
    if (FindMetric(kMetrics[i].name) != i) return false;
  return true;
}
constexpr bool DeltaIsComplete() {
  for (const std::string_view name : kDeltaCounts)
    if (name.empty()) return false;
  return true;
}
constexpr bool PortSetsCountInTheirMetrics() {
  for (const DefaultPortSet& set : kPortSets)
    if (CountOf(FilterOf(set)) != set.metric) return false;
  return true;
}

static_assert(NamesAreUnique(), "two metrics have one name");
static_assert(AllFit(), "a measure names what there is not, or another null rule than its kind has");
static_assert(DeltaIsComplete(), "a filter or a column of bytes has no metric");
static_assert(PortSetsCountInTheirMetrics(), "the metric of a port set counts another filter");
static_assert(kMetrics[kDefaultBaselined - 1].name == "new_admin_reach" &&
                  kMetrics[kDefaultRanked - 1].name == "max_sessions_per_minute",
              "catalogue order is that of specification 3");

}  // namespace
}  // namespace ndr::catalogue
