// SPDX-License-Identifier: Apache-2.0
// What FG-C computes of one horizon over a block of rows, by column, before it becomes record batches.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "ndr/catalogue/words.h"
#include "ndr/correlation/transforms.h"
#include "ndr/reference/reference.h"

namespace ndr::correlation {

/// Features of a row's `top_features`: the largest |z| first.
inline constexpr size_t kTopFeatures = 5;
struct TopFeature {
  int16_t slot = -1;  ///< index into Catalogue::baselined(); -1: no more features
  catalogue::Level level = catalogue::Level::kNone;
  double value = 0, median = 0, scale = 0, z = 0;
};
using TopFeatures = std::array<TopFeature, kTopFeatures>;

/// Where the rarities of a row's pairs came from.
enum class RaritySource : uint8_t { kHost, kSegment, kNone };
inline constexpr std::array<std::string_view, 3> kRaritySourceNames = {"HOST", "SEGMENT", "NONE"};

/// Rows of the FG-B tables that may serve a row of FG-A.
struct BaselineRows {
  int8_t band = -1;  ///< baseline_time_band; -1: none
  bool is_cold = true;
  reference::BaselineRow host, segment, global;
};

/// A column by metric and row; rows of one metric lie together. Null is NaN.
template <class T>
class Matrix {
 public:
  Matrix() = default;
  Matrix(size_t metrics, size_t rows, T fill) : rows_(rows), values_(metrics * rows, fill) {}
  /// The rows [from, from + count) of a metric.
  std::span<T> Span(size_t metric, size_t from, size_t count) { return {Of(metric) + from, count}; }
  std::span<const T> Span(size_t metric, size_t from, size_t count) const {
    return {Of(metric) + from, count};
  }
  T* Of(size_t metric) { return values_.data() + metric * rows_; }
  const T* Of(size_t metric) const { return values_.data() + metric * rows_; }
  T& At(size_t metric, size_t row) { return values_[metric * rows_ + row]; }
  const T& At(size_t metric, size_t row) const { return values_[metric * rows_ + row]; }

 private:
  size_t rows_ = 0;
  std::vector<T> values_;
};

/// One horizon over a block of rows, the first of which is row `first` of Rows. Metrics of the matrices are
/// slots: indices into Catalogue::baselined().
struct Frame {
  size_t first = 0, rows = 0;
  std::vector<BaselineRows> baseline;
  Matrix<uint8_t> level;         ///< catalogue::Level of the chosen baseline
  Matrix<uint8_t> scale_source;  ///< stats::ScaleSource
  Matrix<double> median, scale, iqr, p95, z;
  std::vector<int8_t> cold_start_any;
  std::vector<int64_t> min_support;  ///< -1: no baseline at all

  Matrix<double> transforms;                                 ///< by slot x Catalogue::transforms()
  Matrix<double> window_disagreement, drift_ratio, drift_z;  ///< by catalogue::kComparedMetrics

  std::vector<double> pair_rarity_max, pair_rarity_mean;
  std::vector<int64_t> new_pairs, rare_pairs, pairs_left_out;  ///< the first two -1: null
  std::vector<RaritySource> rarity_source;

  std::vector<int8_t> band_violation;  ///< -1: null
  Matrix<double> scores;               ///< by score
  std::vector<double> rank_score, peer_rank_score;
  std::vector<TopFeatures> top, peer_top;
};

}  // namespace ndr::correlation
