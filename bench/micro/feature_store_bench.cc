// SPDX-License-Identifier: Apache-2.0
// The embedded store beside Redis: NDR_BENCH_IDS ids (100,000 unless it says otherwise) of 701 features each
// in, each again with newer values, then one after the other out, decoded, alone and while the store is being
// filled. Redis gets the same bytes, a thousand to a write, and keeps nothing on disk. NDR_BENCH_DENSE=1
// fills every cell with a large number, which is more than any network gives. Seconds are those from an Arrow
// batch to its records in the store; batches are made on the way and not timed, so memory does not follow the
// number of ids (Redis' own does).
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <thread>

#include "ndr/base/hash.h"
#include "ndr/catalogue/batch.h"
#include "ndr/feature_store/embedded_store.h"
#include "redis_link.h"

namespace ndr::feature_store {
namespace {

constexpr size_t kBatch = 10'000, kGets = 20'000;
constexpr int64_t kFirstEventTime = 1'713'614'400'000'000;

size_t Ids() {
  static const size_t ids = [] {
    const char* asked = std::getenv("NDR_BENCH_IDS");
    const auto batches = (asked == nullptr ? 100'000 : std::strtoull(asked, nullptr, 10)) / kBatch;
    return std::max<size_t>(batches, 1) * kBatch;
  }();
  return ids;
}

bool Dense() {
  static const char* asked = std::getenv("NDR_BENCH_DENSE");
  return asked != nullptr && std::string_view(asked) == "1";
}

const catalogue::Catalogue& Words() {
  static const auto words = catalogue::Catalogue::Make({}).ValueOrDie();
  return *words;
}
const Group& Wide() {
  static const Group group = GroupsOf(Words(), catalogue::Dataset::kFgAWide, "wide").ValueOrDie().front();
  return group;
}
std::string HostOf(size_t i) { return ToText(base::Address::V4(0x0a000000u + static_cast<uint32_t>(i))); }

// Hosts [first, first + kBatch) as they are in a round: a quarter of the cells is null and a third zero
// (networks give more of both); of dense ones none.
std::shared_ptr<arrow::RecordBatch> Batch(size_t first, size_t round) {
  const auto schema = Words().Schema(catalogue::Dataset::kFgAWide);
  catalogue::BatchBuilder builder(schema, kBatch);
  for (int c = 0; c < schema->num_fields(); ++c) {
    const auto& field = *schema->field(c);
    std::vector<uint8_t> valid(field.nullable() ? kBatch : 0);
    const auto bits = [&](size_t i) { return base::Mix((first + i) * 1009 + static_cast<size_t>(c), round); };
    for (size_t i = 0; i < valid.size(); ++i) valid[i] = Dense() || bits(i) % 4 != 0;
    const auto fill = [&](auto zero, double unit, int dense_bits) {
      std::vector<decltype(zero)> values(kBatch);
      const int shift = 64 - (Dense() ? dense_bits : 16);
      for (size_t i = 0; i < kBatch; ++i)
        if (Dense() || bits(i) % 3 != 0)
          values[i] = static_cast<decltype(zero)>(static_cast<double>(bits(i) >> shift) * unit);
      builder.Put(field.name(), std::move(values), valid);
    };
    std::vector<base::Address> hosts;
    switch (field.type()->id()) {
      case arrow::Type::FIXED_SIZE_BINARY:
        for (size_t i = 0; i < kBatch; ++i)
          hosts.push_back(base::Address::V4(0x0a000000u + static_cast<uint32_t>(first + i)));
        builder.PutAddresses(field.name(), hosts, valid);
        break;
      case arrow::Type::TIMESTAMP:
        builder.Put(field.name(), std::vector<int64_t>(kBatch, kFirstEventTime + static_cast<int64_t>(round) *
                                                                                     base::kSliceMicros));
        break;
      case arrow::Type::INT8:
        fill(int8_t{}, 1. / 32768, 16);
        break;
      case arrow::Type::UINT16:
        fill(uint16_t{}, 1, 16);
        break;
      case arrow::Type::INT64:
        fill(int64_t{}, 1, 47);
        break;
      default:
        fill(double{}, 1. / 1013, 53);
    }
  }
  return builder.Finish().ValueOrDie();
}

// Seconds in which `put` takes the records of all ids.
template <class Put>
double Fill(size_t round, Put put) {
  double seconds = 0;
  for (size_t first = 0; first < Ids(); first += kBatch) {
    const auto batch = Batch(first, round);
    const auto start = std::chrono::steady_clock::now();
    put(first, std::make_shared<const Records>(Records::Make(Wide(), batch).ValueOrDie()));
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  return seconds;
}

// Milliseconds of each of many gets, over ids in no order, and of more of them until `done`.
template <class Get>
void TimeGets(
    benchmark::State& state, Get get, const std::function<bool()>& done = [] { return true; }) {
  std::vector<double> millis;
  for (auto _ : state)
    for (size_t i = 0; i < kGets || !done(); ++i) {
      const std::string host = HostOf(base::Mix(i) % Ids());
      const auto start = std::chrono::steady_clock::now();
      get(host);
      millis.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
  state.SetItemsProcessed(static_cast<int64_t>(millis.size()));
  state.counters["p50_ms"] = Percentile(millis, 0.50);
  state.counters["p99_ms"] = Percentile(millis, 0.99);
}

struct Folder {
  std::string path = (std::filesystem::temp_directory_path() / "ndr-feature-store-bench").string();
  Folder() { std::filesystem::remove_all(path); }
  ~Folder() { std::filesystem::remove_all(path); }
};

void Must(const arrow::Status& status) {
  if (!status.ok()) status.Abort();
}

// The store of this run, which the benchmarks fill and read one after the other.
class Filled {
 public:
  static Filled& Of() {
    static Filled filled;
    return filled;
  }
  double Fill() {
    const size_t round = rounds_++;
    return feature_store::Fill(round, [&](size_t first, std::shared_ptr<const Records> records) {
      const Unit unit{"wide", std::to_string(first), std::to_string(round)};
      Must(store_->Put(Wide(), unit, 0, std::move(records)));
      Must(store_->Complete(unit, kBatch));
    });
  }
  EmbeddedStore& store() {
    if (rounds_ == 0) Fill();
    return *store_;
  }
  std::string file() const { return folder_.path + "/online.sqlite"; }
  double megabytes() const {
    double bytes = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder_.path))
      bytes += static_cast<double>(file.file_size());
    return bytes / 1e6;
  }

 private:
  Folder folder_;
  std::unique_ptr<EmbeddedStore> store_ = EmbeddedStore::Open(file()).ValueOrDie();
  size_t rounds_ = 0;
};

void TimeFill(benchmark::State& state) {
  for (auto _ : state) state.SetIterationTime(Filled::Of().Fill());
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * Ids()));
  state.counters["MB"] = Filled::Of().megabytes();
}

void BM_EmbeddedPut(benchmark::State& state) { TimeFill(state); }
BENCHMARK(BM_EmbeddedPut)->Unit(benchmark::kMillisecond)->UseManualTime()->Iterations(1);

void BM_EmbeddedPutNewer(benchmark::State& state) {
  Filled::Of().store();
  TimeFill(state);
}
BENCHMARK(BM_EmbeddedPutNewer)->Unit(benchmark::kMillisecond)->UseManualTime()->Iterations(1);

void MustHave(EmbeddedStore* store, const std::string& host) {
  const auto found = store->Get(host).ValueOrDie();
  if (found.size() != 1 || found[0].values.size() != Wide().features.size()) std::abort();
}

void BM_EmbeddedGet(benchmark::State& state) {
  EmbeddedStore& store = Filled::Of().store();
  TimeGets(state, [&](const std::string& host) { MustHave(&store, host); });
}
BENCHMARK(BM_EmbeddedGet)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

// As a service beside the job that fills the store: gets over a connection of their own while all records are
// replaced.
void BM_EmbeddedGetWhileWriting(benchmark::State& state) {
  Filled::Of().store();
  const auto reader = EmbeddedStore::OpenToRead(Filled::Of().file()).ValueOrDie();
  std::atomic<bool> written = false;
  std::thread writer([&written] {
    Filled::Of().Fill();
    written = true;
  });
  TimeGets(
      state, [&](const std::string& host) { MustHave(reader.get(), host); },
      [&written] { return written.load(); });
  writer.join();
}
BENCHMARK(BM_EmbeddedGetWhileWriting)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

bench::RedisLink* Redis(benchmark::State& state) {
  static bench::RedisLink link;
  if (!link.ok()) state.SkipWithError("no redis-server; apt-get install redis-server");
  return link.ok() ? &link : nullptr;
}

// Fills it once where a run begins with the gets.
double FillRedis(bench::RedisLink* redis) {
  const RecordSchema schema = RecordSchema::Of(Wide());
  std::string bytes;
  return Fill(0, [&](size_t, const std::shared_ptr<const Records>& records) {
    for (size_t row = 0; row < kBatch; ++row) {
      bytes.clear();
      Encode(schema, *records, row, &bytes);
      redis->Set(records->entity_id(row), bytes);
      if (row % 1000 == 999) redis->Flush();
    }
  });
}
bool redis_is_filled = false;

void BM_RedisPut(benchmark::State& state) {
  bench::RedisLink* redis = Redis(state);
  if (redis == nullptr) return;
  for (auto _ : state) state.SetIterationTime(FillRedis(redis));
  redis_is_filled = true;
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * Ids()));
}
BENCHMARK(BM_RedisPut)->Unit(benchmark::kMillisecond)->UseManualTime()->Iterations(1);

void BM_RedisGet(benchmark::State& state) {
  bench::RedisLink* redis = Redis(state);
  if (redis == nullptr) return;
  if (!redis_is_filled) FillRedis(redis);
  const RecordSchema schema = RecordSchema::Of(Wide());
  TimeGets(state, [&](const std::string& host) {
    DecodedRecord decoded;
    Must(Decode(schema, redis->Get(host), &decoded));
  });
}
BENCHMARK(BM_RedisGet)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

}  // namespace
}  // namespace ndr::feature_store
