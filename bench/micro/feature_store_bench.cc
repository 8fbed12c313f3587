// SPDX-License-Identifier: Apache-2.0
// The embedded store beside Redis: 100,000 ids of 701 features each in, then one after the other out,
// decoded. Redis gets the same bytes, a thousand to a write, and keeps nothing on disk.
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <benchmark/benchmark.h>

#include <chrono>
#include <filesystem>

#include "ndr/base/hash.h"
#include "ndr/catalogue/batch.h"
#include "ndr/feature_store/embedded_store.h"
#include "redis_link.h"

namespace ndr::feature_store {
namespace {

constexpr size_t kIds = 100'000, kBatch = 10'000, kGets = 20'000;

const catalogue::Catalogue& Words() {
  static const auto words = catalogue::Catalogue::Make({}).ValueOrDie();
  return *words;
}
const Group& Wide() {
  static const Group group = GroupsOf(Words(), catalogue::Dataset::kFgAWide, "wide").ValueOrDie().front();
  return group;
}
std::string HostOf(size_t i) { return ToText(base::Address::V4(0x0a000000u + static_cast<uint32_t>(i))); }

// Hosts [first, first + kBatch): a quarter of the cells is null and a third zero, as in networks.
std::shared_ptr<const Records> Batch(size_t first) {
  const auto schema = Words().Schema(catalogue::Dataset::kFgAWide);
  catalogue::BatchBuilder builder(schema, kBatch);
  for (int c = 0; c < schema->num_fields(); ++c) {
    const auto& field = *schema->field(c);
    std::vector<uint8_t> valid(field.nullable() ? kBatch : 0);
    const auto bits = [&](size_t i) { return base::Mix((first + i) * 1009 + static_cast<size_t>(c)); };
    for (size_t i = 0; i < valid.size(); ++i) valid[i] = bits(i) % 4 != 0;
    const auto fill = [&](auto zero, double unit) {
      std::vector<decltype(zero)> values(kBatch);
      for (size_t i = 0; i < kBatch; ++i)
        if (bits(i) % 3 != 0)
          values[i] = static_cast<decltype(zero)>(static_cast<double>(bits(i) >> 48) * unit);
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
        builder.Put(field.name(), std::vector<int64_t>(kBatch, 1'713'614'400'000'000));
        break;
      case arrow::Type::INT8:
        fill(int8_t{}, 1. / 65536);
        break;
      case arrow::Type::UINT16:
        fill(uint16_t{}, 1);
        break;
      case arrow::Type::INT64:
        fill(int64_t{}, 1);
        break;
      default:
        fill(double{}, 1. / 1013);
    }
  }
  return std::make_shared<const Records>(Records::Make(Wide(), builder.Finish().ValueOrDie()).ValueOrDie());
}

const std::vector<std::shared_ptr<const Records>>& AllRecords() {
  static const auto records = [] {
    std::vector<std::shared_ptr<const Records>> made;
    for (size_t first = 0; first < kIds; first += kBatch) made.push_back(Batch(first));
    return made;
  }();
  return records;
}

// Milliseconds of each of many gets, over ids in no order.
template <class Get>
void TimeGets(benchmark::State& state, Get get) {
  std::vector<double> millis;
  for (auto _ : state)
    for (size_t i = 0; i < kGets; ++i) {
      const std::string host = HostOf(base::Mix(i) % kIds);
      const auto start = std::chrono::steady_clock::now();
      get(host);
      millis.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kGets));
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

void Fill(EmbeddedStore* store, const std::string& sha256) {
  for (size_t b = 0; b < AllRecords().size(); ++b) {
    const Unit unit{"wide", std::to_string(b), sha256};
    Must(store->Put(Wide(), unit, 0, AllRecords()[b]));
    Must(store->Complete(unit, kBatch));
  }
}

EmbeddedStore& Filled() {
  static const Folder folder;
  static const auto store = EmbeddedStore::Open(folder.path + "/filled.sqlite").ValueOrDie();
  static const bool filled = (Fill(store.get(), "0"), true);
  benchmark::DoNotOptimize(filled);
  return *store;
}

void BM_EmbeddedPut(benchmark::State& state) {
  AllRecords();
  const Folder folder;
  size_t run = 0;
  for (auto _ : state) {
    const auto store =
        EmbeddedStore::Open(folder.path + "/" + std::to_string(run++) + ".sqlite").ValueOrDie();
    Fill(store.get(), "0");
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kIds));
}
BENCHMARK(BM_EmbeddedPut)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

void BM_EmbeddedPutNewer(benchmark::State& state) {
  EmbeddedStore& store = Filled();
  int run = 0;
  for (auto _ : state) Fill(&store, std::to_string(++run));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kIds));
}
BENCHMARK(BM_EmbeddedPutNewer)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

void BM_EmbeddedGet(benchmark::State& state) {
  EmbeddedStore& store = Filled();
  TimeGets(state, [&](const std::string& host) {
    const auto found = store.Get(host).ValueOrDie();
    if (found.size() != 1 || found[0].values.size() != Wide().features.size()) std::abort();
  });
}
BENCHMARK(BM_EmbeddedGet)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

bench::RedisLink* Redis(benchmark::State& state) {
  static bench::RedisLink link;
  if (!link.ok()) state.SkipWithError("no redis-server: apt-get install redis-server");
  return link.ok() ? &link : nullptr;
}

void BM_RedisPut(benchmark::State& state) {
  bench::RedisLink* redis = Redis(state);
  if (redis == nullptr) return;
  AllRecords();
  const RecordSchema schema = RecordSchema::Of(Wide());
  std::string bytes;
  for (auto _ : state)
    for (const auto& records : AllRecords())
      for (size_t row = 0; row < kBatch; ++row) {
        bytes.clear();
        Encode(schema, *records, row, &bytes);
        redis->Set(records->entity_id(row), bytes);
        if (row % 1000 == 999) redis->Flush();
      }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kIds));
}
BENCHMARK(BM_RedisPut)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

void BM_RedisGet(benchmark::State& state) {
  bench::RedisLink* redis = Redis(state);
  if (redis == nullptr) return;
  const RecordSchema schema = RecordSchema::Of(Wide());
  TimeGets(state, [&](const std::string& host) {
    DecodedRecord decoded;
    Must(Decode(schema, redis->Get(host), &decoded));
  });
}
BENCHMARK(BM_RedisGet)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

}  // namespace
}  // namespace ndr::feature_store
