// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/transforms.h"

#include <cmath>

#include "ndr/stats/scale.h"

namespace ndr::correlation {
namespace {

// NaN operands carry nulls through the arithmetic; where std::max or a comparison would lose one, the formula
// says so.
template <class Formula>
void ForEachRow(std::span<double> out, Formula formula) {
  for (size_t i = 0; i < out.size(); ++i) out[i] = formula(i);
}

double Z(const Compared& m, size_t i) { return stats::RobustZ(m.x[i], m.median[i], m.scale[i]); }

double Cubed(double z) { return z * z * z; }

double Excess(double x, double p95) { return IsNull(x) || IsNull(p95) ? kNull : std::max(0.0, x - p95); }

void ApplyRatio(catalogue::Transform transform, const Compared& m, std::span<double> out) {
  const double r = m.resolution;
  if (m.is_signed) return std::fill(out.begin(), out.end(), kNull);
  switch (transform) {
    case catalogue::Transform::kRatio:
      return ForEachRow(out, [&](size_t i) { return (m.x[i] + r) / (m.median[i] + r); });
    case catalogue::Transform::kLogRatio:
      return ForEachRow(out, [&](size_t i) { return std::log((m.x[i] + r) / (m.median[i] + r)); });
    default:
      return ForEachRow(out, [&](size_t i) { return (m.x[i] + r) / (m.p95[i] + r); });
  }
}

}  // namespace

void Apply(catalogue::Transform transform, const Compared& m, std::span<double> out) {
  switch (transform) {
    case catalogue::Transform::kDiff:
      return ForEachRow(out, [&](size_t i) { return m.x[i] - m.median[i]; });
    case catalogue::Transform::kRatio:
    case catalogue::Transform::kLogRatio:
    case catalogue::Transform::kExcessRatioP95:
      return ApplyRatio(transform, m, out);
    case catalogue::Transform::kZMad:
      return ForEachRow(out, [&](size_t i) { return Z(m, i); });
    case catalogue::Transform::kAbsDevOverMad:
      return ForEachRow(out, [&](size_t i) { return std::abs(Z(m, i)); });
    case catalogue::Transform::kZMadClipped:
      return ForEachRow(out, [&](size_t i) { return Clipped(Z(m, i), m.z_max); });
    case catalogue::Transform::kZMadSignedPow3:
      return ForEachRow(out, [&](size_t i) { return Cubed(Clipped(Z(m, i), m.z_max)); });
    case catalogue::Transform::kExcessOverP95:
      return ForEachRow(out, [&](size_t i) { return Excess(m.x[i], m.p95[i]); });
    case catalogue::Transform::kIqrDev:
      return ForEachRow(out,
                        [&](size_t i) { return (m.x[i] - m.median[i]) / std::max(m.iqr[i], m.resolution); });
  }
}

}  // namespace ndr::correlation
