// SPDX-License-Identifier: Apache-2.0
#include "ndr/windows/host_ledger.h"

#include <arrow/array.h>

#include <algorithm>
#include <cmath>

#include "ndr/windows/window_builder.h"

namespace ndr::windows {
namespace {

void PutNumber(std::vector<uint8_t>* to, uint64_t n) {
  for (; n >= 0x80; n >>= 7) to->push_back(static_cast<uint8_t>(n | 0x80));
  to->push_back(static_cast<uint8_t>(n));
}

uint64_t TakeNumber(const uint8_t** from) {
  uint64_t n = *(*from)++;
  if (n < 0x80) return n;
  n &= 0x7f;
  for (int shift = 7;; shift += 7) {
    const uint64_t byte = *(*from)++;
    n |= (byte & 0x7f) << shift;
    if (byte < 0x80) return n;
  }
}

// The microseconds of a partial's seconds; those at the maximum come back as a double that is above it.
int64_t MicrosOf(double seconds) {
  constexpr double kBeyond = 0x1p63;
  const double micros = seconds * 1e6;
  return micros < kBeyond ? std::llround(micros) : INT64_MAX;
}

// One batch by column.
struct HostColumnsOf {
  std::vector<base::Address> host;
  catalogue::Texts role;
  std::vector<std::span<const int64_t>> counts;
  std::span<const double> duration;  // seconds
  const int64_t* minutes = nullptr;  // of row i from [minute_offsets[i]]
  const int32_t* minute_offsets = nullptr;

  arrow::Status Read(const arrow::RecordBatch& batch, const catalogue::Catalogue& catalogue) {
    ARROW_ASSIGN_OR_RAISE(host, catalogue::Addresses(batch, "host_ip"));
    ARROW_ASSIGN_OR_RAISE(role, catalogue::TextsOf(batch, "role"));
    for (const std::string& name : catalogue.delta_counts()) {
      ARROW_ASSIGN_OR_RAISE(counts.emplace_back(), catalogue::Values<int64_t>(batch, name));
    }
    ARROW_RETURN_NOT_OK(catalogue::Counts(batch, "sessions_cnt"));
    ARROW_ASSIGN_OR_RAISE(duration, catalogue::Values<double>(batch, "duration_sum"));
    const auto lists =
        std::dynamic_pointer_cast<arrow::ListArray>(batch.GetColumnByName("sessions_per_minute"));
    if (lists == nullptr || lists->value_type()->id() != arrow::Type::INT64)
      return arrow::Status::Invalid("column 'sessions_per_minute' is missing or no list of int64");
    minutes = std::static_pointer_cast<arrow::Int64Array>(lists->values())->raw_values();
    minute_offsets = lists->raw_value_offsets();
    return arrow::Status::OK();
  }

  void DealRow(size_t row, HostRows* to) const {
    to->keys.push_back({host[row], role[row] == catalogue::kRoleNames[0] ? catalogue::Role::kOutbound
                                                                         : catalogue::Role::kInbound});
    for (const auto& count : counts) PutNumber(&to->metrics, static_cast<uint64_t>(count[row]));
    PutNumber(&to->metrics, static_cast<uint64_t>(MicrosOf(duration[row])));
    for (int32_t i = 0, at = minute_offsets[row]; i < base::kMinutesPerSlice; ++i, ++at)
      PutNumber(&to->minutes, at < minute_offsets[row + 1] ? static_cast<uint64_t>(minutes[at]) : 0);
  }
};

}  // namespace

std::vector<std::string> HostColumns(const catalogue::Catalogue& catalogue) {
  std::vector<std::string> columns = catalogue.delta_counts();
  columns.insert(columns.end(), {"slice_start_ts", "host_ip", "role", "duration_sum", "sessions_per_minute"});
  return columns;
}

arrow::Result<DealtHosts> DealHosts(const arrow::RecordBatchVector& batches,
                                    const catalogue::Catalogue& catalogue) {
  DealtHosts dealt;
  for (const auto& batch : batches) {
    HostColumnsOf columns;
    ARROW_RETURN_NOT_OK(columns.Read(*batch, catalogue));
    for (size_t row = 0; row < columns.host.size(); ++row)
      columns.DealRow(row, &dealt[pairs::ShardOf(columns.host[row])]);
  }
  return dealt;
}

HostLedger::HostLedger(const spec::Context& context, const Geometry& geometry)
    : context_(context),
      geometry_(geometry),
      windows_(static_cast<size_t>(geometry.windows())),
      metrics_(context.catalogue->delta_counts().size() + 1),
      row_(metrics_) {}

uint32_t HostLedger::HostOf(base::Address host, catalogue::Role role) {
  const auto [it, added] = map_.try_emplace(Key{host, role}, 0);
  if (!added) return it->second;
  uint32_t slot = static_cast<uint32_t>(hosts_.size());
  if (free_.empty()) {
    hosts_.emplace_back();
    sums_.resize(sums_.size() + windows_ * metrics_);
    minute_row_.push_back(UINT32_MAX);
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  const base::SegmentKey key = context_.network.SegmentOf(host);
  const auto [segment, new_segment] = segment_map_.try_emplace(key, static_cast<int32_t>(segments_.size()));
  if (new_segment) segments_.push_back(context_.network.SegmentId(key));
  hosts_[slot] = {host, role, segment->second, 0, {}};
  return it->second = slot;
}

void HostLedger::Enter(SliceNumber slice, HostRows* rows, int64_t age) {
  if (slices_.empty()) first_slice_ = slice;
  SliceRows& kept = slices_.emplace_back();
  kept.metrics = std::move(rows->metrics);
  kept.metrics.shrink_to_fit();
  kept.hosts.reserve(rows->keys.size());
  const int from = geometry_.FirstHolding(age);
  const uint8_t *at = kept.metrics.data(), *minutes = rows->minutes.data();
  for (const Key& key : rows->keys) {
    const uint32_t host = HostOf(key.host, key.role);
    kept.hosts.push_back(host);
    ++hosts_[host].rows;
    for (int64_t& n : row_) n = static_cast<int64_t>(TakeNumber(&at));
    for (int w = from; w < geometry_.windows(); ++w) {
      __int128* sums = sums_.data() + (host * windows_ + static_cast<size_t>(w)) * metrics_;
      for (size_t m = 0; m < metrics_; ++m) sums[m] += row_[m];
    }
    NoteMinutes(host, &minutes);
  }
  NoteBursts(slice);
}

void HostLedger::NoteMinutes(uint32_t host, const uint8_t** minutes) {
  if (minute_row_[host] == UINT32_MAX) {
    minute_row_[host] = static_cast<uint32_t>(minute_hosts_.size());
    minute_hosts_.push_back(host);
    minute_counts_.resize(minute_hosts_.size() * base::kMinutesPerSlice);
  }
  int64_t* counts = minute_counts_.data() + size_t{minute_row_[host]} * base::kMinutesPerSlice;
  for (int i = 0; i < base::kMinutesPerSlice; ++i) counts[i] += static_cast<int64_t>(TakeNumber(minutes));
}

void HostLedger::NoteBursts(SliceNumber slice) {
  for (size_t i = 0; i < minute_hosts_.size(); ++i) {
    const int64_t* counts = minute_counts_.data() + i * base::kMinutesPerSlice;
    const int64_t busiest = *std::max_element(counts, counts + base::kMinutesPerSlice);
    auto& bursts = hosts_[minute_hosts_[i]].bursts;
    std::erase_if(bursts, [&](const auto& b) { return b.first <= slice - geometry_.longest(); });
    while (!bursts.empty() && bursts.back().second <= busiest) bursts.pop_back();
    if (busiest > 0) bursts.emplace_back(slice, busiest);
    minute_row_[minute_hosts_[i]] = UINT32_MAX;
  }
  minute_hosts_.clear();
  minute_counts_.clear();
}

int64_t HostLedger::BusiestMinute(uint32_t host, SliceNumber window_start) const {
  for (const auto& [slice, busiest] : hosts_[host].bursts)
    if (slice >= window_start) return busiest;
  return 0;
}

void HostLedger::Leave(SliceNumber slice, int w) {
  const SliceRows& rows = slices_[static_cast<size_t>(slice - first_slice_)];
  const bool last = w + 1 == geometry_.windows();
  const uint8_t* at = rows.metrics.data();
  for (const uint32_t host : rows.hosts) {
    __int128* sums = sums_.data() + (host * windows_ + static_cast<size_t>(w)) * metrics_;
    for (size_t m = 0; m < metrics_; ++m) sums[m] -= static_cast<int64_t>(TakeNumber(&at));
    if (last && --hosts_[host].rows == 0) {
      map_.erase(Key{hosts_[host].host, hosts_[host].role});
      free_.push_back(host);
    }
  }
}

void HostLedger::DropOldest() {
  slices_.pop_front();
  ++first_slice_;
}

}  // namespace ndr::windows
