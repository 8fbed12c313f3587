// SPDX-License-Identifier: Apache-2.0
// The ordinary life of the network: every function adds the sessions that start in one slice, and is a pure
// function of the network, the oddities and the slice.
#pragma once

#include <vector>

#include "ndr/simulate/network.h"
#include "ndr/simulate/oddities.h"
#include "ndr/simulate/profile.h"

namespace ndr::simulate {

/// The quarter of an hour that sessions are made for; the network and the oddities outlive it.
struct Slice {
  const Network& network;
  const Oddities& oddities;
  base::Micros start;

  base::Micros end() const { return start + base::kSliceMicros; }
  bool Holds(base::Micros t) const { return t >= start && t < end(); }
  /// A time behind the slice's end comes back at its beginning, so that no slice depends on the one before.
  base::Micros Wrap(base::Micros t) const { return start + (t - start) % base::kSliceMicros; }
};

/// What a workstation's user and its programs do.
void AddWorkstationTraffic(const Slice& slice, const Host& host, std::vector<Session>* out);
/// What a server does of its own accord: backups, sweeps, look-ups.
void AddServerTraffic(const Slice& slice, const Host& host, std::vector<Session>* out);
/// Printers, cameras, phones, thermostats.
void AddDeviceTraffic(const Slice& slice, const Host& host, std::vector<Session>* out);
/// What the internet does to the DMZ: customers, mail, an uptime monitor, and the noise of scanners.
void AddInternetTraffic(const Slice& slice, std::vector<Session>* out);
/// All of these.
void AddOrdinaryTraffic(const Slice& slice, std::vector<Session>* out);

/// The stream of numbers of one host (or `id` beyond all hosts) in one slice.
Random SliceRandom(const Slice& slice, uint64_t id);

/// Calls `event(time)` at random times of the slice, `per_hour` on average.
template <typename Event>
void EachRandomTime(const Slice& slice, Random& random, double per_hour, Event event) {
  if (per_hour <= 0) return;
  const double mean_gap = 3600e6 / per_hour;
  for (double t = random.Exponential(mean_gap); t < static_cast<double>(base::kSliceMicros);
       t += random.Exponential(mean_gap))
    event(slice.start + static_cast<base::Micros>(t));
}

/// Calls `event(time)` at every tick of a clock that falls into the slice: each `period`, with a phase of its
/// own and up to `jitter` (not above the period) behind the exact time.
template <typename Event>
void EachTick(const Slice& slice, uint64_t clock, base::Micros period, base::Micros jitter, Event event) {
  const auto phase =
      static_cast<base::Micros>(Random(slice.network.seed, clock).Below(static_cast<uint64_t>(period)));
  for (base::Micros k = (slice.start - phase - jitter) / period; phase + k * period < slice.end(); ++k) {
    Random random(slice.network.seed, clock, static_cast<uint64_t>(k) + 1);
    const base::Micros t = phase + k * period + random.Between(0, jitter);
    if (slice.Holds(t)) event(t);
  }
}

/// A clock of its own for each (host, purpose).
constexpr uint64_t Clock(uint64_t id, uint64_t purpose) { return (purpose + 1) << 32 | id; }

/// The address of `host` for talking to `peer`: IPv6 with `v6_chance` where both have one.
struct Ends {
  base::Address source, destination;
};
Ends Choose(Random& random, const Host& host, const Host& peer, double v6_chance);
Ends Choose(Random& random, const Host& host, const Site& site, double v6_chance);

/// One name looked up at the host's resolver (`host` is not a directory server).
void LookUp(const Slice& slice, SessionWriter& writer, const Host& host, base::Micros t);

}  // namespace ndr::simulate
