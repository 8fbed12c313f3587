// SPDX-License-Identifier: Apache-2.0
// FG-B of one window and role over 30 days: 1,000 hosts in four segments, 2.88 million rows, the first 32
// metrics.
#include <arrow/type.h>
#include <benchmark/benchmark.h>

#include <cmath>
#include <random>

#include "ndr/baselines/global_table.h"
#include "ndr/catalogue/batch.h"

namespace ndr::baselines {
namespace {

constexpr int64_t kFirst = 1'900'032, kSlices = 30 * 96;  // a midnight
constexpr int kSegments = 4, kHosts = 250;

std::shared_ptr<const spec::Context> MakeContext(bool at_segment_level) {
  auto context = std::make_shared<spec::Context>();
  spec::Project& project = context->project;
  for (size_t i = 0; i < catalogue::kDefaultRanked; ++i)
    project.catalogue.baselined_metrics.emplace_back(catalogue::kMetrics[i].name);
  project.capping.at_segment_level = at_segment_level;
  context->catalogue = *catalogue::Catalogue::Make(project.catalogue);
  context->calendar = *base::Calendar::Make(project.calendar);
  context->network = *base::Network::Make(project.network);
  return context;
}

// Counts are mostly small or 0, bytes spread over orders of magnitude, fractions are what small counts divide
// to or any number.
double Draw(const catalogue::ProjectMetric& metric, std::mt19937_64* random) {
  const double u = static_cast<double>((*random)() >> 11) * 0x1p-53;
  switch (metric.word->unit) {
    case catalogue::Unit::kBytes:
      return std::floor(std::exp(8 + 6 * u));
    case catalogue::Unit::kCount:
      return metric.word->measure.of == "sessions" ? std::floor(1 / (0.005 + u))
             : u < 0.7                             ? 0
                                                   : std::floor(30 * (u - 0.7));
    default:
      return u < 0.2 ? 0 : u;
  }
}

// One host's rows of the window of 15 minutes.
std::shared_ptr<arrow::RecordBatch> HostRows(const spec::Context& context, int segment, int host) {
  std::mt19937_64 random(static_cast<uint64_t>(segment) * 1000 + static_cast<uint64_t>(host));
  const auto n = static_cast<size_t>(kSlices);
  std::vector<int64_t> ends(n);
  std::vector<int32_t> bands(n);
  for (size_t i = 0; i < n; ++i) {
    ends[i] = (kFirst + static_cast<int64_t>(i) + 1) * base::kSliceMicros;
    bands[i] = static_cast<int32_t>(context.calendar.At(ends[i] - base::kSliceMicros).time_band);
  }
  arrow::FieldVector fields;
  std::vector<std::string> read = {"host_ip", "window_end_ts", "slices_covered", "segment_id",
                                   "role",    "time_band",     "window_label"};
  for (const int i : context.catalogue->baselined())
    read.push_back(context.catalogue->metrics()[static_cast<size_t>(i)].column);
  const auto schema = context.catalogue->Schema(catalogue::Dataset::kFgA);
  for (const std::string& name : read) fields.push_back(schema->GetFieldByName(name));
  catalogue::BatchBuilder batch(arrow::schema(fields), kSlices);
  batch.PutAddresses("host_ip",
                     std::vector<base::Address>(
                         n, base::Address::V4(0x0a000000u + static_cast<uint32_t>(segment * 256 + host))));
  batch.Put("window_end_ts", std::move(ends));
  batch.Put("slices_covered", std::vector<int32_t>(n, 1));
  batch.PutConstant("segment_id", "10.0." + std::to_string(segment) + ".0/24");
  batch.PutConstant("role", "outbound");
  batch.PutConstant("window_label", "w_15m");
  batch.PutWords("time_band", bands,
                 std::vector<std::string>(base::kTimeBandNames.begin(), base::kTimeBandNames.end()));
  for (const int i : context.catalogue->baselined()) {
    const auto& metric = context.catalogue->metrics()[static_cast<size_t>(i)];
    std::vector<double> values(n);
    for (double& x : values) x = Draw(metric, &random);
    if (metric.type == catalogue::Type::kFloat64)
      batch.Put(metric.column, std::move(values));
    else
      batch.Put(metric.column, std::vector<int64_t>(values.begin(), values.end()));
  }
  return *batch.Finish();
}

// Argument: threads. The time of columns, tables and the global table together.
void BM_FgB(benchmark::State& state) {
  const auto context = MakeContext(true);
  const auto plan = *Plan::Make(context);
  const Range range{"30d", kFirst * base::kSliceMicros, (kFirst + kSlices) * base::kSliceMicros,
                    (kFirst + kSlices) * base::kSliceMicros};
  std::vector<base::Micros> committed;
  for (int64_t s = kFirst; s < kFirst + kSlices; ++s) committed.push_back(s * base::kSliceMicros);
  const BandSlices bands(context->calendar, context->catalogue->windows(), committed, range.start, range.end);
  const int threads = static_cast<int>(state.range(0));
  for (auto _ : state) {
    GlobalTable global(plan, range, 0, nullptr);
    for (int segment = 0; segment < kSegments; ++segment) {
      state.PauseTiming();
      std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
      for (int host = 0; host < kHosts; ++host) batches.push_back(HostRows(*context, segment, host));
      state.ResumeTiming();
      SegmentRows rows(plan, range);
      for (const auto& batch : batches)
        if (!rows.Add(*batch).ok()) std::abort();
      auto tables = MakeSegmentTables(rows, range, bands, {}, threads);
      if (!tables.ok() || !global.Add(std::move(tables->global)).ok()) std::abort();
      benchmark::DoNotOptimize(tables->host);
    }
    benchmark::DoNotOptimize(*global.Finish(bands, threads));
  }
  state.SetItemsProcessed(state.iterations() * kSegments * kHosts * kSlices);
}
BENCHMARK(BM_FgB)->Arg(1)->Arg(2)->Iterations(1)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace ndr::baselines
