// SPDX-License-Identifier: Apache-2.0
// The metrics: one line each, in catalogue order (specification 3: the 38 that are baselined by default, then
// the rest of document 2). Schemas, validation, baselines and documentation derive from this table, and in
// windows the metrics that follow from others of their row. metrics.cc checks it.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "ndr/catalogue/measure.h"
#include "ndr/catalogue/operands.h"

namespace ndr::catalogue {

struct Metric {
  std::string_view name;
  Measure measure;
  Unit unit;
  NullRule nulls;
  std::string_view meaning;

  constexpr bool is_novelty() const { return measure.kind == MeasureKind::kNovelty; }
  constexpr bool is_witness() const { return measure.kind == MeasureKind::kWitness; }
  /// It follows from other metrics of the same row.
  constexpr bool is_derived() const {
    return measure.kind == MeasureKind::kRatio || measure.kind == MeasureKind::kAsymmetry ||
           measure.kind == MeasureKind::kFlag;
  }
};

// One line each, so that the table reads as one.
// clang-format off
inline constexpr Metric kMetrics[] = {
    {"sessions_cnt", {MeasureKind::kCount, "sessions"}, Unit::kCount, NullRule::kNever, "sessions"},
    {"allow_cnt", {MeasureKind::kCount, "allow"}, Unit::kCount, NullRule::kNever, "sessions with action allow"},
    {"deny_cnt", {MeasureKind::kCount, "deny"}, Unit::kCount, NullRule::kNever, "sessions denied, dropped or reset by policy (sessions.deny_actions)"},
    {"alert_cnt", {MeasureKind::kCount, "alert"}, Unit::kCount, NullRule::kNever, "sessions and THREAT rows with action alert"},
    {"bytes_src_sum", {MeasureKind::kSum, "source_bytes"}, Unit::kBytes, NullRule::kNever, "bytes sent by the source of the session, in both roles"},
    {"bytes_dst_sum", {MeasureKind::kSum, "destination_bytes"}, Unit::kBytes, NullRule::kNever, "bytes sent by the destination of the session, in both roles"},
    {"duration_mean", {MeasureKind::kRatio, "duration_sum", "sessions_cnt"}, Unit::kSeconds, NullRule::kNoSessions, "mean duration of a session"},
    {"deny_ratio", {MeasureKind::kRatio, "deny_cnt", "sessions_cnt"}, Unit::kRatio, NullRule::kNoSessions, "share of sessions denied"},
    {"bytes_asymmetry_log", {MeasureKind::kAsymmetry, "bytes_src_sum", "bytes_dst_sum"}, Unit::kLogRatio, NullRule::kNoSessions, "ln((bytes_src_sum + 1)/(bytes_dst_sum + 1))"},
    {"tcp_ratio", {MeasureKind::kRatio, "tcp_cnt", "sessions_cnt"}, Unit::kRatio, NullRule::kNoSessions, "share of sessions over TCP"},
    {"udp_ratio", {MeasureKind::kRatio, "udp_cnt", "sessions_cnt"}, Unit::kRatio, NullRule::kNoSessions, "share of sessions over UDP"},
    {"icmp_ratio", {MeasureKind::kRatio, "icmp_cnt", "sessions_cnt"}, Unit::kRatio, NullRule::kNoSessions, "share of sessions over ICMP"},
    {"rst_cnt", {MeasureKind::kCount, "rst"}, Unit::kCount, NullRule::kNever, "sessions whose end reason starts with tcp-rst"},
    {"aged_out_cnt", {MeasureKind::kCount, "aged_out"}, Unit::kCount, NullRule::kNever, "sessions whose end reason is aged-out"},
    {"zero_reply_cnt", {MeasureKind::kCount, "zero_reply"}, Unit::kCount, NullRule::kNever, "sessions whose destination sent nothing"},
    {"short_session_cnt", {MeasureKind::kCount, "short_session"}, Unit::kCount, NullRule::kNever, "sessions of at most one second"},
    {"high_risk_port_sessions_cnt", {MeasureKind::kCount, "high_risk_port"}, Unit::kCount, NullRule::kNever, "sessions with a service port of HIGH_RISK_PORTS"},
    {"admin_port_sessions_cnt", {MeasureKind::kCount, "admin_port"}, Unit::kCount, NullRule::kNever, "sessions with a service port of ADMIN_PORTS"},
    {"fileshare_port_sessions_cnt", {MeasureKind::kCount, "fileshare_port"}, Unit::kCount, NullRule::kNever, "sessions with a service port of FILESHARE_PORTS"},
    {"directory_port_sessions_cnt", {MeasureKind::kCount, "directory_port"}, Unit::kCount, NullRule::kNever, "sessions with a service port of DIRECTORY_PORTS"},
    {"db_port_sessions_cnt", {MeasureKind::kCount, "db_port"}, Unit::kCount, NullRule::kNever, "sessions with a service port of DB_PORTS"},
    {"threat_cnt", {MeasureKind::kCount, "threat"}, Unit::kCount, NullRule::kNever, "THREAT rows"},
    {"traffic_cnt", {MeasureKind::kCount, "traffic"}, Unit::kCount, NullRule::kNever, "TRAFFIC rows, start rows included"},
    {"peer_ip_nunique", {MeasureKind::kDistinct, "peer"}, Unit::kCount, NullRule::kNever, "distinct peers"},
    {"peer_port_nunique", {MeasureKind::kDistinct, "port"}, Unit::kCount, NullRule::kNever, "distinct service ports"},
    {"peer_ip_entropy", {MeasureKind::kEntropy, "peer"}, Unit::kNats, NullRule::kNoSessions, "entropy of the sessions over peers"},
    {"peer_port_entropy", {MeasureKind::kEntropy, "port"}, Unit::kNats, NullRule::kNoPortSessions, "entropy of the sessions with a service port over ports"},
    {"peer_ip_top1_sessions_share", {MeasureKind::kTopShare, "peer", "sessions"}, Unit::kShare, NullRule::kNoSessions, "largest share of sessions with one peer"},
    {"peer_port_top1_sessions_share", {MeasureKind::kTopShare, "port", "sessions"}, Unit::kShare, NullRule::kNoPortSessions, "largest share of sessions on one service port"},
    {"peer_ip_top1_bytes_share", {MeasureKind::kTopShare, "peer", "bytes"}, Unit::kShare, NullRule::kNoSessions, "largest share of bytes with one peer; 0 without bytes"},
    {"peer_port_top1_bytes_share", {MeasureKind::kTopShare, "port", "bytes"}, Unit::kShare, NullRule::kNoPortSessions, "largest share of bytes on one service port; 0 without bytes"},
    {"max_sessions_per_minute", {MeasureKind::kMaxPerMinute, "sessions"}, Unit::kCount, NullRule::kNever, "most sessions that started in one clock minute"},
    {"failed_peers_per_port_max", {MeasureKind::kFailedSpread, "port", "peer"}, Unit::kCount, NullRule::kNever, "over service ports, the most peers with whom every session failed"},
    {"failed_ports_per_peer_max", {MeasureKind::kFailedSpread, "peer", "port"}, Unit::kCount, NullRule::kNever, "over peers, the most service ports on which every session failed"},
    {"new_peer_bytes_sent_max", {MeasureKind::kNovelty, "peer", "bytes_sent"}, Unit::kBytes, NullRule::kNoLookback, "most bytes that the host sent to one new peer outside host_networks which answered with less than a quarter"},
    {"reached_new_peer_cnt", {MeasureKind::kNovelty, "peer", "reached"}, Unit::kCount, NullRule::kNoLookback, "new peers that replied"},
    {"reached_new_port_cnt", {MeasureKind::kNovelty, "port", "reached"}, Unit::kCount, NullRule::kNoLookback, "new service ports that replied"},
    {"new_admin_reach", {MeasureKind::kNovelty, "pair", "admin_reach"}, Unit::kCount, NullRule::kNoLookback, "internal peers newly reached on service ports of administration, files, directory or databases; those that no other host visits count three times; less the failed ones"},
    {"vulnerability_cnt", {MeasureKind::kCount, "vulnerability"}, Unit::kCount, NullRule::kNever, "THREAT rows of category or subtype vulnerability"},
    {"tcp_cnt", {MeasureKind::kCount, "tcp"}, Unit::kCount, NullRule::kNever, "sessions over TCP"},
    {"udp_cnt", {MeasureKind::kCount, "udp"}, Unit::kCount, NullRule::kNever, "sessions over UDP"},
    {"icmp_cnt", {MeasureKind::kCount, "icmp"}, Unit::kCount, NullRule::kNever, "sessions over ICMP"},
    {"duration_sum", {MeasureKind::kSum, "duration"}, Unit::kSeconds, NullRule::kNever, "total duration of the sessions"},
    {"peer_segment_nunique", {MeasureKind::kDistinct, "segment"}, Unit::kCount, NullRule::kNever, "distinct segments of peers"},
    {"high_risk_port_nunique", {MeasureKind::kDistinct, "port", "high_risk_port"}, Unit::kCount, NullRule::kNever, "distinct service ports of HIGH_RISK_PORTS"},
    {"high_risk_port_unique_peers", {MeasureKind::kDistinct, "peer", "high_risk_port"}, Unit::kCount, NullRule::kNever, "distinct peers on HIGH_RISK_PORTS"},
    {"admin_port_unique_peers", {MeasureKind::kDistinct, "peer", "admin_port"}, Unit::kCount, NullRule::kNever, "distinct peers on ADMIN_PORTS"},
    {"high_risk_segment_sessions_cnt", {MeasureKind::kCount, "high_risk_segment"}, Unit::kCount, NullRule::kNever, "sessions with peers in high-risk segments"},
    {"high_risk_segment_unique_peers", {MeasureKind::kDistinct, "peer", "high_risk_segment"}, Unit::kCount, NullRule::kNever, "distinct peers in high-risk segments"},
    {"failed_peers_per_port_at", {MeasureKind::kWitness, "failed_peers_per_port_max"}, Unit::kPort, NullRule::kNoMaximum, "the service port of failed_peers_per_port_max"},
    {"failed_ports_per_peer_at", {MeasureKind::kWitness, "failed_ports_per_peer_max"}, Unit::kAddress, NullRule::kNoMaximum, "the peer of failed_ports_per_peer_max"},
    {"beacon_score_max", {MeasureKind::kBeacon, "max"}, Unit::kScore, NullRule::kShortWindow, "largest beacon score of a pair"},
    {"beacon_pair_cnt", {MeasureKind::kBeacon, "count"}, Unit::kCount, NullRule::kShortWindow, "pairs with a beacon score of at least 0.8"},
    {"bytes_asymmetry_ratio", {MeasureKind::kAsymmetry, "bytes_src_sum", "bytes_dst_sum"}, Unit::kRatio, NullRule::kNoSessions, "bytes_src_sum / (bytes_dst_sum + 1)"},
    {"has_high_risk_port_activity", {MeasureKind::kFlag, "high_risk_port_sessions_cnt"}, Unit::kFlag, NullRule::kNever, "any session on HIGH_RISK_PORTS"},
    {"has_high_risk_segment_interaction", {MeasureKind::kFlag, "high_risk_segment_sessions_cnt"}, Unit::kFlag, NullRule::kNever, "any session with a high-risk segment"},
    {"new_peer_cnt", {MeasureKind::kNovelty, "peer", "new"}, Unit::kCount, NullRule::kNoLookback, "peers that the look-back lacks"},
    {"new_dst_port_cnt", {MeasureKind::kNovelty, "port", "new"}, Unit::kCount, NullRule::kNoLookback, "service ports that the look-back lacks"},
    {"new_pair_cnt", {MeasureKind::kNovelty, "pair", "new"}, Unit::kCount, NullRule::kNoLookback, "(peer, service port) that the look-back lacks"},
    {"new_segment_cnt", {MeasureKind::kNovelty, "segment", "new"}, Unit::kCount, NullRule::kNoLookback, "peer segments that the look-back lacks"},
    {"new_peer_ratio", {MeasureKind::kNovelty, "peer", "new_ratio"}, Unit::kRatio, NullRule::kNoLookbackOrKey, "new_peer_cnt / peer_ip_nunique"},
    {"rare_peer_cnt", {MeasureKind::kNovelty, "peer", "rare"}, Unit::kCount, NullRule::kNoLookback, "peers seen in the look-back in fewer than lookback.rare_below_sessions sessions"},
    {"rare_dst_port_cnt", {MeasureKind::kNovelty, "port", "rare"}, Unit::kCount, NullRule::kNoLookback, "service ports seen in the look-back in fewer than lookback.rare_below_sessions sessions"},
    {"rare_pair_cnt", {MeasureKind::kNovelty, "pair", "rare"}, Unit::kCount, NullRule::kNoLookback, "(peer, service port) seen in the look-back in fewer than lookback.rare_below_sessions sessions"},
    {"pair_rarity_score_mean", {MeasureKind::kNovelty, "peer", "rarity_mean"}, Unit::kScore, NullRule::kNoLookback, "mean over peers of -ln((n + 1)/(N + V + 1)); 0 over no peer"},
    {"pair_rarity_score_max", {MeasureKind::kNovelty, "peer", "rarity_max"}, Unit::kScore, NullRule::kNoLookback, "largest over peers of -ln((n + 1)/(N + V + 1)); 0 over no peer"},
    {"dst_port_rarity_score_mean", {MeasureKind::kNovelty, "port", "rarity_mean"}, Unit::kScore, NullRule::kNoLookback, "mean over service ports of -ln((n + 1)/(N + V + 1)); 0 over no port"},
    {"dst_port_rarity_score_max", {MeasureKind::kNovelty, "port", "rarity_max"}, Unit::kScore, NullRule::kNoLookback, "largest over service ports of -ln((n + 1)/(N + V + 1)); 0 over no port"},
    {"new_peer_bytes_sent_at", {MeasureKind::kWitness, "new_peer_bytes_sent_max"}, Unit::kAddress, NullRule::kNoMaximum, "the peer of new_peer_bytes_sent_max"},
    {"lookback_days_covered", {MeasureKind::kCoverage, ""}, Unit::kDays, NullRule::kNever, "whole days from the first slice of the dataset to the window start, at most the look-back"},
};
// clang-format on

inline constexpr size_t kMetricCount = std::size(kMetrics);
/// The first metrics of the table are baselined unless a project names others; of them the first are ranked.
inline constexpr size_t kDefaultBaselined = 38;
inline constexpr size_t kDefaultRanked = 32;

/// Index of a metric in kMetrics; kMetricCount when there is none. In constant expressions an unknown name
/// does not compile.
constexpr size_t FindMetric(std::string_view name) {
  for (size_t i = 0; i < kMetricCount; ++i)
    if (kMetrics[i].name == name) return i;
  return kMetricCount;
}
consteval size_t MetricAt(std::string_view name) {
  const size_t i = FindMetric(name);
  if (i == kMetricCount) throw "no metric of that name";
  return i;
}

/// The metric that a measure with this operand alone makes; empty where there is none.
constexpr std::string_view NameOf(MeasureKind kind, std::string_view of) {
  for (const Metric& m : kMetrics)
    if (m.measure.kind == kind && m.measure.of == of && m.measure.by.empty()) return m.name;
  return "";
}
constexpr std::string_view CountOf(std::string_view filter) { return NameOf(MeasureKind::kCount, filter); }

/// The additive int64 columns of delta/host, in the order of specification 2: counts by what a record says,
/// by its port, sums of bytes. A port set of the user's own adds one more.
inline constexpr auto kDeltaCounts = [] {
  std::array<std::string_view, std::size(kRecordFilters) + kPortSets.size() + std::size(kByteColumns)> names;
  size_t n = 0;
  for (const std::string_view filter : kRecordFilters) names[n++] = CountOf(filter);
  for (const DefaultPortSet& set : kPortSets) names[n++] = CountOf(FilterOf(set));
  for (const std::string_view column : kByteColumns) names[n++] = NameOf(MeasureKind::kSum, column);
  return names;
}();

}  // namespace ndr::catalogue
