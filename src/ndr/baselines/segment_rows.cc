// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/segment_rows.h"

#include <algorithm>
#include <limits>

#include "ndr/catalogue/batch.h"

namespace ndr::baselines {
namespace {

using arrow::Status;

// Numbers for the words of a text column; neighbours mostly repeat, so the last word is asked first.
template <class Names>
class WordNumbers {
 public:
  WordNumbers(const Names& names, std::string_view column)
      : names_(names), column_(column), last_(names[0]) {}
  arrow::Result<size_t> operator()(std::string_view word) {
    if (word == last_) return number_;
    const auto it = std::find(std::begin(names_), std::end(names_), word);
    if (it == std::end(names_))
      return Status::Invalid("fg_a: column '", column_, "': '", word, "' is unknown");
    last_ = *it;
    return number_ = static_cast<size_t>(it - std::begin(names_));
  }

 private:
  const Names& names_;
  std::string_view column_, last_;
  size_t number_ = 0;
};

}  // namespace

SegmentRows::SegmentRows(std::shared_ptr<const Plan> plan, const Range& range)
    : plan_(std::move(plan)), start_(range.start), end_(range.end), groups_(plan_->groups()) {
  for (GroupRows& group : groups_) group.columns.resize(plan_->columns().size());
}

Status SegmentRows::Add(const arrow::RecordBatch& fg_a) {
  std::vector<Taken> taken;
  ARROW_RETURN_NOT_OK(TakeRows(fg_a, &taken));
  if (taken.empty()) return Status::OK();
  ARROW_RETURN_NOT_OK(CopyHosts(fg_a, taken));
  for (size_t c = 0; c < plan_->columns().size(); ++c) ARROW_RETURN_NOT_OK(CopyColumn(fg_a, taken, c));
  return Status::OK();
}

Status SegmentRows::TakeRows(const arrow::RecordBatch& fg_a, std::vector<Taken>* taken) {
  ARROW_ASSIGN_OR_RAISE(const auto ends, catalogue::Values<int64_t>(fg_a, "window_end_ts"));
  ARROW_ASSIGN_OR_RAISE(const auto covered, catalogue::Values<int32_t>(fg_a, "slices_covered"));
  ARROW_ASSIGN_OR_RAISE(const auto segments, catalogue::TextsOf(fg_a, "segment_id"));
  ARROW_ASSIGN_OR_RAISE(const auto roles, catalogue::TextsOf(fg_a, "role"));
  ARROW_ASSIGN_OR_RAISE(const auto bands, catalogue::TextsOf(fg_a, "time_band"));
  ARROW_ASSIGN_OR_RAISE(const auto labels, catalogue::TextsOf(fg_a, "window_label"));
  std::vector<std::string> window_labels;
  for (const catalogue::Window& window : plan_->context().catalogue->windows())
    window_labels.push_back(window.label);
  WordNumbers role_of(catalogue::kRoleNames, "role");
  WordNumbers band_of(base::kTimeBandNames, "time_band");
  WordNumbers window_of(window_labels, "window_label");
  std::vector<uint32_t> sizes(groups_.size());
  for (size_t g = 0; g < groups_.size(); ++g) sizes[g] = static_cast<uint32_t>(groups_[g].host.size());

  int64_t outside = 0, uncovered = 0;
  for (size_t i = 0; i < ends.size(); ++i) {
    if (ends[i] <= start_ || ends[i] > end_) {
      ++outside;
      continue;
    }
    ARROW_ASSIGN_OR_RAISE(const size_t window, window_of(labels[i]));
    if (!plan_->context().catalogue->windows()[window].IsCoveredBy(covered[i])) {
      ++uncovered;
      continue;
    }
    if (segment_id_.empty()) segment_id_ = segments[i];
    if (segments[i] != segment_id_)
      return Status::Invalid("fg_a: a row of segment '", segments[i], "' among those of '", segment_id_, "'");
    ARROW_ASSIGN_OR_RAISE(const size_t role, role_of(roles[i]));
    ARROW_ASSIGN_OR_RAISE(const size_t band, band_of(bands[i]));
    const size_t group =
        plan_->Group(static_cast<catalogue::Role>(role), static_cast<base::TimeBand>(band), window);
    taken->push_back({static_cast<uint32_t>(i), static_cast<uint32_t>(group), sizes[group]++});
  }
  counters_.Add("baseline_rows", static_cast<int64_t>(taken->size()));
  counters_.Add("baseline_rows_uncovered", uncovered);
  counters_.Add("baseline_rows_outside", outside);
  return Status::OK();
}

Status SegmentRows::CopyHosts(const arrow::RecordBatch& fg_a, const std::vector<Taken>& taken) {
  ARROW_ASSIGN_OR_RAISE(const uint8_t* addresses, catalogue::AddressBytes(fg_a, "host_ip"));
  ARROW_ASSIGN_OR_RAISE(const auto ends, catalogue::Values<int64_t>(fg_a, "window_end_ts"));
  ARROW_ASSIGN_OR_RAISE(const auto sessions, catalogue::Values<int64_t>(fg_a, "sessions_cnt"));
  for (const Taken& t : taken) {
    const base::Address address = base::Address::FromBytes(addresses + size_t{t.row} * base::kAddressBytes);
    const auto [it, is_new] = host_index_.try_emplace(address, static_cast<uint32_t>(hosts_.size()));
    if (is_new) hosts_.push_back(address);
    const uint32_t host = it->second;
    GroupRows& group = groups_[t.group];
    group.host.push_back(host);
    if (host >= group.seen.size()) group.seen.resize(host + 1);
    HostSeen& seen = group.seen[host];
    const base::Micros end = ends[t.row];
    seen.first = seen.rows == 0 ? end : std::min(seen.first, end);
    seen.last = seen.rows == 0 ? end : std::max(seen.last, end);
    if (__builtin_add_overflow(seen.sessions, sessions[t.row], &seen.sessions)) seen.sessions = INT64_MAX;
    ++seen.rows;
  }
  return Status::OK();
}

Status SegmentRows::CopyColumn(const arrow::RecordBatch& fg_a, const std::vector<Taken>& taken,
                               size_t column) {
  const catalogue::ProjectMetric& metric = *plan_->columns()[column].metric;
  std::vector<double*> out(groups_.size());
  for (size_t g = 0; g < groups_.size(); ++g) {
    groups_[g].columns[column].resize(groups_[g].host.size());
    out[g] = groups_[g].columns[column].data();
  }
  ARROW_ASSIGN_OR_RAISE(const auto valid, catalogue::Valid(fg_a, metric.column));
  const auto copy = [&](auto values) {
    for (const Taken& t : taken)
      out[t.group][t.position] =
          valid[t.row] ? static_cast<double>(values[t.row]) : std::numeric_limits<double>::quiet_NaN();
  };
  switch (metric.type) {
    case catalogue::Type::kFloat64: {
      ARROW_ASSIGN_OR_RAISE(const auto values, catalogue::Values<double>(fg_a, metric.column));
      copy(values);
      return Status::OK();
    }
    case catalogue::Type::kFlag: {
      ARROW_ASSIGN_OR_RAISE(const auto values, catalogue::Values<int8_t>(fg_a, metric.column));
      copy(values);
      return Status::OK();
    }
    default: {
      ARROW_ASSIGN_OR_RAISE(const auto values, catalogue::Values<int64_t>(fg_a, metric.column));
      copy(values);
      return Status::OK();
    }
  }
}

int64_t SegmentRows::memory_bytes() const {
  size_t bytes = 0;
  for (const GroupRows& group : groups_) {
    bytes += group.host.capacity() * sizeof(uint32_t) + group.seen.capacity() * sizeof(HostSeen);
    for (const auto& column : group.columns) bytes += column.capacity() * sizeof(double);
  }
  return static_cast<int64_t>(bytes);
}

}  // namespace ndr::baselines
