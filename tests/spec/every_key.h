// SPDX-License-Identifier: Apache-2.0
// What is expected of every key of a project: written by hand, beside the description.
#pragma once

#include <optional>
#include <vector>

#include "ndr/spec/job_spec.h"

namespace ndr::spec {

struct ExpectedKey {
  const char* path;
  const char* changed;            ///< a legal value that is not the default, as it is written
  int first;                      ///< the first of delta, fg_a, fg_b, fg_c on which it acts; 4: none
  std::optional<Job> overridden;  ///< the job that may override it (document 4's table)
};

inline const std::vector<ExpectedKey>& EveryKey() {
  constexpr auto kDelta = Job::kDelta, kFgB = Job::kFgB, kFgC = Job::kFgC;
  static const std::vector<ExpectedKey> keys = {
      {"project_name", R"("plant")", 4, {}},
      {"feature_spec_version", R"("v2")", 4, {}},
      {"host_networks", R"(["147.32.0.0/16"])", 0, {}},
      {"field_mapping", R"({"source_ip":"src"})", 0, kDelta},
      {"source_timezone", R"("Europe/Prague")", 0, kDelta},
      {"calendar.timezone", R"("Asia/Tokyo")", 0, {}},
      {"calendar.weekend", R"(["FRI","SAT"])", 1, {}},
      {"calendar.working_hours", "[6,14]", 1, {}},
      {"calendar.off_hours", "[17,20]", 1, {}},
      {"calendar.holidays", R"(["2024-12-24","2024-12-25"])", 1, {}},
      {"segments.mapping", R"([{"name":"PLC","cidr":"10.7.0.0/16"}])", 0, {}},
      {"segments.ipv4_prefix_length", "22", 0, {}},
      {"segments.ipv6_prefix_length", "56", 0, {}},
      {"segments.high_risk", R"(["10.9.0.0/24","10.9.1.0/24"])", 1, {}},
      {"port_sets",
       R"({"HIGH_RISK_PORTS":[23],"ADMIN_PORTS":[22],"FILESHARE_PORTS":[445],"DIRECTORY_PORTS":[],"DB_PORTS":[5432],"MAIL_PORTS":[25,587]})",
       0,
       {}},
      {"sessions.subtypes", R"(["end"])", 0, {}},
      {"sessions.deny_actions", R"(["deny","drop-icmp"])", 0, {}},
      {"data_quality.rules.no_bytes_no_ports", "false", 0, kDelta},
      {"data_quality.rules.outside_batch", "false", 0, kDelta},
      {"data_quality.allowed_lateness_hours", "1.5", 0, kDelta},
      {"data_quality.clock_skew_minutes", "7", 0, kDelta},
      {"data_quality.max_malformed_ratio", "0.25", 4, kDelta},
      {"windows", R"({"w_15m":1,"w_1h":4,"w_24h":96})", 1, {}},
      {"lookback.days", "7", 1, {}},
      {"lookback.min_days", "2", 1, {}},
      {"lookback.rare_below_sessions", "5", 1, {}},
      {"dark_hosts", R"("drop")", 1, {}},
      {"keep.fg_a", R"("scored")", 4, {}},
      {"keep.pair_counts", "true", 4, {}},
      {"keep.fg_a_wide", "true", 4, {}},
      {"horizons",
       R"([{"label":"1d","length_days":1,"gap_days":0},{"label":"3d","length_days":3,"gap_days":0.5}])", 2,
       kFgB},
      {"baselined_metrics", R"(["sessions_cnt","deny_ratio"])", 2, {}},
      {"baseline_required_metrics", R"(["sessions_cnt","deny_ratio"])", 2, kFgB},
      {"support_min.default", "20", 2, kFgB},
      {"support_min.metrics", R"({"deny_ratio":5})", 2, kFgB},
      {"support_min.windows", R"({"w_24h":3})", 2, kFgB},
      {"capping.key_metrics", R"(["sessions_cnt","deny_cnt"])", 2, kFgB},
      {"capping.z_max", "8", 2, kFgB},
      {"capping.w_anom", "0.025", 2, kFgB},
      {"capping.level", R"("segment")", 2, kFgB},
      {"rarity_threshold", "0.25", 2, kFgB},
      {"ip_machine_mapping.path", R"("machines.csv")", 2, kFgB},
      {"ip_machine_mapping.required", "false", 4, kFgB},
      {"non_persistent_machine_prefixes", R"(["POOL-","VDI-"])", 2, kFgB},
      {"transforms", R"(["diff","z_mad"])", 3, kFgC},
      {"z_max", "9", 3, kFgC},
      {"rank_metrics", R"(["deny_ratio"])", 3, kFgC},
      {"typical_band_share", "0.1", 3, kFgC},
      {"time_band_alpha", "1", 3, kFgC},
      {"scores",
       R"({"anomaly_strength_core":{"max":["sessions_cnt"]},"beacon_suspicion_score":{"sum":["duration_mean"]},"exfiltration_suspicion_score":{"sum":["bytes_src_sum"]},"lateral_movement_score":{"max":["rare:sessions_cnt"]},"mine":{"sum":["deny_ratio","-tcp_ratio"]}})",
       3, kFgC},
      {"findings.terms",
       R"([{"kind":"volume","metric":"bytes_sent","roles":["inbound","outbound"],"amount":1000000000,"ceiling":2000000000,"weight":0.5}])",
       3, kFgC},
      {"findings.windows", R"(["w_8h"])", 3, kFgC},
      {"findings.memory_days", "7", 4, kFgC},
      {"findings.min_score", "40", 3, kFgC},
      {"findings.clock_ports", "[53,123]", 3, kFgC},
      {"findings.ignore",
       R"([{"cidr":"10.0.0.0/24","kind":"scanning","until":"2024-12-24T23:00:00Z","reason":"scanner"},{"host":"10.1.1.1","reason":"bench"}])",
       4, kFgC},
      {"feature_groups.enabled", "true", 4, {}},
      {"feature_groups.names", R"({"fg_a":"hosts-now","fg_c":"hosts-judged"})", 4, {}},
      {"feature_groups.account", R"("123456789012")", 4, {}},
      {"feature_groups.region", R"("eu-central-1")", 4, {}},
      {"feature_groups.online.kind", R"("sagemaker")", 4, {}},
      {"feature_groups.online.store", R"("online.sqlite")", 4, {}},
      {"feature_groups.online.entries_per_request", "1", 4, {}},
      {"feature_groups.online.concurrency", "4", 4, {}},
      {"feature_groups.online.requests_per_second", "50", 4, {}},
      {"feature_groups.online.write_units_per_second", "500", 4, {}},
      {"feature_groups.online.max_dead_letter_ratio", "0.01", 4, {}},
      {"feature_groups.offline.prefix", R"("s3://lake/features")", 4, {}},
      {"feature_groups.offline.created", R"({"hosts-now":1713571200})", 4, {}},
  };
  return keys;
}

/// {"a": {"b": value}} of `a.b`.
inline Json Nested(const std::string& path, const Json& value) {
  const size_t dot = path.rfind('.');
  if (dot == std::string::npos) return {{path, value}};
  return Nested(path.substr(0, dot), {{path.substr(dot + 1), value}});
}

}  // namespace ndr::spec
