// SPDX-License-Identifier: Apache-2.0
#include "ndr/windows/assemble.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "ndr/base/parallel.h"
#include "ndr/windows/feature_columns.h"
#include "ndr/windows/row_metrics.h"

namespace ndr::windows {
namespace {

using catalogue::Dataset;
using pairs::kShards;

// A (host, role) with at least one row; its rows stand one after the other from `first_row`.
struct Item {
  base::Address host;
  catalogue::Role role;
  uint32_t shard, slot;
  size_t first_row = 0;
  int rows = 0;
  auto Order() const { return std::tie(host, role); }
};

class Assembly {
 public:
  Assembly(const spec::Context& context, const Geometry& geometry, const EndInput& end,
           std::span<const std::unique_ptr<HostLedger>> ledgers, pairs::SlidingPairs* pairs)
      : context_(context),
        geometry_(geometry),
        end_(end),
        ledgers_(ledgers),
        pairs_(*pairs),
        longest_(geometry.windows() - 1) {}

  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Run(base::Counters* counters);

 private:
  const __int128* Sums(const Item& item, int w) const { return ledgers_[item.shard]->Sums(item.slot, w); }
  void FindItems();
  int64_t DropDark();
  void PlaceRows();
  int64_t WriteShard(size_t shard, const RowMetrics& metrics, FeatureColumns* columns);
  void PutKeys(catalogue::BatchBuilder* batch) const;
  void PutIds(catalogue::BatchBuilder* batch) const;
  void PutCalendar(catalogue::BatchBuilder* batch) const;
  int64_t DaysCovered(int w) const {
    const SliceNumber start = end_.end - geometry_.slices[static_cast<size_t>(w)];
    return std::clamp<int64_t>((start - end_.first) / base::kSlicesPerDay, 0, context_.project.lookback.days);
  }

  const spec::Context& context_;
  const Geometry& geometry_;
  const EndInput& end_;
  std::span<const std::unique_ptr<HostLedger>> ledgers_;
  pairs::SlidingPairs& pairs_;
  const int longest_;
  std::vector<Item> items_;
  std::vector<size_t> items_of_[kShards];
  std::vector<int32_t> window_of_row_;
  std::vector<uint32_t> item_of_row_;
};

void Assembly::FindItems() {
  for (size_t s = 0; s < kShards; ++s) {
    const auto& hosts = ledgers_[s]->hosts();
    for (uint32_t slot = 0; slot < hosts.size(); ++slot)
      if (hosts[slot].rows > 0)
        items_.push_back({hosts[slot].host, hosts[slot].role, static_cast<uint32_t>(s), slot});
  }
  std::sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) { return a.Order() < b.Order(); });
}

// A host is dark without an outbound record or a THREAT row, and when none of its sessions got a reply.
int64_t Assembly::DropDark() {
  int64_t dark = 0;
  std::vector<Item> kept;
  for (size_t i = 0; i < items_.size();) {
    size_t next = i + 1;
    while (next < items_.size() && items_[next].host == items_[i].host) ++next;
    const bool is_dark = std::all_of(items_.begin() + static_cast<ptrdiff_t>(i),
                                     items_.begin() + static_cast<ptrdiff_t>(next), [&](const Item& item) {
                                       const __int128* sums = Sums(item, longest_);
                                       return item.role == catalogue::Role::kOutbound
                                                  ? !RowMetrics::HasRecord(sums)
                                                  : RowMetrics::IsSilent(sums);
                                     });
    if (!is_dark)
      kept.insert(kept.end(), items_.begin() + static_cast<ptrdiff_t>(i),
                  items_.begin() + static_cast<ptrdiff_t>(next));
    else if (std::any_of(items_.begin() + static_cast<ptrdiff_t>(i),
                         items_.begin() + static_cast<ptrdiff_t>(next),
                         [&](const Item& item) { return RowMetrics::Exists(Sums(item, longest_)); }))
      ++dark;
    i = next;
  }
  items_ = std::move(kept);
  return dark;
}

// Windows are nested: from the shortest window that has a row on, all have one.
void Assembly::PlaceRows() {
  for (size_t i = 0; i < items_.size(); ++i) {
    Item& item = items_[i];
    item.first_row = window_of_row_.size();
    for (int w = 0; w <= longest_; ++w) {
      if (!RowMetrics::Exists(Sums(item, w))) continue;
      ++item.rows;
      window_of_row_.push_back(w);
      item_of_row_.push_back(static_cast<uint32_t>(i));
    }
    if (item.rows > 0) items_of_[item.shard].push_back(i);
  }
}

int64_t Assembly::WriteShard(size_t shard, const RowMetrics& metrics, FeatureColumns* columns) {
  int64_t saturated = 0;
  // Without a look-back there is no novelty, and no need to ask who else knows a peer.
  const bool novelty = DaysCovered(0) >= context_.project.lookback.min_days;
  const auto exclusive =
      novelty ? pairs_.ExclusiveReach(shard)
              : std::vector<int64_t>(pairs_.shard(shard).hosts() * static_cast<size_t>(geometry_.windows()));
  pairs::PairShard& pairs = pairs_.shard(shard);
  for (const size_t i : items_of_[shard]) {
    const Item& item = items_[i];
    const uint32_t host = pairs.FindHost(item.host, item.role);
    for (int w = geometry_.windows() - item.rows; w <= longest_; ++w) {
      RowInput input{};
      input.sums = Sums(item, w);
      input.busiest_minute =
          ledgers_[shard]->BusiestMinute(item.slot, end_.end - geometry_.slices[static_cast<size_t>(w)]);
      if (host != pairs::kNone) {
        input.pairs = &pairs.Sums(host, w);
        input.maxima = pairs.MaximaOf(host, w);
        input.exclusive_reach =
            exclusive[host * static_cast<size_t>(geometry_.windows()) + static_cast<size_t>(w)];
      }
      input.lookback_days_covered = DaysCovered(w);
      input.beacons = geometry_.Scored(w);
      saturated += metrics.Write(
          input, item.first_row + static_cast<size_t>(w - (geometry_.windows() - item.rows)), columns);
    }
  }
  return saturated;
}

void Assembly::PutKeys(catalogue::BatchBuilder* batch) const {
  const size_t rows = window_of_row_.size();
  std::vector<base::Address> host(rows);
  std::vector<int32_t> role(rows), segment(rows), covered(rows);
  std::vector<int64_t> start(rows), end(rows, pairs::StartOf(end_.end));
  std::vector<std::string> segments, labels;
  std::unordered_map<std::string, int32_t> segment_numbers;
  for (const auto& window : context_.catalogue->windows()) labels.push_back(window.label);
  for (size_t r = 0; r < rows; ++r) {
    const Item& item = items_[item_of_row_[r]];
    const auto w = static_cast<size_t>(window_of_row_[r]);
    host[r] = item.host;
    role[r] = static_cast<int32_t>(item.role);
    covered[r] = end_.slices_covered[w];
    start[r] = pairs::StartOf(end_.end - geometry_.slices[w]);
    if (r > 0 && item_of_row_[r] == item_of_row_[r - 1]) {
      segment[r] = segment[r - 1];
      continue;
    }
    const HostLedger& ledger = *ledgers_[item.shard];
    const std::string& id = ledger.segments()[static_cast<size_t>(ledger.hosts()[item.slot].segment)];
    const auto [it, added] = segment_numbers.try_emplace(id, static_cast<int32_t>(segments.size()));
    if (added) segments.push_back(id);
    segment[r] = it->second;
  }
  const std::vector<std::string> roles(catalogue::kRoleNames.begin(), catalogue::kRoleNames.end());
  batch->PutAddresses("host_ip", host);
  batch->PutWords("role", role, roles);
  batch->PutWords("segment_id", segment, segments);
  batch->PutWords("window_label", window_of_row_, labels);
  batch->Put("window_start_ts", std::move(start));
  batch->Put("window_end_ts", std::move(end));
  batch->PutConstant("mini_batch_id", end_.mini_batch_id);
  batch->Put("slices_covered", std::move(covered));
}

void Assembly::PutIds(catalogue::BatchBuilder* batch) const {
  std::vector<std::string> tails;  // by role and window
  for (const std::string_view role : catalogue::kRoleNames) {
    for (const auto& window : context_.catalogue->windows()) {
      std::string& tail = tails.emplace_back("|");
      tail.append(role).append("|").append(window.label).append("|");
      tail += base::FormatInstant(pairs::StartOf(end_.end));
    }
  }
  std::string bytes;
  std::vector<int32_t> offsets{0};
  offsets.reserve(window_of_row_.size() + 1);
  bytes.reserve(window_of_row_.size() * 56);
  for (const Item& item : items_) {
    char host[base::kAddressTextMax];
    const size_t length = base::FormatAddress(item.host, host);
    for (int i = 0; i < item.rows; ++i) {
      bytes.append(host, length);
      bytes += tails[static_cast<size_t>(item.role) * static_cast<size_t>(geometry_.windows()) +
                     static_cast<size_t>(geometry_.windows() - item.rows + i)];
      offsets.push_back(static_cast<int32_t>(bytes.size()));
    }
  }
  batch->PutTextBytes("record_id", std::move(offsets), std::move(bytes));
}

void Assembly::PutCalendar(catalogue::BatchBuilder* batch) const {
  const base::CalendarFields f = context_.calendar.At(pairs::StartOf(end_.end - 1));
  const size_t rows = window_of_row_.size();
  const auto flag = [&](std::string_view name, int8_t value) {
    batch->Put(name, std::vector<int8_t>(rows, value));
  };
  batch->PutConstant("time_band", base::kTimeBandNames[static_cast<size_t>(f.time_band)]);
  batch->Put("hour_of_day", std::vector<int32_t>(rows, f.hour_of_day));
  batch->Put("day_of_week", std::vector<int32_t>(rows, f.day_of_week));
  flag("is_working_hours", f.is_working_hours);
  flag("is_off_hours", f.is_off_hours);
  flag("is_night_hours", f.is_night_hours);
  flag("is_weekend", f.is_weekend);
  flag("is_holiday", f.is_holiday);
  flag("is_offday", f.is_offday);
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> Assembly::Run(base::Counters* counters) {
  FindItems();
  if (context_.project.drop_dark_hosts) counters->Add("dark_hosts", DropDark());
  PlaceRows();
  const size_t rows = window_of_row_.size();
  FeatureColumns columns(*context_.catalogue, rows);
  const RowMetrics metrics(context_);
  int64_t saturated[kShards] = {};
  ARROW_RETURN_NOT_OK(base::ForEachPartition(kShards, context_.threads, [&](size_t shard) {
    saturated[shard] = WriteShard(shard, metrics, &columns);
    return arrow::Status::OK();
  }));
  for (const int64_t n : saturated) counters->Add("saturated_cells", n);
  counters->Add("rows", static_cast<int64_t>(rows));
  catalogue::BatchBuilder batch(context_.catalogue->Schema(Dataset::kFgA), static_cast<int64_t>(rows));
  PutIds(&batch);
  PutKeys(&batch);
  PutCalendar(&batch);
  columns.MoveTo(&batch);
  return batch.Finish();
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::RecordBatch>> Assemble(
    const spec::Context& context, const Geometry& geometry, const EndInput& end,
    std::span<const std::unique_ptr<HostLedger>> ledgers, pairs::SlidingPairs* pairs,
    base::Counters* counters) {
  return Assembly(context, geometry, end, ledgers, pairs).Run(counters);
}

}  // namespace ndr::windows
