// SPDX-License-Identifier: Apache-2.0
// FG-C of one end: 10,000 rows of 1,000 hosts, two horizons, 32 metrics, six transforms; 50 pairs per host
// and role.
#include <arrow/type.h>
#include <benchmark/benchmark.h>

#include <random>

#include "ndr/base/hash.h"
#include "ndr/catalogue/batch.h"
#include "ndr/correlation/correlator.h"

namespace ndr::correlation {
namespace {

using catalogue::Dataset;

constexpr int kHosts = 1000, kWindows = 5, kPairs = 50;
constexpr base::Micros kEnd = 19'830 * base::kMicrosPerDay + 12 * 4 * base::kSliceMicros;

base::Address HostAt(int i) { return base::Address::V4(0x0a000000 + static_cast<uint32_t>(i)); }
base::Address PeerAt(uint64_t i) { return base::Address::V4(0xcb000000 + static_cast<uint32_t>(i % 4000)); }

/// A key of every host, role and window of one band.
struct Keys {
  std::vector<base::Address> host;
  std::vector<std::string> segment, role, window;
};

Keys AllKeys(const spec::Context& context) {
  Keys keys;
  for (int h = 0; h < kHosts; ++h)
    for (const std::string_view role : catalogue::kRoleNames)
      for (const catalogue::Window& w : context.catalogue->windows()) {
        keys.host.push_back(HostAt(h));
        keys.segment.push_back(context.network.SegmentIdOf(HostAt(h)));
        keys.role.emplace_back(role);
        keys.window.push_back(w.label);
      }
  return keys;
}

/// A batch of `rows` rows: the keys where the schema has them, random numbers elsewhere.
std::shared_ptr<arrow::RecordBatch> RandomBatch(const spec::Context& context, Dataset dataset,
                                                const Keys& keys, size_t rows, std::mt19937* random) {
  const auto schema = context.catalogue->Schema(dataset);
  catalogue::BatchBuilder to(schema, static_cast<int64_t>(rows));
  const auto first = [&](const std::vector<std::string>& texts) { return std::span(texts).first(rows); };
  for (const auto& field : schema->fields()) {
    const std::string& name = field->name();
    const auto numbers = [&]<class T>(T below) {
      std::vector<T> values(rows);
      for (T& v : values) v = static_cast<T>((*random)() % 1000 * static_cast<uint64_t>(below) / 1000);
      return values;
    };
    if (name == "host_ip")
      to.PutAddresses(name, std::span(keys.host).first(rows));
    else if (name == "role")
      to.PutTexts(name, first(keys.role));
    else if (name == "segment_id")
      to.PutTexts(name, first(keys.segment));
    else if (name == "window_label")
      to.PutTexts(name, first(keys.window));
    else if (name == "time_band")
      to.PutConstant(name, "WD_WORKING");
    else if (name == "window_end_ts")
      to.Put(name, std::vector<int64_t>(rows, kEnd));
    else if (name == "slices_covered")
      to.Put(name, std::vector<int32_t>(rows, 96));
    else if (name == "hosts_cnt")
      to.Put(name, std::vector<int64_t>(rows, 30));
    else if (name.ends_with("_support_count"))
      to.Put(name, std::vector<int64_t>(rows, 100));
    else if (field->type()->id() == arrow::Type::STRING)
      to.PutConstant(name, "");
    else if (field->type()->id() == arrow::Type::FIXED_SIZE_BINARY)
      to.PutAddresses(name, std::span(keys.host).first(rows));
    else if (field->type()->id() == arrow::Type::INT32)
      to.Put(name, numbers(int32_t{100}));
    else if (field->type()->id() == arrow::Type::UINT16)
      to.Put(name, numbers(uint16_t{1000}));
    else if (field->type()->id() == arrow::Type::INT8)
      to.Put(name, std::vector<int8_t>(rows, 0));
    else if (field->type()->id() == arrow::Type::DOUBLE)
      to.Put(name, numbers(1000.0));
    else
      to.Put(name, numbers(int64_t{1000}));
  }
  return to.Finish().ValueOrDie();
}

std::shared_ptr<const reference::Reference> MakeReference(const spec::Context& context, const Keys& keys) {
  std::mt19937 random(5);
  reference::Builder builder(context.catalogue, kEnd - base::kMicrosPerDay);
  for (const int days : {7, 30}) {
    const size_t h = builder.AddHorizon(std::to_string(days) + "d", kEnd - (days + 1) * base::kMicrosPerDay,
                                        kEnd - base::kMicrosPerDay);
    for (const Dataset table :
         {Dataset::kFgBHost, Dataset::kIpMetadata, Dataset::kFgBSegment, Dataset::kFgBGlobal}) {
      // One segment's rows, and the network's, are the first ten keys.
      const bool by_host = table == Dataset::kFgBHost || table == Dataset::kIpMetadata;
      const auto rows = RandomBatch(context, table, keys, by_host ? keys.host.size() : 10, &random);
      if (const auto status = builder.Add(h, table, *rows); !status.ok()) status.Abort();
    }
  }
  return builder.Finish().ValueOrDie();
}

/// 50 pairs per host and role.
class BenchPairs : public pairs::WindowPairs {
 public:
  void Visit(base::Address host, catalogue::Role role,
             const std::function<void(const pairs::WindowPair&)>& visit) const override {
    const uint64_t number = (host.lo & 0xffffff) * 2 + static_cast<uint64_t>(role);
    for (uint64_t p = 0; p < kPairs; ++p)
      visit({PeerAt(base::Mix(number, p)), 443, static_cast<uint32_t>(number % 16),
             static_cast<uint32_t>(number / 16 * kPairs + p), sessions_});
  }
  pairs::PairSums Sums(const pairs::WindowPair&, int window) const override {
    return {sessions_[window], 1000, 2000, 0, 0, 1};
  }
  pairs::PairRhythm Rhythm(const pairs::WindowPair&, int) const override { return {10, true, 14, true, 0.3}; }
  int64_t PeerHosts(catalogue::Role, base::Address, int) const override { return 3; }
  uint64_t generation() const override { return 1; }

 private:
  int64_t sessions_[kWindows] = {0, 1, 2, 5, 12};
};

void CorrelateAnEnd(benchmark::State& state) {
  spec::Project project = spec::DefaultProject();
  for (size_t i = 0; i < catalogue::kDefaultRanked; ++i)
    project.catalogue.baselined_metrics.emplace_back(catalogue::kMetrics[i].name);
  project.findings.terms = {
      {catalogue::Kind::kDenials, "deny_cnt", {catalogue::Role::kOutbound}, 50, 100, 1}};
  const auto context = spec::MakeContext(project, static_cast<int>(state.range(0))).ValueOrDie();
  const Keys keys = AllKeys(*context);
  std::mt19937 random(3);
  const auto fg_a = RandomBatch(*context, Dataset::kFgA, keys, keys.host.size(), &random);
  const auto correlator = Correlator::Make(context, MakeReference(*context, keys)).ValueOrDie();
  const BenchPairs pairs;
  for (auto _ : state) benchmark::DoNotOptimize(correlator->Correlate(*fg_a, pairs).ValueOrDie().evidence);
  state.SetItemsProcessed(state.iterations() * fg_a->num_rows());
}
BENCHMARK(CorrelateAnEnd)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace ndr::correlation
