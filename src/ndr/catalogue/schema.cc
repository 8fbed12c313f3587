// SPDX-License-Identifier: Apache-2.0
#include "ndr/catalogue/schema.h"

namespace ndr::catalogue {
namespace {

using Columns = std::vector<Column>;

Column Text(std::string name, std::string meaning) {
  return {std::move(name), Type::kText, false, std::move(meaning)};
}
Column Address(std::string name, std::string meaning) {
  return {std::move(name), Type::kAddress, false, std::move(meaning)};
}
Column Instant(std::string name, std::string meaning) {
  return {std::move(name), Type::kInstant, false, std::move(meaning)};
}
Column Count(std::string name, std::string meaning) {
  return {std::move(name), Type::kInt64, false, std::move(meaning)};
}
Column Flag(std::string name, std::string meaning) {
  return {std::move(name), Type::kFlag, false, std::move(meaning)};
}
Column Float(std::string name, std::string meaning) {
  return {std::move(name), Type::kFloat64, false, std::move(meaning)};
}
Column Nullable(Column column) {
  column.nullable = true;
  return column;
}
Column Port() { return {"dst_port", Type::kUint16, true, "service port; null where the transport has none"}; }

void Append(Columns* to, Columns more) { to->insert(to->end(), more.begin(), more.end()); }

Columns SliceColumns() {
  return {Instant("slice_start_ts", "start of the slice"), Instant("slice_end_ts", "end of the slice"),
          Text("mini_batch_id", "mini-batch that contributed the partial")};
}

Columns PairSums() {
  return {Count("sessions_cnt", "sessions"),
          Count("bytes_src_sum", "bytes sent by the source"),
          Count("bytes_dst_sum", "bytes sent by the destination"),
          Count("deny_cnt", "sessions denied"),
          Count("failed_cnt", "sessions denied, without a reply over TCP, or reset at once"),
          Count("replied_cnt", "sessions neither denied nor without a reply")};
}

Columns CalendarColumns() {
  return {{"hour_of_day", Type::kInt32, false, "local hour of the last slice's start"},
          {"day_of_week", Type::kInt32, false, "1 = Monday, local"},
          Flag("is_working_hours", "local hour within calendar.working_hours"),
          Flag("is_off_hours", "local hour within calendar.off_hours"),
          Flag("is_night_hours", "neither of the two"),
          Flag("is_weekend", "local day within calendar.weekend"),
          Flag("is_holiday", "local date within calendar.holidays"),
          Flag("is_offday", "weekend or holiday")};
}

Columns BaselineStatistics(const ProjectMetric& metric) {
  Columns columns;
  for (size_t s = 0; s < kStatisticNames.size(); ++s) {
    Column c{metric.column + "_" + std::string(kStatisticNames[s]), Type::kFloat64, true, ""};
    c.meaning = std::string(kStatisticNames[s]) + " of " + metric.name + " over the horizon";
    if (static_cast<Statistic>(s) == Statistic::kSupportCount) c.type = Type::kInt64, c.nullable = false;
    if (static_cast<Statistic>(s) == Statistic::kColdStartFlag) c.type = Type::kFlag, c.nullable = false;
    columns.push_back(std::move(c));
  }
  return columns;
}

Column SegmentId() { return Text("segment_id", "segment of the host"); }
Column RoleColumn() { return Text("role", "outbound: the host is the source; inbound: the destination"); }
Column Band() { return Text("time_band", "local-time band of the window's last slice"); }
Column WindowLabel() { return Text("window_label", "label of the window"); }

}  // namespace

Columns DeltaHostColumns(const std::vector<std::string>& counts) {
  Columns columns = SliceColumns();
  Append(&columns, {Address("host_ip", "the host"), RoleColumn(), SegmentId()});
  for (const std::string& name : counts) {
    const size_t i = FindMetric(name);
    columns.push_back(Count(name, i < kMetricCount ? std::string(kMetrics[i].meaning)
                                                   : "sessions with a service port of the project's set"));
  }
  Append(&columns,
         {Float("duration_sum", "total duration of the sessions, seconds"),
          {"sessions_per_minute", Type::kInt64List, false, "15 counts, by minute of the sessions' starts"}});
  return columns;
}

Columns DeltaPairColumns() {
  Columns columns = SliceColumns();
  Append(&columns, {Address("src_ip", "source"), Address("dst_ip", "destination"), Port()});
  Append(&columns, PairSums());
  Append(&columns,
         {Instant("first_ts", "earliest start of a session"),
          Instant("last_ts", "latest start of a session"),
          {"active_minutes", Type::kUint16, false, "bit i: a session started in minute i of the slice"}});
  return columns;
}

Columns PairCountsColumns() {
  Columns columns = SliceColumns();
  Append(&columns, {Address("src_ip", "source"),
                    Address("dst_ip", "destination"),
                    {"dst_port", Type::kUint16, false, "service port"},
                    Text("segment_id", "segment of the source"),
                    Instant("event_ts", "end of the slice"),
                    Count("sessions_cnt", "sessions")});
  return columns;
}

Columns LookbackColumns() {
  return {Address("src_ip", "source"), Address("dst_ip", "destination"), Port(),
          Count("sessions_cnt", "sessions of the day")};
}

Columns FgAColumns(const std::vector<ProjectMetric>& metrics) {
  Columns columns = {Text("record_id", "host_ip|role|window_label|window_end_ts"),
                     Address("host_ip", "the host"),
                     RoleColumn(),
                     SegmentId(),
                     Band(),
                     WindowLabel(),
                     Instant("window_start_ts", "start of the window"),
                     Instant("window_end_ts", "end of the window"),
                     Text("mini_batch_id", "mini-batch at whose end the window ends"),
                     {"slices_covered", Type::kInt32, false, "committed slices of the window"}};
  Append(&columns, CalendarColumns());
  for (const ProjectMetric& m : metrics)
    columns.push_back({m.column, m.type, m.word->nulls != NullRule::kNever, std::string(m.word->meaning)});
  return columns;
}

Columns FgAWideColumns(const std::vector<ProjectMetric>& metrics, const std::vector<Window>& windows) {
  Columns columns = {Address("host_ip", "the host"), Instant("window_end_ts", "end of the windows")};
  for (const std::string_view prefix : {"", "in_"})
    for (const Window& window : windows)
      for (const ProjectMetric& m : metrics)
        columns.push_back({std::string(prefix) + m.column + "_" + window.label, m.type, true,
                           std::string(m.word->meaning)});
  return columns;
}

Columns FgBColumns(Dataset table, const std::vector<ProjectMetric>& metrics,
                   const std::vector<int>& baselined) {
  Columns columns;
  if (table == Dataset::kFgBHost) columns.push_back(Address("host_ip", "the host"));
  columns.push_back(RoleColumn());
  if (table != Dataset::kFgBGlobal) columns.push_back(SegmentId());
  Append(&columns, {Band(), WindowLabel()});
  if (table != Dataset::kFgBHost) columns.push_back(Count("hosts_cnt", "distinct hosts behind the row"));
  Append(&columns, {Instant("baseline_start_ts", "start of the horizon"),
                    Instant("baseline_end_ts", "end of the horizon"),
                    Instant("baseline_row_last_update_ts", "reference time")});
  for (const int i : baselined) Append(&columns, BaselineStatistics(metrics[static_cast<size_t>(i)]));
  return columns;
}

Columns IpMetadataColumns() {
  return {Address("host_ip", "the host"),
          RoleColumn(),
          SegmentId(),
          Band(),
          WindowLabel(),
          Nullable(Text("machine_name", "name in the IP to machine mapping")),
          Instant("first_seen_ts", "first window end"),
          Instant("last_seen_ts", "last window end"),
          Count("sessions_total", "sum of sessions_cnt over the rows"),
          Flag("is_full_history", "every required metric has its minimum of support"),
          Flag("is_non_persistent_machine", "the machine's name starts with a configured prefix"),
          Flag("is_cold_start", "not full history, or not persistent")};
}

Columns PairRarityColumns(Dataset table) {
  Columns columns = {table == Dataset::kPairHost ? Address("host_ip", "source of the pair")
                                                 : Text("segment_id", "segment of the pair's source"),
                     Address("dst_ip", "destination"),
                     {"dst_port", Type::kUint16, false, "service port"},
                     Text("pair_key", "the key joined with |"),
                     Count("pair_seen_count", "sessions"),
                     Instant("pair_last_seen_ts", "end of the last slice with a session"),
                     Count("active_days", "distinct UTC dates"),
                     Float("pair_daily_avg", "sessions per active day"),
                     Float("pair_rarity_score", "1/(1 + seen)"),
                     Flag("is_rare_pair_flag", "rarity of at least rarity_threshold")};
  return columns;
}

Columns FgCHostColumns(const std::vector<ProjectMetric>& metrics, const std::vector<int>& baselined,
                       const std::vector<Transform>& transforms,
                       const std::vector<std::string>& extra_scores) {
  Columns columns = {
      Text("record_id", "the key joined with |"),
      Address("host_ip", "the host"),
      RoleColumn(),
      SegmentId(),
      Band(),
      WindowLabel(),
      Instant("window_start_ts", "start of the window"),
      Instant("window_end_ts", "end of the window"),
      {"slices_covered", Type::kInt32, false, "committed slices of the window"},
      Instant("reference_ts", "reference time of the baseline"),
      Nullable(Text("baseline_time_band", "band of the baseline; null: none")),
      Text("baseline_level", "HOST, SEGMENT, GLOBAL or NONE: where the baseline of sessions_cnt came from"),
      {"baseline_level_exceptions", Type::kTextList, false, "metric=LEVEL where it differs"},
      Flag("is_cold_start", "of ip_metadata; 1 where the host is not there"),
      Flag("baseline_cold_start_any", "any chosen baseline is cold or absent"),
      Nullable(Count("baseline_min_support_count", "smallest support of the chosen baselines")),
      {"scale_source_exceptions", Type::kTextList, false,
       "metric=iqr or metric=resolution where the scale is not the MAD"}};
  for (const int i : baselined)
    for (const Transform t : transforms) {
      const TransformWord& word = kTransforms[static_cast<size_t>(t)];
      const ProjectMetric& m = metrics[static_cast<size_t>(i)];
      columns.push_back(Nullable(
          Float(m.column + "_" + std::string(word.name), std::string(word.formula) + " of " + m.name)));
    }
  for (const std::string_view name : kComparedMetrics)
    for (const std::string_view prefix :
         {"window_disagreement_", "baseline_drift_ratio_", "baseline_drift_z_"})
      columns.push_back(
          Nullable(Float(std::string(prefix) + std::string(name), "windows or horizons compared")));
  Append(
      &columns,
      {Nullable(Float("pair_rarity_max", "largest rarity of a pair of the window")),
       Nullable(Float("pair_rarity_mean", "session-weighted mean rarity of the pairs")),
       Nullable(Count("new_pair_cnt", "pairs that the reference lacks")),
       Nullable(Count("rare_pair_cnt", "pairs at or above rarity_threshold")),
       Nullable(Flag("new_pair_anomaly", "any new pair")), Nullable(Flag("rare_pair_flag", "any rare pair")),
       Text("pair_rarity_source", "HOST, SEGMENT or NONE"),
       Count("pairs_left_out_cnt", "new and rare pairs beyond the first 1,000 of the shortest window"),
       Nullable(Float("rare_pair_weighted_z_sessions", "z of sessions_cnt times pair_rarity_max")),
       Nullable(Float("rare_pair_weighted_z_bytes_src", "z of bytes_src_sum times pair_rarity_max")),
       Nullable(
           Float("rare_pair_weighted_z_high_risk", "z of high_risk_port_sessions_cnt times pair_rarity_max")),
       Nullable(Flag("time_band_violation_flag", "the band is not typical of the host")),
       Nullable(Float("time_band_z_sessions", "z of sessions_cnt, raised by the violation")),
       Nullable(Float("time_band_z_bytes_src", "z of bytes_src_sum, raised by the violation"))});
  for (const ScoreWord& score : kScores)
    columns.push_back(Nullable(Float(std::string(score.name), "score from clipped z")));
  for (const std::string& name : extra_scores)
    columns.push_back(Nullable(Float(name, "score of the project's own")));
  Append(&columns, {Nullable(Float("anomaly_rank_score", "sum over rank_metrics of ln(1 + max(0, |z| - 3))")),
                    Nullable(Float("peer_rank_score", "the same against the segment or the whole network")),
                    {"top_features", Type::kTopFeatures, false, "the five metrics with the largest |z|"},
                    {"peer_top_features", Type::kTopFeatures, false, "the same for peer_rank_score"}});
  return columns;
}

Columns FgCPairColumns() {
  Columns columns = {
      Address("host_ip", "the host"), RoleColumn(), WindowLabel(),
      Address("peer_ip", "the peer"), Port(),       Instant("window_end_ts", "end of the window")};
  Append(&columns, PairSums());
  Append(&columns,
         {Count("active_minutes_cnt", "minutes of the window in which a session started"),
          Count("peer_hosts_cnt", "hosts of the role that had a session with the peer in the window"),
          Count("active_days", "days of the pair in the reference"),
          Nullable(Count("pair_seen_count", "sessions of the pair in the reference")),
          Nullable(Float("pair_rarity_score", "1/(1 + seen)")),
          Nullable(Flag("is_new_pair_flag", "the reference lacks the pair")),
          Nullable(Flag("is_rare_pair_flag", "rarity of at least rarity_threshold")),
          Text("pair_rarity_source", "HOST, SEGMENT or NONE"),
          Nullable(Float("gap_median", "median gap between active minutes, minutes")),
          Nullable(Float("beacon_score", "beacon score of the pair in the window")),
          Instant("reference_ts", "reference time of the baseline")});
  return columns;
}

Columns EvidenceColumns() {
  Columns columns = {Address("host_ip", "the host"),
                     Instant("window_end_ts", "the end"),
                     SegmentId(),
                     Float("score", "0 to 100, from the change"),
                     Nullable(Text("kind", "largest kind of the change; null without evidence")),
                     Float("standing_score", "0 to 100, from being unlike peers"),
                     Nullable(Text("standing_kind", "largest kind of that"))};
  for (const std::string_view kind : kKindNames)
    columns.push_back(Nullable(Float("evidence_" + std::string(kind), "evidence of change")));
  for (const std::string_view kind : kKindNames)
    columns.push_back(
        Nullable(Float("standing_evidence_" + std::string(kind), "evidence of being unlike peers")));
  Append(&columns,
         {Instant("reference_ts", "reference time of the baseline"),
          {"reasons", Type::kReasons, false,
           "of each kind the strongest term of its change and, where it is another, of being unlike "
           "peers; strongest first"}});
  return columns;
}

}  // namespace ndr::catalogue
