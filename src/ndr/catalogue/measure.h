// SPDX-License-Identifier: Apache-2.0
// The words of which every metric is made: measures, units, null rules (specification 2; 6, One catalogue).
// How partials merge belongs to the measure, never to the metric.
#pragma once

#include <cstdint>
#include <string_view>

namespace ndr::catalogue {

/// What a metric measures. `of` and `by` of a Measure name the operands.
enum class MeasureKind : uint8_t {
  kCount,         ///< records that pass the filter `of`, each as often as it repeats
  kSum,           ///< sum of the column `of`
  kMaxPerMinute,  ///< largest count of the filter `of` in one clock minute
  kDistinct,      ///< distinct values of the key `of` among sessions that pass the filter `by`
  kEntropy,       ///< -sum p ln p over the session shares of the key `of`
  kTopShare,      ///< largest share of the weight `by` (sessions, bytes) that one value of the key `of` has
  kFailedSpread,  ///< over values of the key `of`: the most values of the key `by` whose pair failed
  kBeacon,        ///< over the pairs: the statistic `of` of the beacon scores
  kRatio,         ///< metric `of` / metric `by`; null over 0
  kAsymmetry,     ///< metric `of` / (metric `by` + 1), or the logarithm of both + 1
  kFlag,          ///< 1 when the metric `of` is above 0
  kNovelty,       ///< the key `of` of the window against the look-back, in the way `by`
  kCoverage,      ///< whole days of look-back
  kWitness,       ///< the value (port, peer) at which the metric `of` takes its maximum; ties: the lowest
};

constexpr std::string_view ToText(MeasureKind kind) {
  constexpr std::string_view kNames[] = {
      "count",  "sum",   "max_per_minute", "distinct", "entropy", "top_share", "failed_spread",
      "beacon", "ratio", "asymmetry",      "flag",     "novelty", "coverage",  "witness"};
  return kNames[static_cast<int>(kind)];
}

/// How partials of a measure merge (specification 2, class).
enum class MergeClass : uint8_t { kSum, kMax, kUnion, kHistogram, kRatio, kDerived, kNovelty };

/// How partials of a kind merge.
constexpr MergeClass MergeOf(MeasureKind kind) {
  switch (kind) {
    case MeasureKind::kCount:
    case MeasureKind::kSum:
      return MergeClass::kSum;
    case MeasureKind::kMaxPerMinute:
      return MergeClass::kMax;
    case MeasureKind::kDistinct:
      return MergeClass::kUnion;
    case MeasureKind::kEntropy:
    case MeasureKind::kTopShare:
    case MeasureKind::kFailedSpread:
    case MeasureKind::kBeacon:
    case MeasureKind::kWitness:
      return MergeClass::kHistogram;
    case MeasureKind::kRatio:
    case MeasureKind::kAsymmetry:
      return MergeClass::kRatio;
    case MeasureKind::kFlag:
      return MergeClass::kDerived;
    case MeasureKind::kNovelty:
    case MeasureKind::kCoverage:
      return MergeClass::kNovelty;
  }
  return MergeClass::kDerived;
}
constexpr std::string_view ToText(MergeClass c) {
  constexpr std::string_view kNames[] = {"sum", "max", "union", "histogram", "ratio", "derived", "novelty"};
  return kNames[static_cast<int>(c)];
}

enum class Unit : uint8_t {
  kCount,
  kBytes,
  kSeconds,
  kRatio,
  kShare,
  kNats,
  kLogRatio,
  kScore,
  kFlag,
  kDays,
  kPort,
  kAddress
};

/// The smallest difference that matters in this unit (specification 3, Resolution r).
constexpr double Resolution(Unit unit) {
  switch (unit) {
    case Unit::kBytes:
      return 1024;
    case Unit::kRatio:
    case Unit::kShare:
      return 0.01;
    case Unit::kNats:
    case Unit::kLogRatio:
      return 0.05;
    default:
      return 1;
  }
}
constexpr std::string_view ToText(Unit unit) {
  constexpr std::string_view kNames[] = {"count",     "bytes", "seconds", "ratio", "share", "nats",
                                         "log ratio", "score", "flag",    "days",  "port",  "address"};
  return kNames[static_cast<int>(unit)];
}

/// When a metric of an existing row is null.
enum class NullRule : uint8_t {
  kNever,
  kNoSessions,       ///< the row has no sessions (THREAT records alone)
  kNoPortSessions,   ///< no session has a service port
  kNoMaximum,        ///< the metric that it witnesses is 0 or null
  kShortWindow,      ///< the window is shorter than 8 h
  kNoLookback,       ///< fewer than lookback.min_days days of look-back
  kNoLookbackOrKey,  ///< that, or the window has no such key
};
constexpr std::string_view ToText(NullRule rule) {
  constexpr std::string_view kNames[] = {"never",
                                         "over no sessions",
                                         "over no sessions with a service port",
                                         "where the maximum is 0 or null",
                                         "in windows shorter than 8 h",
                                         "below lookback.min_days of look-back",
                                         "below lookback.min_days of look-back, or over no peer"};
  return kNames[static_cast<int>(rule)];
}

struct Measure {
  MeasureKind kind;
  std::string_view of;
  std::string_view by = "";
};

}  // namespace ndr::catalogue
