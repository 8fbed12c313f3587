// SPDX-License-Identifier: Apache-2.0
// Records of a test, the slice partials that they make, and a history that holds them.
#pragma once

#include <arrow/array.h>
#include <arrow/builder.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "ndr/catalogue/batch.h"
#include "ndr/pairs/lookback.h"
#include "ndr/windows/window_builder.h"

namespace ndr::windows::testing {

inline base::Address Ip(const std::string& text) { return *base::ParseAddress(text); }

inline constexpr base::Micros kFirst = 1'713'571'200'000'000;  ///< Saturday 2024-04-20T00:00:00Z
inline const std::vector<catalogue::Window> kWindows = {{"w_15m", 1}, {"w_1h", 4}, {"w_8h", 32}};
inline const base::Address kA = Ip("10.0.0.1"), kB = Ip("10.0.0.2"), kX = Ip("203.0.113.5");

enum class Kind { kSession, kThreat, kStart };

/// One record, of `n` equal ones, in minute `minute` of slice `slice` (counted from the dataset's first).
struct Record {
  int slice = 0, minute = 0;
  base::Address src, dst;
  int port = -1;
  int64_t n = 1, bytes_src = 0, bytes_dst = 0, duration_us = 0;
  bool denied = false, zero_reply = false;
  std::string transport = "tcp";
  Kind kind = Kind::kSession;
  int partial = 0;  ///< which partial of the slice it comes in

  bool failed() const { return denied || (transport == "tcp" && zero_reply); }
  bool replied() const { return !denied && !zero_reply; }
};

/// delta/host metrics of one record.
inline std::map<std::string, int64_t> CountsOf(const spec::Context& context, const Record& r) {
  std::map<std::string, int64_t> c;
  if (r.kind == Kind::kThreat) {
    c["threat_cnt"] = c["alert_cnt"] = c["vulnerability_cnt"] = r.n;
    return c;
  }
  c["traffic_cnt"] = r.n;
  if (r.kind == Kind::kStart) return c;
  c["sessions_cnt"] = r.n;
  c[r.denied ? "deny_cnt" : "allow_cnt"] = r.n;
  if (r.zero_reply) c["zero_reply_cnt"] = r.n;
  if (r.zero_reply)
    c["aged_out_cnt"] = r.n;
  else if (r.bytes_dst < 100)
    c["rst_cnt"] = r.n;
  if (r.duration_us <= 1'000'000) c["short_session_cnt"] = r.n;
  c[r.transport + "_cnt"] = r.n;
  for (size_t i = 0; i < context.port_sets.size(); ++i)
    if (r.port >= 0 && context.port_sets[i][static_cast<size_t>(r.port)])
      c[context.catalogue->delta_counts()[i < 5 ? 14 + i : 16 + i]] = r.n;
  c["bytes_src_sum"] = r.bytes_src;
  c["bytes_dst_sum"] = r.bytes_dst;
  return c;
}

inline std::shared_ptr<arrow::RecordBatch> HostBatch(const spec::Context& context, base::Micros slice,
                                                     const std::vector<Record>& records) {
  struct Sums {
    std::map<std::string, int64_t> counts;
    int64_t duration_us = 0;
    std::vector<int64_t> minutes = std::vector<int64_t>(15);
  };
  std::map<std::pair<base::Address, int>, Sums> rows;
  for (const Record& r : records)
    for (int role = 0; role < 2; ++role) {
      const base::Address host = role == 0 ? r.src : r.dst;
      if (!context.network.IsHost(host)) continue;
      Sums& sums = rows[{host, role}];
      for (const auto& [name, n] : CountsOf(context, r)) sums.counts[name] += n;
      if (r.kind != Kind::kSession) continue;
      sums.duration_us += r.n * r.duration_us;
      sums.minutes[static_cast<size_t>(r.minute)] += r.n;
    }
  const auto schema = context.catalogue->Schema(catalogue::Dataset::kDeltaHost);
  catalogue::BatchBuilder batch(schema, static_cast<int64_t>(rows.size()));
  std::vector<base::Address> hosts;
  std::vector<std::string> roles, segments;
  std::vector<double> durations;
  arrow::ListBuilder minutes(arrow::default_memory_pool(), std::make_shared<arrow::Int64Builder>(),
                             schema->GetFieldByName("sessions_per_minute")->type());
  for (const auto& [key, sums] : rows) {
    hosts.push_back(key.first);
    roles.emplace_back(catalogue::kRoleNames[static_cast<size_t>(key.second)]);
    segments.push_back(context.network.SegmentIdOf(key.first));
    durations.push_back(static_cast<double>(sums.duration_us) / 1e6);
    EXPECT_TRUE(minutes.Append().ok());
    EXPECT_TRUE(static_cast<arrow::Int64Builder*>(minutes.value_builder())->AppendValues(sums.minutes).ok());
  }
  batch.Put("slice_start_ts", std::vector<int64_t>(rows.size(), slice));
  batch.Put("slice_end_ts", std::vector<int64_t>(rows.size(), slice + base::kSliceMicros));
  batch.PutConstant("mini_batch_id", "b");
  batch.PutAddresses("host_ip", hosts);
  batch.PutTexts("role", roles);
  batch.PutTexts("segment_id", segments);
  for (const std::string& name : context.catalogue->delta_counts()) {
    std::vector<int64_t> values;
    for (auto& [key, sums] : rows) values.push_back(sums.counts[name]);
    batch.Put(name, std::move(values));
  }
  batch.Put("duration_sum", std::move(durations));
  batch.PutArray("sessions_per_minute", *minutes.Finish());
  return *batch.Finish();
}

inline std::shared_ptr<arrow::RecordBatch> PairBatch(const spec::Context& context, base::Micros slice,
                                                     const std::vector<Record>& records) {
  std::map<std::tuple<base::Address, base::Address, int>, std::vector<const Record*>> rows;
  for (const Record& r : records)
    if (r.kind == Kind::kSession) rows[{r.src, r.dst, r.port}].push_back(&r);
  std::vector<base::Address> src, dst;
  std::vector<uint16_t> port, minutes;
  std::vector<uint8_t> has_port;
  std::vector<int64_t> first, last;
  std::map<std::string, std::vector<int64_t>> sums;
  for (const auto& [key, of] : rows) {
    src.push_back(std::get<0>(key));
    dst.push_back(std::get<1>(key));
    port.push_back(static_cast<uint16_t>(std::max(std::get<2>(key), 0)));
    has_port.push_back(std::get<2>(key) >= 0);
    int64_t s = 0, bs = 0, bd = 0, d = 0, f = 0, p = 0, low = 15, high = 0;
    uint16_t active = 0;
    for (const Record* r : of) {
      s += r->n, bs += r->bytes_src, bd += r->bytes_dst;
      d += r->denied ? r->n : 0, f += r->failed() ? r->n : 0, p += r->replied() ? r->n : 0;
      active = static_cast<uint16_t>(active | 1 << r->minute);
      low = std::min<int64_t>(low, r->minute), high = std::max<int64_t>(high, r->minute);
    }
    for (const auto& [name, n] : std::map<std::string, int64_t>{{"sessions_cnt", s},
                                                                {"bytes_src_sum", bs},
                                                                {"bytes_dst_sum", bd},
                                                                {"deny_cnt", d},
                                                                {"failed_cnt", f},
                                                                {"replied_cnt", p}})
      sums[name].push_back(n);
    first.push_back(slice + low * base::kMicrosPerMinute);
    last.push_back(slice + high * base::kMicrosPerMinute);
    minutes.push_back(active);
  }
  catalogue::BatchBuilder batch(context.catalogue->Schema(catalogue::Dataset::kDeltaPair),
                                static_cast<int64_t>(rows.size()));
  batch.Put("slice_start_ts", std::vector<int64_t>(rows.size(), slice));
  batch.Put("slice_end_ts", std::vector<int64_t>(rows.size(), slice + base::kSliceMicros));
  batch.PutConstant("mini_batch_id", "b");
  batch.PutAddresses("src_ip", src);
  batch.PutAddresses("dst_ip", dst);
  batch.Put("dst_port", std::move(port), has_port);
  for (const std::string name :
       {"sessions_cnt", "bytes_src_sum", "bytes_dst_sum", "deny_cnt", "failed_cnt", "replied_cnt"})
    batch.Put(name, sums[name]);
  batch.Put("first_ts", std::move(first));
  batch.Put("last_ts", std::move(last));
  batch.Put("active_minutes", std::move(minutes));
  return *batch.Finish();
}

/// All records of a test by slice and partial; every slice without records is committed and empty, unless
/// named missing.
class Case : public SliceHistory {
 public:
  Case(std::shared_ptr<const spec::Context> context, base::Micros first, std::vector<Record> records,
       std::vector<int> missing = {})
      : context_(std::move(context)),
        first_(first),
        records_(std::move(records)),
        missing_(std::move(missing)) {}

  base::Micros Start(int slice) const { return first_ + slice * base::kSliceMicros; }
  std::vector<Record> Of(base::Micros slice_start, int partial) const {
    std::vector<Record> of;
    for (const Record& r : records_)
      if (Start(r.slice) == slice_start && (partial < 0 || r.partial == partial)) of.push_back(r);
    return of;
  }
  int partials() const {
    int most = 0;
    for (const Record& r : records_) most = std::max(most, r.partial);
    return most + 1;
  }

  arrow::Result<bool> Committed(base::Micros slice_start) override {
    return std::none_of(missing_.begin(), missing_.end(), [&](int s) { return Start(s) == slice_start; });
  }
  arrow::Result<arrow::RecordBatchVector> Hosts(base::Micros slice_start) override {
    arrow::RecordBatchVector batches;
    for (int p = 0; p < partials(); ++p)
      batches.push_back(HostBatch(*context_, slice_start, Of(slice_start, p)));
    return batches;
  }
  arrow::Result<arrow::RecordBatchVector> Slice(base::Micros slice_start) override {
    EXPECT_GE(slice_start, first_);
    arrow::RecordBatchVector batches;
    for (int p = 0; p < partials(); ++p)
      batches.push_back(PairBatch(*context_, slice_start, Of(slice_start, p)));
    return batches;
  }
  /// Days are sealed once `sealed_until` lies behind them.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Day(base::Micros day_start) override {
    if (day_start + base::kMicrosPerDay > sealed_until) return nullptr;
    ++days_read;
    pairs::LookbackBuilder day(context_);
    for (base::Micros s = std::max(day_start, first_); s < day_start + base::kMicrosPerDay;
         s += base::kSliceMicros) {
      ARROW_ASSIGN_OR_RAISE(const auto batches, Slice(s));
      for (const auto& batch : batches) ARROW_RETURN_NOT_OK(day.Add(*batch));
    }
    return day.Finish();
  }

  /// Steps over `slices` slices; the builder stands at its end.
  arrow::Status Step(WindowBuilder* builder, int slices) {
    for (int i = 0; i < slices; ++i) {
      const base::Micros start = builder->end();
      ARROW_ASSIGN_OR_RAISE(const bool committed, Committed(start));
      ARROW_ASSIGN_OR_RAISE(const auto hosts, Hosts(start));
      ARROW_ASSIGN_OR_RAISE(const auto pairs, Slice(start));
      ARROW_RETURN_NOT_OK(builder->Advance(start, committed, hosts, pairs));
    }
    return arrow::Status::OK();
  }

  base::Micros sealed_until = 0;
  int days_read = 0;

 private:
  std::shared_ptr<const spec::Context> context_;
  base::Micros first_;
  std::vector<Record> records_;
  std::vector<int> missing_;
};

/// One FG-A row as text by column; nulls are "null".
using TextRow = std::map<std::string, std::string>;
inline std::string CellText(const arrow::RecordBatch& batch, const std::string& column, int64_t row) {
  const auto array = batch.GetColumnByName(column);
  if (array == nullptr) return "no column";
  if (array->IsNull(row)) return "null";
  if (array->type_id() == arrow::Type::FIXED_SIZE_BINARY)
    return base::ToText(
        base::Address::FromBytes(static_cast<const arrow::FixedSizeBinaryArray&>(*array).GetValue(row)));
  return (*array->GetScalar(row))->ToString();
}

/// The row of (host, role, window), or -1.
inline int64_t FindRow(const arrow::RecordBatch& batch, const std::string& host, const std::string& role,
                       const std::string& window) {
  for (int64_t row = 0; row < batch.num_rows(); ++row)
    if (CellText(batch, "host_ip", row) == host && CellText(batch, "role", row) == role &&
        CellText(batch, "window_label", row) == window)
      return row;
  return -1;
}

inline std::shared_ptr<const spec::Context> MakeTestContext(const std::vector<catalogue::Window>& windows,
                                                            int lookback_days, int threads = 1,
                                                            bool drop_dark_hosts = false) {
  spec::Project project = spec::DefaultProject();
  project.catalogue.windows = windows;
  project.lookback.days = lookback_days;
  project.drop_dark_hosts = drop_dark_hosts;
  project.network.high_risk = {"10.0.9.0/24", "198.51.100.0/24"};
  project.port_sets.push_back({"MAIL_PORTS", {25, 587}});
  return *spec::MakeContext(std::move(project), threads);
}

}  // namespace ndr::windows::testing
