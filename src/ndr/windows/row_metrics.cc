// SPDX-License-Identifier: Apache-2.0
#include "ndr/windows/row_metrics.h"

#include <algorithm>
#include <cmath>

#include "ndr/windows/derived_metrics.h"

namespace ndr::windows {
namespace {

using catalogue::MetricAt;

// Place of a metric among the additive ones of delta/host.
consteval size_t CountAt(std::string_view name) {
  for (size_t i = 0; i < catalogue::kDeltaCounts.size(); ++i)
    if (catalogue::kDeltaCounts[i] == name) return i;
  throw "no additive metric of that name";
}

int64_t Capped(__int128 n) { return n > INT64_MAX ? INT64_MAX : static_cast<int64_t>(n); }

double Share(__int128 part, __int128 whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// A maximum of bytes saturates where 64 bits end, and so must what it is a share of.
double BytesShare(uint64_t part, __int128 whole) {
  return Share(part, whole > UINT64_MAX ? UINT64_MAX : whole);
}

// -ln((n + 1)/(N + V + 1)) of a key that was seen n times; histograms of the past hold n + 1.
double Rarity(int64_t n_and_1, int64_t sessions, int64_t distinct) {
  return -std::log(static_cast<double>(n_and_1) / static_cast<double>(sessions + distinct + 1));
}

struct RarityScore {
  double mean = 0, max = 0;
};
RarityScore ScoreRarity(const pairs::Histogram& past, int64_t keys, int64_t sessions, int64_t distinct) {
  if (past.empty()) return {};
  double sum = 0;
  for (const auto& bin : past.bins())
    sum += static_cast<double>(bin.times) * Rarity(bin.count, sessions, distinct);
  return {sum / static_cast<double>(keys), Rarity(past.bins().front().count, sessions, distinct)};
}

const pairs::HostSums kNothing;

}  // namespace

bool RowMetrics::Exists(const __int128* sums) {
  return sums[CountAt("sessions_cnt")] > 0 || sums[CountAt("threat_cnt")] > 0;
}

bool RowMetrics::HasRecord(const __int128* sums) { return Exists(sums) || sums[CountAt("traffic_cnt")] > 0; }

bool RowMetrics::IsSilent(const __int128* sums) {
  return sums[CountAt("threat_cnt")] == 0 && sums[CountAt("zero_reply_cnt")] == sums[CountAt("sessions_cnt")];
}

RowMetrics::RowMetrics(const spec::Context& context) : context_(context) {
  for (const std::string& name : context.catalogue->delta_counts())
    metric_of_count_.push_back(static_cast<size_t>(context.catalogue->FindMetricIndex(name)));
}

int64_t RowMetrics::Write(const RowInput& input, size_t row, FeatureColumns* columns) const {
  int64_t saturated = 0;
  const __int128* sums = input.sums;
  for (size_t m = 0; m < metric_of_count_.size(); ++m) {
    saturated += sums[m] > INT64_MAX;
    columns->Set(metric_of_count_[m], row, Capped(sums[m]));
  }
  const __int128 micros = sums[metric_of_count_.size()];
  saturated += micros > INT64_MAX;
  columns->SetReal(MetricAt("duration_sum"), row, static_cast<double>(Capped(micros)) / 1e6);
  columns->Set(MetricAt("max_sessions_per_minute"), row, input.busiest_minute);
  WritePairs(input, row, columns);
  columns->Set(MetricAt("lookback_days_covered"), row, input.lookback_days_covered);
  if (input.lookback_days_covered >= context_.project.lookback.min_days) WriteNovelty(input, row, columns);
  WriteDerived(row, columns);
  const bool sent_saturated =
      input.maxima.new_sent == INT64_MAX && input.lookback_days_covered >= context_.project.lookback.min_days;
  return saturated + sent_saturated;
}

void RowMetrics::WritePairs(const RowInput& input, size_t row, FeatureColumns* columns) const {
  const pairs::HostSums& p = input.pairs == nullptr ? kNothing : *input.pairs;
  const auto& maxima = input.maxima;
  columns->Set(MetricAt("peer_ip_nunique"), row, p.peers);
  columns->Set(MetricAt("peer_port_nunique"), row, p.ports);
  columns->Set(MetricAt("peer_segment_nunique"), row, p.segments);
  if (!p.peer_sessions.empty()) {
    columns->SetReal(MetricAt("peer_ip_entropy"), row, p.peer_sessions.Entropy(p.sessions));
    columns->SetReal(MetricAt("peer_ip_top1_sessions_share"), row,
                     Share(p.peer_sessions.largest(), p.sessions));
    columns->SetReal(MetricAt("peer_ip_top1_bytes_share"), row, BytesShare(maxima.peer_bytes, p.bytes));
  }
  if (!p.port_sessions_by_port.empty()) {
    columns->SetReal(MetricAt("peer_port_entropy"), row, p.port_sessions_by_port.Entropy(p.port_sessions));
    columns->SetReal(MetricAt("peer_port_top1_sessions_share"), row,
                     Share(p.port_sessions_by_port.largest(), p.port_sessions));
    columns->SetReal(MetricAt("peer_port_top1_bytes_share"), row,
                     BytesShare(maxima.port_bytes, p.port_bytes));
  }
  columns->Set(MetricAt("high_risk_port_nunique"), row, p.high_risk_ports);
  columns->Set(MetricAt("high_risk_port_unique_peers"), row, p.high_risk_port_peers);
  columns->Set(MetricAt("admin_port_unique_peers"), row, p.admin_port_peers);
  columns->Set(MetricAt("high_risk_segment_sessions_cnt"), row, p.high_risk_segment_sessions);
  columns->Set(MetricAt("high_risk_segment_unique_peers"), row, p.high_risk_segment_peers);
  columns->Set(MetricAt("failed_peers_per_port_max"), row, maxima.failed_peers);
  if (maxima.failed_peers > 0)
    columns->SetPort(MetricAt("failed_peers_per_port_at"), row, maxima.failed_peers_at);
  columns->Set(MetricAt("failed_ports_per_peer_max"), row, maxima.failed_ports);
  if (maxima.failed_ports > 0)
    columns->SetAddress(MetricAt("failed_ports_per_peer_at"), row, maxima.failed_ports_at);
  if (input.beacons) {
    columns->SetReal(MetricAt("beacon_score_max"), row, maxima.beacon);
    columns->Set(MetricAt("beacon_pair_cnt"), row, p.strong_beacons);
  }
}

void RowMetrics::WriteNovelty(const RowInput& input, size_t row, FeatureColumns* columns) const {
  const pairs::HostSums& p = input.pairs == nullptr ? kNothing : *input.pairs;
  const auto& maxima = input.maxima;
  columns->Set(MetricAt("new_peer_cnt"), row, p.new_peers);
  columns->Set(MetricAt("new_dst_port_cnt"), row, p.new_ports);
  columns->Set(MetricAt("new_pair_cnt"), row, p.new_pairs);
  columns->Set(MetricAt("new_segment_cnt"), row, p.new_segments);
  if (p.peers > 0)
    columns->SetReal(MetricAt("new_peer_ratio"), row,
                     static_cast<double>(p.new_peers) / static_cast<double>(p.peers));
  columns->Set(MetricAt("rare_peer_cnt"), row, p.rare_peers);
  columns->Set(MetricAt("rare_dst_port_cnt"), row, p.rare_ports);
  columns->Set(MetricAt("rare_pair_cnt"), row, p.rare_pairs);
  const RarityScore peers = ScoreRarity(p.peer_past, p.peers, p.past_sessions, p.past_peers);
  const RarityScore ports = ScoreRarity(p.port_past, p.ports, p.past_port_sessions, p.past_ports);
  columns->SetReal(MetricAt("pair_rarity_score_mean"), row, peers.mean);
  columns->SetReal(MetricAt("pair_rarity_score_max"), row, peers.max);
  columns->SetReal(MetricAt("dst_port_rarity_score_mean"), row, ports.mean);
  columns->SetReal(MetricAt("dst_port_rarity_score_max"), row, ports.max);
  columns->Set(MetricAt("reached_new_peer_cnt"), row, p.reached_new_peers);
  columns->Set(MetricAt("reached_new_port_cnt"), row, p.reached_new_ports);
  columns->Set(MetricAt("new_peer_bytes_sent_max"), row, maxima.new_sent);
  if (maxima.new_sent > 0) columns->SetAddress(MetricAt("new_peer_bytes_sent_at"), row, maxima.new_sent_at);
  columns->Set(MetricAt("new_admin_reach"), row,
               std::max<int64_t>(0, p.reach_peers + 2 * input.exclusive_reach - maxima.failed_peers));
}

}  // namespace ndr::windows
