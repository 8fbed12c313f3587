// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "ndr/simulate/attacks.h"
#include "ndr/simulate/oddities.h"
#include "ndr/simulate/simulate.h"
#include "ndr/simulate/traffic.h"

namespace ndr::simulate {
namespace {

// A slice's sessions are numbered from its own base, so that a slice needs no other one.
constexpr int kNumberBitsPerSlice = 24;

arrow::Status CheckOptions(const SimulationOptions& options) {
  if (options.start < 0 || options.start % base::kMicrosPerDay != 0)
    return arrow::Status::Invalid("start: must be a midnight UTC, not before 1970");
  if (options.days < 1 || options.days > 366)
    return arrow::Status::Invalid("days: must be 1 to 366, not ", options.days);
  if (options.hosts < kMinHosts || options.hosts > kMaxHosts)
    return arrow::Status::Invalid("hosts: must be ", kMinHosts, " to ", kMaxHosts, ", not ", options.hosts);
  return arrow::Status::OK();
}

}  // namespace

struct Simulation::State {
  SimulationOptions options;
  Network network;
  Oddities oddities;
  Attacks attacks;
};

Simulation::Simulation(std::unique_ptr<State> state) : state_(std::move(state)) {}
Simulation::~Simulation() = default;
Simulation::Simulation(Simulation&&) noexcept = default;

base::Micros ScoredFrom(base::Micros start, int days) {
  const base::Micros at = start + base::SliceStart(days * base::kMicrosPerDay * 6 / 10);
  return days >= 3 ? base::DayStart(at + base::kMicrosPerDay / 2) : at;
}

arrow::Result<Simulation> Simulation::Make(const SimulationOptions& options) {
  ARROW_RETURN_NOT_OK(CheckOptions(options));
  auto state = std::make_unique<State>();
  state->options = options;
  state->network = MakeNetwork(options.seed, options.hosts);
  const base::Micros scored_from = ScoredFrom(options.start, options.days);
  const base::Micros end = options.start + options.days * base::kMicrosPerDay;
  if (options.oddities) state->oddities = PlaceOddities(state->network, scored_from, end);
  if (options.attacks) state->attacks = PlaceAttacks(state->network, scored_from, end);
  return Simulation(std::move(state));
}

int64_t Simulation::slices() const { return int64_t{state_->options.days} * base::kSlicesPerDay; }

void Simulation::SessionsOf(int64_t slice_index, std::vector<Session>* sessions) const {
  sessions->clear();
  const base::Micros start = state_->options.start + slice_index * base::kSliceMicros;
  const Slice slice{state_->network, state_->oddities, start};
  AddOrdinaryTraffic(slice, sessions);
  const auto by_start = [](const Session& a, const Session& b) { return a.start < b.start; };
  const auto& planted = state_->attacks.sessions;
  auto at =
      std::partition_point(planted.begin(), planted.end(), [&](const Session& s) { return s.start < start; });
  for (; at != planted.end() && at->start < slice.end(); ++at) sessions->push_back(*at);
  std::stable_sort(sessions->begin(), sessions->end(), by_start);
  uint64_t number = static_cast<uint64_t>(slice_index) << kNumberBitsPerSlice;
  for (Session& session : *sessions) session.number = ++number;
}

AnswerKey Simulation::Answers() const {
  AnswerKey key;
  const SimulationOptions& options = state_->options;
  key.seed = options.seed;
  key.hosts = options.hosts;
  key.start = options.start;
  key.end = options.start + options.days * base::kMicrosPerDay;
  key.scored_from = ScoredFrom(options.start, options.days);
  key.format = ToText(options.format);
  key.planted = state_->attacks.behaviours;
  key.harmless = Describe(state_->oddities, state_->network, key.start, key.end);
  return key;
}

}  // namespace ndr::simulate
