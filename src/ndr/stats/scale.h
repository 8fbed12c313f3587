// SPDX-License-Identifier: Apache-2.0
// How far a value lies from a median, in units of what usually varies (specification 3, FG-C: scale and z).
#pragma once

#include <cstdint>

namespace ndr::stats {

/// Which of the three the scale is.
enum class ScaleSource : uint8_t { kMad, kIqr, kResolution };

struct Scale {
  double value;
  ScaleSource source;
};

/// The larger of the resolution and (MAD if above 0, else IQR). The resolution is named only where it is
/// greater, or where the spread is null (NaN).
constexpr Scale ScaleOf(double mad, double iqr, double resolution) {
  const Scale spread = mad > 0 ? Scale{mad, ScaleSource::kMad} : Scale{iqr, ScaleSource::kIqr};
  return spread.value >= resolution ? spread : Scale{resolution, ScaleSource::kResolution};
}

/// (x - median) / scale; null (NaN) where one of them is.
constexpr double RobustZ(double x, double median, double scale) { return (x - median) / scale; }

}  // namespace ndr::stats
