// SPDX-License-Identifier: Apache-2.0
#include "ndr/simulate/traffic.h"

namespace ndr::simulate {
namespace {

constexpr uint64_t kTrafficStream = 10;

}  // namespace

Random SliceRandom(const Slice& slice, uint64_t id) {
  return Random(slice.network.seed, kTrafficStream, id,
                static_cast<uint64_t>(slice.start / base::kSliceMicros));
}

Ends Choose(Random& random, const Host& host, const Host& peer, double v6_chance) {
  if (host.v6 && peer.v6 && random.Chance(v6_chance)) return {*host.v6, *peer.v6};
  return {host.v4, peer.v4};
}

Ends Choose(Random& random, const Host& host, const Site& site, double v6_chance) {
  if (host.v6 && site.v6 && random.Chance(v6_chance)) return {*host.v6, *site.v6};
  return {host.v4, site.v4};
}

void LookUp(const Slice& slice, SessionWriter& writer, const Host& host, base::Micros t) {
  Random& random = writer.random();
  const uint64_t pick = random.Chance(0.9) ? host.id : host.id + 1;
  const Ends ends = Choose(random, host, slice.network.Server(Role::kDirectory, pick), 0.3);
  writer.Add(t, ends.source, ends.destination, profiles::kDns);
}

void AddOrdinaryTraffic(const Slice& slice, std::vector<Session>* out) {
  for (const Host& host : slice.network.hosts) {
    if (host.role == Role::kWorkstation)
      AddWorkstationTraffic(slice, host, out);
    else if (IsServer(host.role))
      AddServerTraffic(slice, host, out);
    else
      AddDeviceTraffic(slice, host, out);
  }
  if (slice.oddities.printer) AddDeviceTraffic(slice, slice.oddities.printer->host, out);
  AddInternetTraffic(slice, out);
}

}  // namespace ndr::simulate
