// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/rows.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <numeric>
#include <tuple>

#include "ndr/catalogue/batch.h"
#include "ndr/correlation/transforms.h"

namespace ndr::correlation {
namespace {

using arrow::Status;
using Order = std::vector<uint32_t>;

template <class Names>
arrow::Result<std::vector<uint8_t>> WordsOf(const arrow::RecordBatch& batch, const char* column,
                                            const Names& names) {
  ARROW_ASSIGN_OR_RAISE(const auto texts, catalogue::TextsOf(batch, column));
  std::vector<uint8_t> index(static_cast<size_t>(batch.num_rows()));
  for (size_t i = 0; i < index.size(); ++i) {
    // Neighbouring rows often have the same word.
    size_t w = i > 0 ? index[i - 1] : 0;
    if (w >= names.size() || texts[i] != names[w])
      w = static_cast<size_t>(std::find(names.begin(), names.end(), texts[i]) - names.begin());
    if (w == names.size()) return Status::Invalid("column '", column, "': '", texts[i], "' is unknown");
    index[i] = static_cast<uint8_t>(w);
  }
  return index;
}

template <class T>
std::vector<T> Sorted(const std::vector<T>& values, const Order& order) {
  std::vector<T> sorted(order.size());
  for (size_t i = 0; i < order.size(); ++i) sorted[i] = values[order[i]];
  return sorted;
}

template <class T>
Status ReadNumbers(const arrow::RecordBatch& batch, const std::string& column, const Order& order,
                   std::vector<double>* out) {
  ARROW_ASSIGN_OR_RAISE(const auto values, catalogue::Values<T>(batch, column));
  ARROW_ASSIGN_OR_RAISE(const auto valid, catalogue::Valid(batch, column));
  out->resize(order.size());
  if (valid.bits == nullptr) {
    for (size_t i = 0; i < order.size(); ++i) (*out)[i] = static_cast<double>(values[order[i]]);
  } else {
    for (size_t i = 0; i < order.size(); ++i)
      (*out)[i] = valid[order[i]] ? static_cast<double>(values[order[i]]) : kNull;
  }
  return Status::OK();
}

Status ReadMetric(const arrow::RecordBatch& batch, const catalogue::ProjectMetric& metric, const Order& order,
                  std::vector<double>* out) {
  switch (metric.type) {
    case catalogue::Type::kInt64:
      return ReadNumbers<int64_t>(batch, metric.column, order, out);
    case catalogue::Type::kFlag:
      return ReadNumbers<int8_t>(batch, metric.column, order, out);
    case catalogue::Type::kFloat64:
      return ReadNumbers<double>(batch, metric.column, order, out);
    default:
      return Status::Invalid("metric '", metric.name, "' is not a number");
  }
}

Status ReadSegments(const arrow::RecordBatch& batch, const Order& order, Rows* rows) {
  ARROW_ASSIGN_OR_RAISE(const auto texts, catalogue::TextsOf(batch, "segment_id"));
  boost::unordered_flat_map<std::string_view, int32_t> known;
  rows->segment.resize(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    const std::string_view text = texts[order[i]];
    if (i > 0 && text == rows->segments[static_cast<size_t>(rows->segment[i - 1])]) {
      rows->segment[i] = rows->segment[i - 1];
      continue;
    }
    const auto [at, added] = known.emplace(text, static_cast<int32_t>(rows->segments.size()));
    if (added) rows->segments.emplace_back(text);
    rows->segment[i] = at->second;
  }
  return Status::OK();
}

Status ReadWitnesses(const arrow::RecordBatch& batch, const catalogue::Catalogue& catalogue,
                     const Order& order, Rows* rows) {
  ARROW_ASSIGN_OR_RAISE(const auto ports, catalogue::Values<uint16_t>(batch, "failed_peers_per_port_at"));
  ARROW_ASSIGN_OR_RAISE(const auto valid, catalogue::Valid(batch, "failed_peers_per_port_at"));
  rows->failed_peers_per_port_at.resize(order.size());
  for (size_t i = 0; i < order.size(); ++i)
    rows->failed_peers_per_port_at[i] = valid[order[i]] ? ports[order[i]] : -1;
  const auto peers = [&](std::string_view name, std::vector<base::Address>* to,
                         std::vector<uint8_t>* has) -> Status {
    const std::string& column =
        catalogue.metrics()[static_cast<size_t>(catalogue.FindMetricIndex(name))].column;
    ARROW_ASSIGN_OR_RAISE(const auto addresses, catalogue::Addresses(batch, column));
    ARROW_ASSIGN_OR_RAISE(const auto present, catalogue::Valid(batch, column));
    *to = Sorted(addresses, order);
    has->resize(order.size());
    for (size_t i = 0; i < order.size(); ++i) (*has)[i] = present[order[i]];
    return Status::OK();
  };
  ARROW_RETURN_NOT_OK(peers("failed_ports_per_peer_at", &rows->failed_ports_per_peer_at,
                            &rows->has_failed_ports_per_peer_at));
  return peers("new_peer_bytes_sent_at", &rows->new_peer_bytes_sent_at, &rows->has_new_peer_bytes_sent_at);
}

// Sets the runs of equal (host, role), and refuses a window that stands twice in one.
Status FindHostRoles(const catalogue::Catalogue& catalogue, Rows* rows) {
  for (size_t i = 0; i < rows->size; ++i) {
    const bool same = i > 0 && rows->host[i] == rows->host[i - 1] && rows->role[i] == rows->role[i - 1];
    if (same && rows->window[i] == rows->window[i - 1])
      return Status::Invalid(
          "two FG-A rows of ", base::ToText(rows->host[i]), ", ", catalogue::kRoleNames[rows->role[i]], ", ",
          catalogue.windows()[rows->window[i]].label, " at ", base::FormatInstant(rows->end_ts));
    if (!same) rows->host_roles.push_back({i, i});
    rows->host_roles.back().end = i + 1;
  }
  return Status::OK();
}

}  // namespace

arrow::Result<Rows> ReadRows(const arrow::RecordBatch& batch, const catalogue::Catalogue& catalogue,
                             const std::vector<int>& metrics) {
  Rows rows;
  rows.size = static_cast<size_t>(batch.num_rows());
  std::vector<std::string> labels;
  for (const catalogue::Window& w : catalogue.windows()) labels.push_back(w.label);
  ARROW_ASSIGN_OR_RAISE(const auto hosts, catalogue::Addresses(batch, "host_ip"));
  ARROW_ASSIGN_OR_RAISE(const auto roles, WordsOf(batch, "role", catalogue::kRoleNames));
  ARROW_ASSIGN_OR_RAISE(const auto bands, WordsOf(batch, "time_band", base::kTimeBandNames));
  ARROW_ASSIGN_OR_RAISE(const auto windows, WordsOf(batch, "window_label", labels));
  ARROW_ASSIGN_OR_RAISE(const auto ends, catalogue::Values<int64_t>(batch, "window_end_ts"));
  ARROW_ASSIGN_OR_RAISE(const auto starts, catalogue::Values<int64_t>(batch, "window_start_ts"));
  ARROW_ASSIGN_OR_RAISE(const auto covered, catalogue::Values<int32_t>(batch, "slices_covered"));
  for (const int64_t end : ends)
    if (end != ends[0])
      return Status::Invalid("FG-A rows of several ends: ", base::FormatInstant(ends[0]), " and ",
                             base::FormatInstant(end));
  rows.end_ts = rows.size > 0 ? ends[0] : 0;

  Order order(rows.size);
  std::iota(order.begin(), order.end(), 0u);
  const auto before = [&](uint32_t a, uint32_t b) {
    return std::tie(hosts[a], roles[a], windows[a]) < std::tie(hosts[b], roles[b], windows[b]);
  };
  if (!std::is_sorted(order.begin(), order.end(), before)) std::sort(order.begin(), order.end(), before);
  rows.host = Sorted(hosts, order);
  rows.role = Sorted(roles, order);
  rows.band = Sorted(bands, order);
  rows.window = Sorted(windows, order);
  rows.window_start_ts = Sorted(std::vector<int64_t>(starts.begin(), starts.end()), order);
  rows.slices_covered = Sorted(std::vector<int32_t>(covered.begin(), covered.end()), order);
  ARROW_RETURN_NOT_OK(ReadSegments(batch, order, &rows));
  ARROW_RETURN_NOT_OK(FindHostRoles(catalogue, &rows));
  rows.metric.resize(catalogue.metrics().size());
  for (const int m : metrics)
    ARROW_RETURN_NOT_OK(ReadMetric(batch, catalogue.metrics()[static_cast<size_t>(m)], order,
                                   &rows.metric[static_cast<size_t>(m)]));
  ARROW_ASSIGN_OR_RAISE(const auto days, catalogue::Values<int64_t>(batch, "lookback_days_covered"));
  rows.lookback_days = Sorted(std::vector<int64_t>(days.begin(), days.end()), order);
  ARROW_RETURN_NOT_OK(ReadWitnesses(batch, catalogue, order, &rows));
  return rows;
}

}  // namespace ndr::correlation
