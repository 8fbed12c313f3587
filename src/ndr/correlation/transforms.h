// SPDX-License-Identifier: Apache-2.0
// How far a value lies from its baseline (specification 3, Per metric M): functions on spans of rows.
#pragma once

#include <algorithm>
#include <limits>
#include <span>

#include "ndr/catalogue/words.h"

namespace ndr::correlation {

/// Inside this module a null number is a NaN: no value of a log, and no statistic of one, ever is.
inline constexpr double kNull = std::numeric_limits<double>::quiet_NaN();
inline bool IsNull(double value) { return value != value; }

/// One metric over some rows, with the statistics of the baseline chosen for each row. A row whose x or
/// median is null gives null.
struct Compared {
  std::span<const double> x, median, scale, iqr, p95;
  double resolution = 1;
  double z_max = 6;
  /// The metric may be negative: ratio, log_ratio and excess_ratio_p95 are null.
  bool is_signed = false;
};

/// Writes the transform of each row to `out`, as long as the spans. O(rows).
void Apply(catalogue::Transform transform, const Compared& metric, std::span<double> out);

/// z within [-z_max, z_max]; null stays null.
inline double Clipped(double z, double z_max) { return IsNull(z) ? z : std::clamp(z, -z_max, z_max); }

}  // namespace ndr::correlation
