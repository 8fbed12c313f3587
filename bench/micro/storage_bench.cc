// SPDX-License-Identifier: Apache-2.0
// Parquet both ways for a slice of FG-A: 50,000 rows of some 90 columns, skewed as networks are.
#include <arrow/type.h>
#include <benchmark/benchmark.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "ndr/base/hash.h"
#include "ndr/catalogue/batch.h"
#include "ndr/storage/parquet_file.h"

namespace ndr::storage {
namespace {

constexpr size_t kRows = 50'000;

std::shared_ptr<arrow::Schema> Schema() {
  static const auto words = catalogue::Catalogue::Make({}).ValueOrDie();
  return words->Schema(catalogue::Dataset::kFgA);
}

// A skewed number: most are 0 or small, a few large.
uint64_t Skewed(size_t row, size_t column) {
  const uint64_t x = base::Mix(row / 5 * 131 + column);
  return base::Mix(x) >> (40 + x % 24);
}

std::shared_ptr<arrow::RecordBatch> Slice() {
  const auto schema = Schema();
  catalogue::BatchBuilder builder(schema, kRows);
  for (size_t c = 0; c < static_cast<size_t>(schema->num_fields()); ++c) {
    const auto& field = *schema->field(static_cast<int>(c));
    std::vector<uint8_t> valid;
    if (field.nullable())
      for (size_t i = 0; i < kRows; ++i) valid.push_back(base::Mix(i / 5 + c) % 5 != 0);
    const auto fill = [&](auto zero) {
      std::vector<decltype(zero)> values(kRows);
      for (size_t i = 0; i < kRows; ++i)
        if (valid.empty() || valid[i]) values[i] = static_cast<decltype(zero)>(Skewed(i, c) & 0x7f);
      builder.Put(field.name(), std::move(values), valid);
    };
    switch (field.type()->id()) {
      case arrow::Type::FIXED_SIZE_BINARY: {
        std::vector<base::Address> hosts;
        for (size_t i = 0; i < kRows; ++i)
          hosts.push_back(base::Address::V4(0x0a000000u + static_cast<uint32_t>(i / 10 * 7)));
        builder.PutAddresses(field.name(), hosts, valid);
        break;
      }
      case arrow::Type::STRING: {
        std::vector<std::string> texts;
        for (size_t i = 0; i < kRows; ++i)
          texts.push_back(field.name() == "record_id"
                              ? "10.0.1." + std::to_string(i / 10) + "|outbound|w_15m|2024-04-20T12:00:00Z"
                              : "word" + std::to_string(i % 5));
        builder.PutTexts(field.name(), texts, valid);
        break;
      }
      case arrow::Type::DOUBLE: {
        std::vector<double> values(kRows);
        for (size_t i = 0; i < kRows; ++i)
          values[i] =
              static_cast<double>(Skewed(i, c) % 1000) / static_cast<double>(1 + Skewed(i, c + 1) % 100);
        builder.Put(field.name(), std::move(values), valid);
        break;
      }
      case arrow::Type::INT8:
        fill(int8_t{});
        break;
      case arrow::Type::INT32:
        fill(int32_t{});
        break;
      case arrow::Type::UINT16:
        fill(uint16_t{});
        break;
      default: {
        std::vector<int64_t> values(kRows);
        for (size_t i = 0; i < kRows; ++i) values[i] = static_cast<int64_t>(Skewed(i, c));
        builder.Put(field.name(), std::move(values), valid);
      }
    }
  }
  return builder.Finish().ValueOrDie();
}

void Encode(benchmark::State& state) {
  const auto slice = Slice();
  int64_t bytes = 0;
  for (auto _ : state) bytes = EncodeParquet(slice).ValueOrDie().bytes->size();
  state.counters["bytes"] = static_cast<double>(bytes);
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kRows));
}
BENCHMARK(Encode)->Unit(benchmark::kMillisecond);

void Decode(benchmark::State& state) {
  const std::string path = (std::filesystem::temp_directory_path() / "ndr-storage-bench.parquet").string();
  std::ofstream(path, std::ios::binary) << EncodeParquet(Slice()).ValueOrDie().view();
  for (auto _ : state)
    benchmark::DoNotOptimize(ParquetReader::Open(path, Schema()).ValueOrDie()->Next().ValueOrDie());
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kRows));
  std::filesystem::remove(path);
}
BENCHMARK(Decode)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ndr::storage
