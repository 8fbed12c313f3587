// SPDX-License-Identifier: Apache-2.0
// Log bytes to sessions, and sessions of one slice to partials: one core each.
#include <arrow/array.h>
#include <benchmark/benchmark.h>

#include <cstdio>
#include <random>
#include <string>

#include "ndr/catalogue/sessions.h"
#include "ndr/delta/delta.h"
#include "ndr/ingest/parser.h"

namespace ndr {
namespace {

constexpr int kLines = 50'000;

std::string JsonLines() {
  std::mt19937 random(1);
  const auto below = [&](uint32_t n) { return static_cast<unsigned>(random() % n); };
  std::string log;
  char line[512];
  for (int i = 0; i < kLines; ++i) {
    const unsigned second = below(900), host = below(5000);
    const int n = std::snprintf(
        line, sizeof line,
        R"({"event_start":"2024-04-20T12:%02u:%02u.%06uZ","event_end":"2024-04-20T12:%02u:%02u.%06uZ","source_ip":"10.0.%u.%u",)"
        R"("destination_ip":"%u.%u.%u.9","source_port":%u,"destination_port":%u,"source_bytes":%u,"destination_bytes":%u,)"
        R"("source_packets":%u,"destination_packets":%u,"network_transport":"tcp","event_name":"TRAFFIC","event_subtype":"end",)"
        R"("event_action":"%s","event_reason":"%s","device_id":"fw-1"})"
        "\n",
        second / 60, second % 60, below(1'000'000), second / 60, second % 60, 999'999, host / 250, host % 250,
        20 + below(4), below(20), below(10), 1024 + below(60'000), below(3) == 0 ? 53 : 443, below(90'000),
        below(900'000), 10 + below(9), 20 + below(9), below(10) == 0 ? "deny" : "allow",
        below(4) == 0 ? "aged-out" : "tcp-fin");
    log.append(line, static_cast<size_t>(n));
  }
  return log.append(ingest::kBlockPadding, '\0');
}

ingest::Block BlockOf(const std::string& log) {
  return {std::string_view(log).substr(0, log.size() - ingest::kBlockPadding), 0};
}

std::shared_ptr<const spec::Context> Context() {
  return spec::MakeContext(spec::DefaultProject(), 1).ValueOrDie();
}

ingest::Parsed ParseAll(const std::string& log) {
  const auto parser = ingest::Parser::Make(Context(), ingest::Source::kNdrJson).ValueOrDie();
  ingest::LayoutScanner scanner(parser, "bench");
  return parser->Parse(BlockOf(log), scanner.Next(BlockOf(log)).ValueOrDie()).ValueOrDie();
}

void ParseNdrJson(benchmark::State& state) {
  const std::string log = JsonLines();
  const auto parser = ingest::Parser::Make(Context(), ingest::Source::kNdrJson).ValueOrDie();
  ingest::LayoutScanner scanner(parser, "bench");
  const auto layout = scanner.Next(BlockOf(log)).ValueOrDie();
  for (auto _ : state) benchmark::DoNotOptimize(parser->Parse(BlockOf(log), layout).ValueOrDie().sessions);
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(log.size()));
  state.SetItemsProcessed(state.iterations() * kLines);
}
BENCHMARK(ParseNdrJson)->Unit(benchmark::kMillisecond);

void DeltaOfASlice(benchmark::State& state) {
  const auto context = Context();
  const delta::MiniBatch batch{
      "20240420T120000Z", 1'713'614'400'000'000, true, {{ParseAll(JsonLines()).sessions, 0, false}}};
  for (auto _ : state) benchmark::DoNotOptimize(delta::RunDelta(*context, batch).ValueOrDie().pair);
  state.SetItemsProcessed(state.iterations() * kLines);
}
BENCHMARK(DeltaOfASlice)->Unit(benchmark::kMillisecond);

void SplitSessionsBySlice(benchmark::State& state) {
  const auto sessions = ParseAll(JsonLines()).sessions;
  // As from a block that spans two slices.
  auto columns = sessions->columns();
  const auto starts = catalogue::Values<int64_t>(*sessions, "event_start").ValueOrDie();
  std::vector<int64_t> shifted(starts.begin(), starts.end());
  for (size_t i = 0; i < shifted.size(); i += 3) shifted[i] += base::kSliceMicros;
  const auto rows = sessions->num_rows();
  columns[0] = std::make_shared<arrow::Int64Array>(rows, arrow::Buffer::FromVector(std::move(shifted)));
  const auto batch = arrow::RecordBatch::Make(sessions->schema(), sessions->num_rows(), columns);
  for (auto _ : state) benchmark::DoNotOptimize(catalogue::SplitBySlice(batch).ValueOrDie());
  state.SetItemsProcessed(state.iterations() * kLines);
}
BENCHMARK(SplitSessionsBySlice)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ndr
