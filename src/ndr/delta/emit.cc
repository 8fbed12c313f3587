// SPDX-License-Identifier: Apache-2.0
#include "ndr/delta/emit.h"

#include <arrow/array.h>
#include <arrow/buffer.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "ndr/catalogue/batch.h"
#include "ndr/delta/segment_words.h"

namespace ndr::delta {
namespace {

using catalogue::BatchBuilder;
using catalogue::Dataset;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

int64_t AtMaximum(const std::vector<int64_t>& cells) { return std::count(cells.begin(), cells.end(), kMax); }

struct HostRef {
  const SliceTables* slice;
  size_t host;
  const HostRow& row() const { return slice->hosts()[host]; }
};

std::vector<HostRef> SortedHosts(const Slices& slices) {
  std::vector<HostRef> refs;
  for (const SliceTables* slice : slices) {
    const size_t begin = refs.size();
    for (size_t h = 0; h < slice->hosts().size(); ++h) refs.push_back({slice, h});
    std::sort(refs.begin() + static_cast<ptrdiff_t>(begin), refs.end(),
              [](const HostRef& a, const HostRef& b) {
                return std::pair(a.row().host, a.row().role) < std::pair(b.row().host, b.row().role);
              });
  }
  return refs;
}

struct PairRef {
  uint64_t addresses;  // places in the order of addresses
  int32_t port;
  uint32_t pair;
};

// Addresses are compared once each; pairs then by the places of their addresses.
std::vector<PairRef> SortedPairs(const SliceTables& slice) {
  const auto& addresses = slice.addresses();
  std::vector<uint32_t> order(addresses.size()), place(addresses.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return addresses[a] < addresses[b]; });
  for (uint32_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  std::vector<PairRef> refs;
  refs.reserve(slice.pairs().size());
  for (const PairRow& pair : slice.pairs())
    refs.push_back({uint64_t{place[pair.source]} << 32 | place[pair.destination], pair.port,
                    static_cast<uint32_t>(refs.size())});
  std::sort(refs.begin(), refs.end(), [](const PairRef& a, const PairRef& b) {
    return a.addresses != b.addresses ? a.addresses < b.addresses : a.port < b.port;
  });
  return refs;
}

// The columns that all partials begin with.
void PutSlices(BatchBuilder* batch, std::vector<int64_t> starts, const std::string& mini_batch_id) {
  std::vector<int64_t> ends(starts);
  for (int64_t& end : ends) end += base::kSliceMicros;
  batch->Put("slice_start_ts", std::move(starts));
  batch->Put("slice_end_ts", std::move(ends));
  batch->PutConstant("mini_batch_id", mini_batch_id);
}

std::shared_ptr<arrow::Array> MinuteLists(const std::shared_ptr<arrow::DataType>& type,
                                          std::vector<int64_t> cells, size_t rows) {
  std::vector<int32_t> offsets(rows + 1);
  for (size_t i = 0; i <= rows; ++i) offsets[i] = static_cast<int32_t>(i) * base::kMinutesPerSlice;
  const auto count = static_cast<int64_t>(cells.size());
  const auto values = std::make_shared<arrow::Int64Array>(count, arrow::Buffer::FromVector(std::move(cells)));
  return std::make_shared<arrow::ListArray>(type, static_cast<int64_t>(rows),
                                            arrow::Buffer::FromVector(std::move(offsets)), values);
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::RecordBatch>> HostBatch(const spec::Context& context,
                                                             const Slices& slices,
                                                             const std::string& mini_batch_id,
                                                             int64_t* saturated) {
  const std::vector<HostRef> refs = SortedHosts(slices);
  const auto schema = context.catalogue->Schema(Dataset::kDeltaHost);
  BatchBuilder batch(schema, static_cast<int64_t>(refs.size()));
  std::vector<int64_t> starts, minutes;
  std::vector<base::Address> hosts;
  std::vector<int32_t> roles;
  std::vector<double> durations;
  SegmentWords segments(context.network);
  for (const HostRef& ref : refs) {
    const HostRow& row = ref.row();
    starts.push_back(ref.slice->slice_start());
    hosts.push_back(row.host);
    roles.push_back(static_cast<int32_t>(row.role));
    segments.Append(row.host);
    durations.push_back(static_cast<double>(row.duration) / base::kMicrosPerSecond);
    *saturated += row.duration == kMax;
    minutes.insert(minutes.end(), row.per_minute.begin(), row.per_minute.end());
  }
  PutSlices(&batch, std::move(starts), mini_batch_id);
  batch.PutAddresses("host_ip", hosts);
  static const std::vector<std::string> kRoleWords(catalogue::kRoleNames.begin(),
                                                   catalogue::kRoleNames.end());
  batch.PutWords("role", roles, kRoleWords);
  segments.Put(&batch);
  const auto& columns = context.catalogue->delta_counts();
  for (size_t c = 0; c < columns.size(); ++c) {
    std::vector<int64_t> cells(refs.size());
    for (size_t i = 0; i < refs.size(); ++i) cells[i] = refs[i].slice->Counts(refs[i].host)[c];
    *saturated += AtMaximum(cells);
    batch.Put(columns[c], std::move(cells));
  }
  batch.Put("duration_sum", std::move(durations));
  *saturated += AtMaximum(minutes);
  batch.PutArray("sessions_per_minute", MinuteLists(schema->GetFieldByName("sessions_per_minute")->type(),
                                                    std::move(minutes), refs.size()));
  return batch.Finish();
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> PairBatch(const spec::Context& context,
                                                             const Slices& slices,
                                                             const std::string& mini_batch_id,
                                                             int64_t* saturated) {
  static constexpr std::pair<const char*, int64_t PairRow::*> kSums[] = {
      {"sessions_cnt", &PairRow::sessions},   {"bytes_src_sum", &PairRow::bytes_src},
      {"bytes_dst_sum", &PairRow::bytes_dst}, {"deny_cnt", &PairRow::deny},
      {"failed_cnt", &PairRow::failed},       {"replied_cnt", &PairRow::replied},
      {"first_ts", &PairRow::first},          {"last_ts", &PairRow::last}};
  size_t rows = 0;
  for (const SliceTables* slice : slices) rows += slice->pairs().size();
  std::vector<int64_t> starts(rows);
  std::vector<base::Address> sources(rows), destinations(rows);
  std::vector<uint16_t> ports(rows), active(rows);
  std::vector<uint8_t> has_port(rows);
  std::vector<int64_t> sums[std::size(kSums)];
  for (auto& column : sums) column.resize(rows);
  size_t i = 0;
  for (const SliceTables* slice : slices) {
    for (const PairRef& ref : SortedPairs(*slice)) {
      const PairRow& row = slice->pairs()[ref.pair];
      starts[i] = slice->slice_start();
      sources[i] = slice->addresses()[row.source];
      destinations[i] = slice->addresses()[row.destination];
      ports[i] = row.port < 0 ? 0 : static_cast<uint16_t>(row.port);
      has_port[i] = row.port >= 0;
      active[i] = row.active_minutes;
      for (size_t s = 0; s < std::size(kSums); ++s) sums[s][i] = row.*kSums[s].second;
      ++i;
    }
  }
  BatchBuilder batch(context.catalogue->Schema(Dataset::kDeltaPair), static_cast<int64_t>(starts.size()));
  PutSlices(&batch, std::move(starts), mini_batch_id);
  batch.PutAddresses("src_ip", sources);
  batch.PutAddresses("dst_ip", destinations);
  batch.Put("dst_port", std::move(ports), has_port);
  for (size_t s = 0; s < std::size(kSums); ++s) {
    *saturated += AtMaximum(sums[s]);
    batch.Put(kSums[s].first, std::move(sums[s]));
  }
  batch.Put("active_minutes", std::move(active));
  return batch.Finish();
}

}  // namespace ndr::delta
