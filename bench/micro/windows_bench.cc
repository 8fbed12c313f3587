// SPDX-License-Identifier: Apache-2.0
// A day of 5,000 hosts and 5 million sessions, slid through the default windows: 96 ends.
#include <arrow/builder.h>
#include <arrow/type.h>
#include <benchmark/benchmark.h>

#include <chrono>
#include <map>
#include <random>
#include <tuple>

#include "ndr/base/hash.h"
#include "ndr/catalogue/batch.h"
#include "ndr/windows/window_builder.h"

namespace ndr::windows {
namespace {

constexpr int kHosts = 5000, kSlices = 96, kSessionsPerSlice = 5'000'000 / kSlices;
constexpr base::Micros kFirst = 19'830 * base::kMicrosPerDay;

struct Partials {
  std::shared_ptr<arrow::RecordBatch> host, pair;
};

struct PairSum {
  int64_t sessions = 0, bytes_src = 0, bytes_dst = 0, failed = 0;
  uint16_t minutes = 0;
};
struct HostSum {
  int64_t sessions = 0, bytes_src = 0, bytes_dst = 0, failed = 0;
  std::vector<int64_t> minutes = std::vector<int64_t>(base::kMinutesPerSlice);
};

/// Every host has its favourites, all share some servers, and a tenth of the sessions go anywhere.
class Network {
 public:
  Partials Slice(const spec::Context& context, int slice) {
    pairs_.clear();
    hosts_.clear();
    for (int i = 0; i < kSessionsPerSlice; ++i) Add();
    return {HostBatch(context, slice), PairBatch(context, slice)};
  }

 private:
  uint32_t Below(uint32_t n) { return random_() % n; }
  void Add() {
    const uint32_t host = Below(4) == 0 ? Below(kHosts / 20) : Below(kHosts);
    const base::Address src = base::Address::V4(0x0a000000 + host);
    const uint32_t kind = Below(10);
    base::Address dst;
    int port = 443;
    if (kind < 5) {
      dst = base::Address::V4(0xc6336400 + base::Mix(host, Below(12)) % 50'000 * 7);
      port = Below(6) == 0 ? 80 : 443;
    } else if (kind < 9) {
      constexpr int kPorts[] = {53, 445, 389, 88, 443, 1433, 22, -1};
      const uint32_t server = Below(kind < 8 ? 20 : 400);
      dst = base::Address::V4(0x0a100000 + server);
      port = kPorts[base::Mix(server, Below(2)) % 8];
    } else {
      dst = base::Address::V4(0x50000000 + Below(2'000'000));
    }
    const auto minute = Below(base::kMinutesPerSlice);
    const int64_t bytes_src = Below(20'000), bytes_dst = Below(100'000), failed = Below(20) == 0;
    PairSum& pair = pairs_[{src, dst, port}];
    ++pair.sessions, pair.bytes_src += bytes_src, pair.bytes_dst += bytes_dst, pair.failed += failed;
    pair.minutes = static_cast<uint16_t>(pair.minutes | 1 << minute);
    for (int role = 0; role < (kind < 5 || kind == 9 ? 1 : 2); ++role) {
      HostSum& sum = hosts_[{role == 0 ? src : dst, role}];
      ++sum.sessions, sum.bytes_src += bytes_src, sum.bytes_dst += bytes_dst, sum.failed += failed;
      ++sum.minutes[minute];
    }
  }

  std::shared_ptr<arrow::RecordBatch> PairBatch(const spec::Context& context, int slice) const {
    const base::Micros start = kFirst + slice * base::kSliceMicros;
    catalogue::BatchBuilder batch(context.catalogue->Schema(catalogue::Dataset::kDeltaPair),
                                  static_cast<int64_t>(pairs_.size()));
    std::vector<base::Address> src, dst;
    std::vector<uint16_t> port, minutes;
    std::vector<uint8_t> has_port;
    std::vector<int64_t> sessions, bytes_src, bytes_dst, failed, replied;
    for (const auto& [key, pair] : pairs_) {
      src.push_back(std::get<0>(key)), dst.push_back(std::get<1>(key));
      port.push_back(static_cast<uint16_t>(std::max(0, std::get<2>(key)))),
          has_port.push_back(std::get<2>(key) >= 0);
      sessions.push_back(pair.sessions), bytes_src.push_back(pair.bytes_src),
          bytes_dst.push_back(pair.bytes_dst);
      failed.push_back(pair.failed), replied.push_back(pair.sessions - pair.failed),
          minutes.push_back(pair.minutes);
    }
    batch.Put("slice_start_ts", std::vector<int64_t>(pairs_.size(), start));
    batch.Put("slice_end_ts", std::vector<int64_t>(pairs_.size(), start + base::kSliceMicros));
    batch.PutConstant("mini_batch_id", "b");
    batch.PutAddresses("src_ip", src);
    batch.PutAddresses("dst_ip", dst);
    batch.Put("dst_port", port, has_port);
    batch.Put("sessions_cnt", sessions);
    batch.Put("bytes_src_sum", bytes_src);
    batch.Put("bytes_dst_sum", bytes_dst);
    batch.Put("deny_cnt", failed);
    batch.Put("failed_cnt", failed);
    batch.Put("replied_cnt", replied);
    batch.Put("first_ts", std::vector<int64_t>(pairs_.size(), start));
    batch.Put("last_ts", std::vector<int64_t>(pairs_.size(), start));
    batch.Put("active_minutes", minutes);
    return *batch.Finish();
  }

  std::shared_ptr<arrow::RecordBatch> HostBatch(const spec::Context& context, int slice) const {
    const base::Micros start = kFirst + slice * base::kSliceMicros;
    const auto schema = context.catalogue->Schema(catalogue::Dataset::kDeltaHost);
    catalogue::BatchBuilder batch(schema, static_cast<int64_t>(hosts_.size()));
    std::vector<base::Address> host;
    std::vector<std::string> roles;
    std::map<std::string, std::vector<int64_t>> counts;
    arrow::ListBuilder minutes(arrow::default_memory_pool(), std::make_shared<arrow::Int64Builder>(),
                               schema->GetFieldByName("sessions_per_minute")->type());
    for (const auto& [key, sum] : hosts_) {
      host.push_back(key.first);
      roles.emplace_back(catalogue::kRoleNames[static_cast<size_t>(key.second)]);
      for (const std::string name : {"sessions_cnt", "allow_cnt", "tcp_cnt", "traffic_cnt"})
        counts[name].push_back(sum.sessions);
      counts["deny_cnt"].push_back(sum.failed);
      counts["bytes_src_sum"].push_back(sum.bytes_src);
      counts["bytes_dst_sum"].push_back(sum.bytes_dst);
      if (!minutes.Append().ok() ||
          !static_cast<arrow::Int64Builder*>(minutes.value_builder())->AppendValues(sum.minutes).ok())
        std::abort();
    }
    batch.Put("slice_start_ts", std::vector<int64_t>(hosts_.size(), start));
    batch.Put("slice_end_ts", std::vector<int64_t>(hosts_.size(), start + base::kSliceMicros));
    batch.PutConstant("mini_batch_id", "b");
    batch.PutAddresses("host_ip", host);
    batch.PutTexts("role", roles);
    batch.PutConstant("segment_id", "s");
    for (const std::string& name : context.catalogue->delta_counts()) {
      auto& values = counts[name];
      values.resize(hosts_.size());
      batch.Put(name, values);
    }
    batch.Put("duration_sum", std::vector<double>(hosts_.size(), 1.5));
    batch.PutArray("sessions_per_minute", *minutes.Finish());
    return *batch.Finish();
  }

  std::mt19937 random_{7};
  std::map<std::tuple<base::Address, base::Address, int>, PairSum> pairs_;
  std::map<std::pair<base::Address, int>, HostSum> hosts_;
};

/// Nothing lies before the day but, for the second day of two, the first.
class Memory : public SliceHistory {
 public:
  explicit Memory(const std::vector<Partials>& slices) : slices_(slices) {}
  const Partials* At(base::Micros start) const {
    const int64_t i = (start - kFirst) / base::kSliceMicros;
    return &slices_[static_cast<size_t>(i) % slices_.size()];
  }
  arrow::Result<bool> Committed(base::Micros) override { return true; }
  arrow::Result<arrow::RecordBatchVector> Hosts(base::Micros start) override {
    return Moved(At(start)->host, start);
  }
  arrow::Result<arrow::RecordBatchVector> Slice(base::Micros start) override {
    return Moved(At(start)->pair, start);
  }
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Day(base::Micros) override { return nullptr; }

  // The same day again and again.
  static arrow::Result<arrow::RecordBatchVector> Moved(const std::shared_ptr<arrow::RecordBatch>& batch,
                                                       base::Micros start) {
    catalogue::BatchBuilder column(arrow::schema({batch->schema()->field(0)}), batch->num_rows());
    column.Put("slice_start_ts", std::vector<int64_t>(static_cast<size_t>(batch->num_rows()), start));
    ARROW_ASSIGN_OR_RAISE(const auto moved, column.Finish());
    ARROW_ASSIGN_OR_RAISE(const auto out, batch->SetColumn(0, batch->schema()->field(0), moved->column(0)));
    return arrow::RecordBatchVector{out};
  }

  const std::vector<Partials>& slices_;
};

void Check(const arrow::Status& status) {
  if (!status.ok()) std::abort();
}

// `days` before the measured one fill windows and look-back; the look-back of one day makes far edges move
// too.
void BM_Day(benchmark::State& state) {
  spec::Project project = spec::DefaultProject();
  project.lookback.days = 1;
  const auto context = *spec::MakeContext(project, static_cast<int>(state.range(1)));
  static const std::vector<Partials> slices = [&] {
    Network network;
    std::vector<Partials> made;
    for (int s = 0; s < kSlices; ++s) made.push_back(network.Slice(*context, s));
    return made;
  }();
  Memory history(slices);
  int64_t rows = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto builder = *WindowBuilder::Make(context, kFirst, &history);
    Check(builder->Start(kFirst + state.range(0) * base::kMicrosPerDay));
    state.ResumeTiming();
    double advance = 0;
    for (int s = 0; s < kSlices; ++s) {
      const auto hosts = *history.Hosts(builder->end()), pairs = *history.Slice(builder->end());
      const auto begin = std::chrono::steady_clock::now();
      Check(builder->Advance(builder->end(), true, hosts, pairs));
      advance += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      rows += (*builder->Rows("b"))->num_rows();
    }
    state.counters["advance_s"] = advance;
  }
  state.counters["rows"] = static_cast<double>(rows) / static_cast<double>(state.iterations());
}
BENCHMARK(BM_Day)
    ->ArgNames({"days_before", "threads"})
    ->Args({0, 2})
    ->Args({2, 2})
    ->Args({2, 1})
    ->Unit(benchmark::kSecond)
    ->UseRealTime()
    ->Iterations(1);

}  // namespace
}  // namespace ndr::windows
