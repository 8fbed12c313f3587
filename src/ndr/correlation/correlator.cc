// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/correlator.h"

#include <algorithm>

#include "ndr/base/parallel.h"
#include "ndr/catalogue/batch.h"
#include "ndr/correlation/distances.h"
#include "ndr/correlation/evidence.h"
#include "ndr/correlation/host_columns.h"
#include "ndr/correlation/levels.h"
#include "ndr/correlation/pair_columns.h"
#include "ndr/correlation/pair_features.h"
#include "ndr/correlation/time_band.h"
#include "ndr/correlation/windows_compared.h"
#include "ndr/stats/scale.h"

namespace ndr::correlation {
namespace {

using arrow::Status;

// Rows whose columns are made together: the memory of a call. A host is never cut.
constexpr size_t kBlockRows = 32'768;
// Rows that one thread takes at a time: their numbers fit the second-level cache.
constexpr size_t kPartitionRows = 256;

struct Range {
  size_t begin = 0, end = 0;
};

// Ranges of at least `size` items that cut no host, where the last may be shorter.
std::vector<Range> CutAtHosts(const Rows& rows, Range whole, size_t size) {
  std::vector<Range> ranges;
  for (size_t begin = whole.begin; begin < whole.end;) {
    size_t end = std::min(begin + size, whole.end);
    while (end < whole.end && rows.host[end] == rows.host[end - 1]) ++end;
    ranges.push_back({begin, end});
    begin = end;
  }
  return ranges;
}

Frame MakeFrame(const Setup& setup, Range block) {
  const size_t n = block.end - block.begin;
  const size_t slots = setup.catalogue().baselined().size();
  const size_t compared = catalogue::kComparedMetrics.size();
  Frame f;
  f.first = block.begin;
  f.rows = n;
  f.baseline.resize(n);
  f.level = {slots, n, static_cast<uint8_t>(catalogue::Level::kNone)};
  f.scale_source = {slots, n, static_cast<uint8_t>(stats::ScaleSource::kMad)};
  for (Matrix<double>* m : {&f.median, &f.scale, &f.iqr, &f.p95, &f.z}) *m = {slots, n, kNull};
  f.cold_start_any.resize(n);
  f.min_support.assign(n, -1);
  f.transforms = {slots * setup.catalogue().transforms().size(), n, kNull};
  for (Matrix<double>* m : {&f.window_disagreement, &f.drift_ratio, &f.drift_z}) *m = {compared, n, kNull};
  for (std::vector<double>* v : {&f.pair_rarity_max, &f.pair_rarity_mean, &f.rank_score, &f.peer_rank_score})
    v->assign(n, kNull);
  for (std::vector<int64_t>* v : {&f.new_pairs, &f.rare_pairs}) v->assign(n, -1);
  f.pairs_left_out.resize(n);
  f.rarity_source.assign(n, RaritySource::kNone);
  f.band_violation.assign(n, -1);
  f.scores = {setup.scores.size(), n, kNull};
  f.top.resize(n);
  f.peer_top.resize(n);
  return f;
}

// What a partition of a block leaves behind beside the frames.
struct PartitionOutput {
  PairRows pairs;
  std::vector<Spoken> spoken;
  RarityCache::Pending pending;
};

}  // namespace

struct Correlator::State {
  Setup setup;
  RarityCache cache;
  base::PortSet clock_ports;

  explicit State(Setup s) : setup(std::move(s)), cache(setup.horizons()) {
    for (const uint16_t port : setup.project().findings.clock_ports) clock_ports.set(port);
  }
  Status Block(const Rows& rows, const ReferenceIds& ids, const pairs::WindowPairs& pairs, Range block,
               std::vector<Frame>* frames, std::vector<PartitionOutput>* outputs);
  void Partition(const Rows& rows, const ReferenceIds& ids, const pairs::WindowPairs& pairs, Range part,
                 std::vector<Frame>* frames, PartitionOutput* out) const;
  void Bands(const Rows& rows, const ReferenceIds& ids, HostRole host_role, std::vector<Frame>* frames) const;
  void Scores(Range part, std::vector<Frame>* frames) const;
  void Count(const std::vector<Frame>& frames, base::Counters* counters) const;
};

void Correlator::State::Bands(const Rows& rows, const ReferenceIds& ids, HostRole host_role,
                              std::vector<Frame>* frames) const {
  const size_t r0 = host_role.begin;
  const reference::Horizon& longest = setup.reference->horizons()[setup.reference->longest()];
  BandSessions sessions{};
  for (int b = 0; b < base::kTimeBands; ++b)
    sessions[static_cast<size_t>(b)] =
        longest
            .Metadata(ids.host[r0], static_cast<catalogue::Role>(rows.role[r0]),
                      static_cast<base::TimeBand>(b), 0)
            .sessions_total;
  for (Frame& f : *frames)
    for (size_t r = r0; r < host_role.end; ++r)
      f.band_violation[r - f.first] = BandViolation(sessions, rows.band[r], f.baseline[r - f.first].band,
                                                    setup.project().typical_band_share);
}

void Correlator::State::Scores(Range part, std::vector<Frame>* frames) const {
  const double z_max = setup.project().z_max;
  for (Frame& f : *frames)
    for (size_t i = part.begin - f.first; i < part.end - f.first; ++i) {
      const auto clipped = [&](int slot) { return Clipped(f.z.At(static_cast<size_t>(slot), i), z_max); };
      for (size_t s = 0; s < setup.scores.size(); ++s)
        f.scores.At(s, i) = setup.scores[s].Of(clipped, f.pair_rarity_max[i]);
    }
}

void Correlator::State::Partition(const Rows& rows, const ReferenceIds& ids, const pairs::WindowPairs& pairs,
                                  Range part, std::vector<Frame>* frames, PartitionOutput* out) const {
  const size_t first = frames->front().first;
  for (size_t h = 0; h < frames->size(); ++h) {
    ChooseBaselines(setup, h, rows, ids, part.begin - first, part.end - first, &(*frames)[h]);
    MeasureDistances(setup, rows, part.begin - first, part.end - first, &(*frames)[h]);
  }
  CompareHorizons(setup, part.begin - first, part.end - first, frames);
  RarityLookup lookup(*setup.reference, setup.context->network, cache);
  const auto begins_later = [](const HostRole& a, size_t row) { return a.begin < row; };
  for (auto hr = std::lower_bound(rows.host_roles.begin(), rows.host_roles.end(), part.begin, begins_later);
       hr != rows.host_roles.end() && hr->begin < part.end; ++hr) {
    for (Frame& f : *frames) CompareWindows(setup, rows, *hr, &f);
    Bands(rows, ids, *hr, frames);
    ReadPairs(setup, rows, ids, pairs, *hr, &lookup, frames, &out->pairs);
  }
  Scores(part, frames);
  Speak(setup, rows, *frames, part.begin - first, part.end - first, &out->spoken);
  out->pending = lookup.TakePending();
}

Status Correlator::State::Block(const Rows& rows, const ReferenceIds& ids, const pairs::WindowPairs& pairs,
                                Range block, std::vector<Frame>* frames,
                                std::vector<PartitionOutput>* outputs) {
  const std::vector<Range> parts = CutAtHosts(rows, block, kPartitionRows);
  outputs->resize(parts.size());
  return base::ForEachPartition(parts.size(), setup.context->threads, [&](size_t p) {
    Partition(rows, ids, pairs, parts[p], frames, &(*outputs)[p]);
    return Status::OK();
  });
}

void Correlator::State::Count(const std::vector<Frame>& frames, base::Counters* counters) const {
  for (size_t h = 0; h < frames.size(); ++h) {
    const Frame& f = frames[h];
    int64_t cold = 0, none = 0, left_out = 0, blind = 0;
    for (size_t i = 0; i < f.rows; ++i) {
      cold += f.baseline[i].is_cold;
      none +=
          f.level.At(static_cast<size_t>(setup.sessions), i) == static_cast<uint8_t>(catalogue::Level::kNone);
      left_out += f.pairs_left_out[i];
      blind += f.rarity_source[i] == RaritySource::kNone;
    }
    const std::string label = setup.reference->horizons()[h].label() + ".";
    counters->Add(label + "cold", cold);
    counters->Add(label + "warm", static_cast<int64_t>(f.rows) - cold);
    counters->Add(label + "no_baseline", none);
    counters->Add(label + "pairs_left_out", left_out);
    counters->Add(label + "pairs_not_looked_up", blind);
  }
}

Correlator::Correlator(std::unique_ptr<State> state) : state_(std::move(state)) {}
Correlator::~Correlator() = default;

arrow::Result<std::unique_ptr<Correlator>> Correlator::Make(
    std::shared_ptr<const spec::Context> context, std::shared_ptr<const reference::Reference> reference) {
  ARROW_ASSIGN_OR_RAISE(Setup setup, MakeSetup(std::move(context), std::move(reference)));
  return std::unique_ptr<Correlator>(new Correlator(std::make_unique<State>(std::move(setup))));
}

arrow::Result<BatchOutput> Correlator::Correlate(const arrow::RecordBatch& fg_a,
                                                 const pairs::WindowPairs& pairs, const Emit& emit) {
  State& state = *state_;
  const Setup& setup = state.setup;
  ARROW_ASSIGN_OR_RAISE(const Rows rows, ReadRows(fg_a, setup.catalogue(), setup.metrics));
  const ReferenceIds ids = IdsOf(rows, *setup.reference);
  const auto active_hosts = ActiveHosts(setup, rows);
  state.cache.Begin(pairs.generation());
  BatchOutput out;
  out.counters.Add("rows", static_cast<int64_t>(rows.size));
  std::vector<Spoken> spoken;
  std::vector<Beaconing> beaconing;
  std::vector<Range> blocks = CutAtHosts(rows, {0, rows.size}, kBlockRows);
  if (blocks.empty()) blocks.push_back({});  // an end without rows still has its empty tables
  for (const Range block : blocks) {
    std::vector<Frame> frames;
    for (size_t h = 0; h < setup.horizons(); ++h) frames.push_back(MakeFrame(setup, block));
    std::vector<PartitionOutput> parts;
    ARROW_RETURN_NOT_OK(state.Block(rows, ids, pairs, block, &frames, &parts));
    PairRows pair_rows;
    for (PartitionOutput& part : parts) {
      pair_rows.Append(std::move(part.pairs));
      spoken.insert(spoken.end(), part.spoken.begin(), part.spoken.end());
      state.cache.Merge(part.pending);
    }
    const auto found = BeaconingOf(setup, state.clock_ports, active_hosts, pair_rows);
    beaconing.insert(beaconing.end(), found.begin(), found.end());
    state.Count(frames, &out.counters);
    for (size_t h = 0; h < setup.horizons(); ++h) {
      ARROW_ASSIGN_OR_RAISE(auto host, HostColumns(setup, h, rows, frames[h]));
      ARROW_RETURN_NOT_OK(emit(h, catalogue::Dataset::kFgCHost, std::move(host)));
      ARROW_ASSIGN_OR_RAISE(auto pair, PairColumns(setup, h, rows.end_ts, pair_rows));
      out.counters.Add(setup.reference->horizons()[h].label() + ".pair_rows", pair->num_rows());
      ARROW_RETURN_NOT_OK(emit(h, catalogue::Dataset::kFgCPair, std::move(pair)));
    }
  }
  SubtractShared(setup, rows, &spoken);
  ARROW_ASSIGN_OR_RAISE(out.evidence, EvidenceBatch(setup, rows, spoken, beaconing));
  out.counters.Add("evidence_rows", out.evidence->num_rows());
  return out;
}

arrow::Result<BatchOutput> Correlator::Correlate(const arrow::RecordBatch& fg_a,
                                                 const pairs::WindowPairs& pairs) {
  const Setup& setup = state_->setup;
  std::vector<arrow::RecordBatchVector> host(setup.horizons()), pair(setup.horizons());
  const auto collect = [&](size_t h, catalogue::Dataset table, std::shared_ptr<arrow::RecordBatch> rows) {
    (table == catalogue::Dataset::kFgCHost ? host : pair)[h].push_back(std::move(rows));
    return Status::OK();
  };
  ARROW_ASSIGN_OR_RAISE(BatchOutput out, Correlate(fg_a, pairs, collect));
  for (size_t h = 0; h < setup.horizons(); ++h) {
    HorizonOutput tables{setup.reference->horizons()[h].label(), nullptr, nullptr};
    ARROW_ASSIGN_OR_RAISE(
        tables.host, catalogue::Concatenate(setup.catalogue().Schema(catalogue::Dataset::kFgCHost), host[h]));
    ARROW_ASSIGN_OR_RAISE(
        tables.pair, catalogue::Concatenate(setup.catalogue().Schema(catalogue::Dataset::kFgCPair), pair[h]));
    out.horizons.push_back(std::move(tables));
  }
  return out;
}

}  // namespace ndr::correlation
