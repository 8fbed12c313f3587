// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "ndr/stats/ranked.h"
#include "ndr/stats/weighted_run.h"

namespace ndr::stats {
namespace {

std::vector<Ranked> Column(int64_t rows, bool counts) {
  std::mt19937_64 random(7);
  std::vector<Ranked> column;
  for (int64_t i = 0; i < rows; ++i) {
    const double x = counts ? static_cast<double>(random() % 200) : static_cast<double>(random()) * 0x1p-64;
    column.push_back({OrderKey(x), static_cast<uint32_t>(i)});
  }
  return column;
}

// Rows and whether they are counts; time per value.
void BM_Sort(benchmark::State& state) {
  const auto column = Column(state.range(0), state.range(1) != 0);
  std::vector<Ranked> work, scratch;
  for (auto _ : state) {
    work = column;
    Sort(&work, &scratch);
    benchmark::DoNotOptimize(work.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Sort)->ArgsProduct({{100, 700, 1000, 3000, 100'000}, {0, 1}});

void BM_Summarize(benchmark::State& state) {
  std::vector<double> values;
  std::vector<int64_t> cumulative;
  for (int64_t i = 0; i < state.range(0); ++i) {
    values.push_back(static_cast<double>(i * i));
    cumulative.push_back(1000 * (i + 1));
  }
  for (auto _ : state) benchmark::DoNotOptimize(Summarize(WeightedRun{values, cumulative}));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Summarize)->Arg(10)->Arg(480)->Arg(100'000);

// Runs of 100,000 values each; time per statistic row.
void BM_SummarizeRuns(benchmark::State& state) {
  std::mt19937_64 random(7);
  std::vector<std::vector<double>> values(static_cast<size_t>(state.range(0)));
  std::vector<int64_t> cumulative;
  for (int64_t i = 0; i < 100'000; ++i) cumulative.push_back(1000 * (i + 1));
  std::vector<WeightedRun> runs;
  for (auto& run : values) {
    double x = 0;
    for (size_t i = 0; i < cumulative.size(); ++i)
      run.push_back(x += static_cast<double>(random() % 1000) + 0.5);
    runs.push_back({run, cumulative});
  }
  for (auto _ : state) benchmark::DoNotOptimize(Summarize(runs));
}
BENCHMARK(BM_SummarizeRuns)->Arg(4)->Arg(40)->Arg(400)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace ndr::stats
