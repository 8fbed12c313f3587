// SPDX-License-Identifier: Apache-2.0
// The other axes of the feature names: roles, windows, statistics, transforms, levels, kinds (specifications
// 1 to 3).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ndr::catalogue {

enum class Role : uint8_t { kOutbound, kInbound };
inline constexpr int kRoles = 2;
inline constexpr std::array<std::string_view, kRoles> kRoleNames = {"outbound", "inbound"};

struct DefaultWindow {
  std::string_view label;
  int slices;
};
inline constexpr DefaultWindow kDefaultWindows[] = {
    {"w_15m", 1}, {"w_30m", 2}, {"w_1h", 4}, {"w_8h", 32}, {"w_24h", 96}};
inline constexpr int kMaxWindowSlices = 7 * 96;
/// Beacons are scored in windows of at least 8 h.
inline constexpr int kBeaconWindowSlices = 32;

/// Columns `<metric>_<statistic>` of the FG-B tables.
enum class Statistic : uint8_t { kMedian, kP25, kP75, kP95, kP99, kMad, kIqr, kSupportCount, kColdStartFlag };
inline constexpr std::array<std::string_view, 9> kStatisticNames = {
    "median", "p25", "p75", "p95", "p99", "mad", "iqr", "support_count", "cold_start_flag"};

/// Columns `<metric>_<transform>` of FG-C.
enum class Transform : uint8_t {
  kDiff,
  kRatio,
  kLogRatio,
  kZMad,
  kAbsDevOverMad,
  kZMadClipped,
  kZMadSignedPow3,
  kExcessOverP95,
  kExcessRatioP95,
  kIqrDev
};
struct TransformWord {
  std::string_view name;
  bool by_default;
  bool signed_null;  ///< null for a metric that may be negative (bytes_asymmetry_log)
  std::string_view formula;
};
inline constexpr std::array<TransformWord, 10> kTransforms = {{
    {"diff", false, false, "x - median"},
    {"ratio", true, true, "(x + r)/(median + r)"},
    {"log_ratio", true, true, "ln((x + r)/(median + r))"},
    {"z_mad", true, false, "diff / scale"},
    {"abs_dev_over_mad", true, false, "|diff| / scale"},
    {"z_mad_clipped", true, false, "z_mad within [-z_max, z_max]"},
    {"z_mad_signed_pow3", false, false, "sign(z) |z_mad_clipped|^3"},
    {"excess_over_p95", true, false, "max(0, x - p95)"},
    {"excess_ratio_p95", false, true, "(x + r)/(p95 + r)"},
    {"iqr_dev", false, false, "diff / max(IQR, r)"},
}};

/// Where a baseline came from.
enum class Level : uint8_t { kHost, kSegment, kGlobal, kNone };
inline constexpr std::array<std::string_view, 4> kLevelNames = {"HOST", "SEGMENT", "GLOBAL", "NONE"};

/// Kinds of findings, in order of name: ties between kinds go to the first.
enum class Kind : uint8_t {
  kBeaconing,
  kDenials,
  kExfiltration,
  kLateralMovement,
  kNewBehaviour,
  kScanning,
  kVolume
};
inline constexpr int kKinds = 7;
inline constexpr std::array<std::string_view, kKinds> kKindNames = {
    "beaconing", "denials", "exfiltration", "lateral_movement", "new_behaviour", "scanning", "volume"};

/// Metrics of the columns that compare windows and horizons (specification 3).
inline constexpr std::array<std::string_view, 6> kComparedMetrics = {
    "sessions_cnt", "bytes_src_sum",   "bytes_dst_sum",
    "deny_ratio",   "peer_ip_entropy", "max_sessions_per_minute"};

/// The scores of FG-C and their default terms; `rare:m` is the clipped z of m times pair_rarity_max, `-m` its
/// negative.
struct ScoreWord {
  std::string_view name;
  bool is_max;  ///< largest term; else their sum
  std::array<std::string_view, 4> terms;
};
inline constexpr std::array<ScoreWord, 4> kScores = {{
    {"anomaly_strength_core", true, {"sessions_cnt", "bytes_src_sum", "bytes_dst_sum", "rare:sessions_cnt"}},
    {"beacon_suspicion_score", false, {"duration_mean", "-peer_ip_entropy", "rare:sessions_cnt", ""}},
    {"exfiltration_suspicion_score",
     false,
     {"bytes_src_sum", "high_risk_port_sessions_cnt", "rare:bytes_src_sum", ""}},
    {"lateral_movement_score", true, {"peer_ip_nunique", "peer_port_nunique", "admin_port_sessions_cnt", ""}},
}};

/// Key metrics that decide whether a slice is capped (specification 3, Anomaly capping).
inline constexpr std::array<std::string_view, 7> kDefaultKeyMetrics = {
    "sessions_cnt",           "bytes_src_sum",
    "bytes_dst_sum",          "deny_ratio",
    "peer_ip_entropy",        "high_risk_port_sessions_cnt",
    "max_sessions_per_minute"};

/// The port sets and what they hold unless the project says otherwise (specification 2). Order is that of the
/// delta columns.
struct DefaultPortSet {
  std::string_view name;
  std::string_view metric;
  std::array<uint16_t, 9> ports;  ///< 0 ends the list
};
inline constexpr std::array<DefaultPortSet, 5> kPortSets = {{
    {"HIGH_RISK_PORTS", "high_risk_port_sessions_cnt", {23, 135, 139, 445, 1433, 3389, 4444, 5900, 6667}},
    {"ADMIN_PORTS", "admin_port_sessions_cnt", {22, 23, 3389, 5900, 5985, 5986}},
    {"FILESHARE_PORTS", "fileshare_port_sessions_cnt", {139, 445, 2049}},
    {"DIRECTORY_PORTS", "directory_port_sessions_cnt", {88, 389, 464, 636, 3268, 3269}},
    {"DB_PORTS", "db_port_sessions_cnt", {1433, 1521, 3306, 5432, 6379, 9200, 27017}},
}};

/// Place of a set in kPortSets and among a project's sets, which begin with these. In constant expressions an
/// unknown name does not compile.
consteval size_t PortSetAt(std::string_view name) {
  for (size_t i = 0; i < kPortSets.size(); ++i)
    if (kPortSets[i].name == name) return i;
  throw "no port set of that name";
}

}  // namespace ndr::catalogue
