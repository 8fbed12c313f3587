// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/host_columns.h"

#include "ndr/catalogue/batch.h"
#include "ndr/correlation/columns.h"
#include "ndr/correlation/host_lists.h"
#include "ndr/correlation/time_band.h"

namespace ndr::correlation {
namespace {

using catalogue::BatchBuilder;

template <class Names>
std::vector<std::string> Words(const Names& names) {
  return {names.begin(), names.end()};
}

template <class T>
std::span<const T> RowsOf(const std::vector<T>& values, const Frame& frame) {
  return std::span(values).subspan(frame.first, frame.rows);
}

// host_ip|role|segment_id|time_band|window_label|window_start_ts|window_end_ts|baseline_horizon
std::shared_ptr<arrow::Array> RecordIds(const Setup& setup, size_t horizon, const Rows& rows,
                                        const Frame& frame) {
  const auto& windows = setup.catalogue().windows();
  const std::string tail =
      "|" + base::FormatInstant(rows.end_ts) + "|" + setup.reference->horizons()[horizon].label();
  TextColumn ids;
  ids.Reserve(frame.rows, frame.rows * 112);
  char host[base::kAddressTextMax], start[32];
  size_t host_length = 0, start_length = 0;
  for (size_t i = 0; i < frame.rows; ++i) {
    const size_t r = frame.first + i;
    if (i == 0 || rows.host[r] != rows.host[r - 1]) host_length = base::FormatAddress(rows.host[r], host);
    if (i == 0 || rows.window_start_ts[r] != rows.window_start_ts[r - 1])
      start_length = base::FormatInstant(rows.window_start_ts[r], start);
    const std::string_view parts[] = {{host, host_length},
                                      catalogue::kRoleNames[rows.role[r]],
                                      rows.segments[static_cast<size_t>(rows.segment[r])],
                                      base::kTimeBandNames[rows.band[r]],
                                      windows[rows.window[r]].label,
                                      {start, start_length}};
    for (size_t p = 0; p < std::size(parts); ++p) {
      if (p > 0) ids.Append("|");
      ids.Append(parts[p]);
    }
    ids.Append(tail);
    ids.EndRow();
  }
  return ids.Finish();
}

void PutKey(const Setup& setup, size_t horizon, const Rows& rows, const Frame& frame, BatchBuilder* to) {
  const auto index = [&](const auto& values) { return std::vector<int32_t>(values.begin(), values.end()); };
  to->PutArray("record_id", RecordIds(setup, horizon, rows, frame));
  to->PutAddresses("host_ip", RowsOf(rows.host, frame));
  to->PutWords("role", index(RowsOf(rows.role, frame)), Words(catalogue::kRoleNames));
  to->PutWords("segment_id", RowsOf(rows.segment, frame), rows.segments);
  to->PutWords("time_band", index(RowsOf(rows.band, frame)), Words(base::kTimeBandNames));
  std::vector<std::string> labels;
  for (const catalogue::Window& w : setup.catalogue().windows()) labels.push_back(w.label);
  to->PutWords("window_label", index(RowsOf(rows.window, frame)), labels);
  const auto starts = RowsOf(rows.window_start_ts, frame);
  to->Put("window_start_ts", std::vector<int64_t>(starts.begin(), starts.end()));
  to->Put("window_end_ts", std::vector<int64_t>(frame.rows, rows.end_ts));
  to->Put("slices_covered", index(RowsOf(rows.slices_covered, frame)));
  to->Put("reference_ts", std::vector<int64_t>(frame.rows, setup.reference->reference_ts()));
}

void PutBaselines(const Setup& setup, const Frame& frame, BatchBuilder* to) {
  std::vector<int32_t> band(frame.rows), level(frame.rows);
  std::vector<int8_t> cold(frame.rows);
  for (size_t i = 0; i < frame.rows; ++i) {
    band[i] = frame.baseline[i].band;
    cold[i] = frame.baseline[i].is_cold;
    level[i] = frame.level.At(static_cast<size_t>(setup.sessions), i);
  }
  to->PutWords("baseline_time_band", band, Words(base::kTimeBandNames));
  to->PutWords("baseline_level", level, Words(catalogue::kLevelNames));
  to->PutArray("baseline_level_exceptions", LevelExceptions(setup, frame));
  to->Put("is_cold_start", std::move(cold));
  to->Put("baseline_cold_start_any", frame.cold_start_any);
  PutNullable<int64_t>(to, "baseline_min_support_count", frame.min_support);
  to->PutArray("scale_source_exceptions", ScaleExceptions(setup, frame));
}

void PutDistances(const Setup& setup, const Frame& frame, BatchBuilder* to) {
  const auto& transforms = setup.catalogue().transforms();
  for (size_t s = 0; s < setup.catalogue().baselined().size(); ++s)
    for (size_t t = 0; t < transforms.size(); ++t) {
      const std::string name = setup.metric_of(static_cast<int>(s)).column + "_" +
                               std::string(catalogue::kTransforms[static_cast<size_t>(transforms[t])].name);
      const bool is_z = transforms[t] == catalogue::Transform::kZMad;
      PutNullable(to, name,
                  is_z ? frame.z.Span(s, 0, frame.rows)
                       : frame.transforms.Span(s * transforms.size() + t, 0, frame.rows));
    }
  for (size_t c = 0; c < catalogue::kComparedMetrics.size(); ++c) {
    const std::string metric(catalogue::kComparedMetrics[c]);
    PutNullable(to, "window_disagreement_" + metric, frame.window_disagreement.Span(c, 0, frame.rows));
    PutNullable(to, "baseline_drift_ratio_" + metric, frame.drift_ratio.Span(c, 0, frame.rows));
    PutNullable(to, "baseline_drift_z_" + metric, frame.drift_z.Span(c, 0, frame.rows));
  }
}

// z of a slot, raised by the row; null where the metric is not baselined.
template <class Raise>
std::vector<double> RaisedZ(const Frame& frame, int slot, Raise raise) {
  std::vector<double> values(frame.rows, kNull);
  if (slot < 0) return values;
  const double* z = frame.z.Of(static_cast<size_t>(slot));
  for (size_t i = 0; i < frame.rows; ++i) values[i] = raise(z[i], i);
  return values;
}

void PutPairs(const Setup& setup, const Frame& frame, BatchBuilder* to) {
  PutNullable(to, "pair_rarity_max", frame.pair_rarity_max);
  PutNullable(to, "pair_rarity_mean", frame.pair_rarity_mean);
  PutNullable<int64_t>(to, "new_pair_cnt", frame.new_pairs);
  PutNullable<int64_t>(to, "rare_pair_cnt", frame.rare_pairs);
  std::vector<int8_t> any_new(frame.rows), any_rare(frame.rows);
  std::vector<int32_t> source(frame.rows);
  for (size_t i = 0; i < frame.rows; ++i) {
    any_new[i] = frame.new_pairs[i] < 0 ? -1 : frame.new_pairs[i] > 0;
    any_rare[i] = frame.rare_pairs[i] < 0 ? -1 : frame.rare_pairs[i] > 0;
    source[i] = static_cast<int32_t>(frame.rarity_source[i]);
  }
  PutNullable<int8_t>(to, "new_pair_anomaly", any_new);
  PutNullable<int8_t>(to, "rare_pair_flag", any_rare);
  to->PutWords("pair_rarity_source", source, Words(kRaritySourceNames));
  to->Put("pairs_left_out_cnt", frame.pairs_left_out);
  const auto weighted = [&](double z, size_t i) { return z * frame.pair_rarity_max[i]; };
  PutNullable(to, "rare_pair_weighted_z_sessions", RaisedZ(frame, setup.sessions, weighted));
  PutNullable(to, "rare_pair_weighted_z_bytes_src", RaisedZ(frame, setup.bytes_src, weighted));
  PutNullable(to, "rare_pair_weighted_z_high_risk", RaisedZ(frame, setup.high_risk, weighted));
}

void PutScores(const Setup& setup, const Frame& frame, BatchBuilder* to) {
  const auto raised = [&](double z, size_t i) {
    return RaisedByBand(z, frame.band_violation[i], setup.project().time_band_alpha);
  };
  PutNullable<int8_t>(to, "time_band_violation_flag", frame.band_violation);
  PutNullable(to, "time_band_z_sessions", RaisedZ(frame, setup.sessions, raised));
  PutNullable(to, "time_band_z_bytes_src", RaisedZ(frame, setup.bytes_src, raised));
  for (size_t s = 0; s < setup.scores.size(); ++s)
    PutNullable(to, setup.scores[s].name, frame.scores.Span(s, 0, frame.rows));
  PutNullable(to, "anomaly_rank_score", frame.rank_score);
  PutNullable(to, "peer_rank_score", frame.peer_rank_score);
  to->PutArray("top_features", TopFeatureLists(setup, frame.top));
  to->PutArray("peer_top_features", TopFeatureLists(setup, frame.peer_top));
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::RecordBatch>> HostColumns(const Setup& setup, size_t horizon,
                                                               const Rows& rows, const Frame& frame) {
  BatchBuilder to(setup.catalogue().Schema(catalogue::Dataset::kFgCHost), static_cast<int64_t>(frame.rows));
  PutKey(setup, horizon, rows, frame, &to);
  PutBaselines(setup, frame, &to);
  PutDistances(setup, frame, &to);
  PutPairs(setup, frame, &to);
  PutScores(setup, frame, &to);
  return to.Finish();
}

}  // namespace ndr::correlation
