// SPDX-License-Identifier: Apache-2.0
// Slots of a shard: found, made, and given back.
#include "ndr/pairs/pair_shard.h"

namespace ndr::pairs {
namespace {

using catalogue::PortSetAt;

constexpr size_t kHighRiskSet = PortSetAt("HIGH_RISK_PORTS"), kAdminSet = PortSetAt("ADMIN_PORTS"),
                 kFileshareSet = PortSetAt("FILESHARE_PORTS"), kDirectorySet = PortSetAt("DIRECTORY_PORTS"),
                 kDbSet = PortSetAt("DB_PORTS");

uint64_t Joined(uint32_t slot, int32_t port) { return uint64_t{slot} << 32 | static_cast<uint32_t>(port); }

}  // namespace

PairShard::PairShard(const spec::Context& context, const Geometry& geometry)
    : context_(context),
      geometry_(geometry),
      windows_(static_cast<size_t>(geometry.windows())),
      sums_(windows_),
      pairs_(geometry.windows()),
      peers_(geometry.windows()),
      ports_(geometry.windows()),
      segments_(geometry.windows()),
      visitors_(2 * windows_),
      minutes_(static_cast<size_t>(geometry.longest())),
      rhythms_(windows_) {}

uint32_t PairShard::FindHost(base::Address host, catalogue::Role role) const {
  const auto it = host_map_.find(HostKey{host, role});
  return it == host_map_.end() ? kNone : it->second;
}

uint32_t PairShard::HostOf(base::Address host, catalogue::Role role) {
  const auto [it, added] = host_map_.try_emplace(HostKey{host, role}, 0);
  if (!added) return it->second;
  uint32_t slot = static_cast<uint32_t>(hosts_.size());
  if (free_hosts_.empty()) {
    hosts_.emplace_back();
    sums_.Add();
  } else {
    slot = free_hosts_.back();
    free_hosts_.pop_back();
  }
  hosts_[slot] = {host, role, kNone, 0, true};
  return it->second = slot;
}

uint32_t PairShard::VisitedOf(catalogue::Role role, base::Address peer) {
  const auto [it, added] = visited_map_.try_emplace(HostKey{peer, role}, 0);
  if (!added) return it->second;
  uint32_t slot = static_cast<uint32_t>(visited_of_.size());
  if (free_visited_.empty()) {
    visited_of_.emplace_back();
    visited_peers_.push_back(0);
    visitors_.Add();
  } else {
    slot = free_visited_.back();
    free_visited_.pop_back();
  }
  visited_of_[slot] = {peer, role};
  return it->second = slot;
}

uint32_t PairShard::SegmentOf(uint32_t host, base::Address peer) {
  const base::SegmentKey key = context_.network.SegmentOf(peer);
  const auto [it, added] = segment_map_.try_emplace(SegmentOfHost{key, host}, 0);
  if (added) it->second = segments_.Take({key, host});
  return it->second;
}

uint32_t PairShard::PeerOf(uint32_t host, base::Address peer) {
  const auto [it, added] = peer_map_.try_emplace(PeerKey{peer, host}, 0);
  if (!added) return it->second;
  const uint32_t visited = VisitedOf(hosts_[host].role, peer);
  it->second = peers_.Take({peer, host, SegmentOf(host, peer), visited, kNone, 0,
                            context_.network.IsHost(peer), context_.network.IsHighRisk(peer)});
  ++hosts_[host].peers;
  ++visited_peers_[visited];
  return it->second;
}

uint32_t PairShard::PortOf(uint32_t host, uint16_t port) {
  const auto [it, added] = port_map_.try_emplace(Joined(host, port), 0);
  if (added) it->second = ports_.Take({host, port, context_.port_sets[kHighRiskSet][port]});
  return it->second;
}

uint64_t PairShard::HashOf(uint32_t host, base::Address peer, int32_t port) {
  return base::Mix(base::Hash(peer), uint64_t{host} << 32 | static_cast<uint32_t>(port));
}

uint32_t PairShard::NewPair(uint32_t host, base::Address peer, int32_t port) {
  const uint32_t peer_slot = PeerOf(host, peer);
  Pair pair{peer_slot, kNone, port, false, false, false};
  if (port != kNoPort) {
    const auto p = static_cast<uint16_t>(port);
    const auto& sets = context_.port_sets;
    pair.port_slot = PortOf(host, p);
    pair.high_risk = sets[kHighRiskSet][p];
    pair.admin = sets[kAdminSet][p];
    pair.reach = peers_.info(peer_slot).internal &&
                 (sets[kAdminSet][p] || sets[kFileshareSet][p] || sets[kDirectorySet][p] || sets[kDbSet][p]);
  }
  return pairs_.Take(pair);
}

uint32_t PairShard::PairOf(const Lookup& lookup, const RowKey& key) {
  uint32_t pair = pair_index_.Find(lookup.hash, [&](uint32_t slot) {
    const Pair& p = pairs_.info(slot);
    const Peer& peer = peers_.info(p.peer);
    return p.port == key.port && peer.host == lookup.host && peer.address == key.peer;
  });
  if (pair == kNone) {
    pair = NewPair(lookup.host, key.peer, key.port);
    pair_index_.Add(lookup.hash, pair);
  }
  return pair;
}

// What each step of a look-up needs is fetched for many rows before the first of them takes the step.
std::span<const uint32_t> PairShard::FindPairs(std::span<const RowKey> keys) {
  lookups_.resize(keys.size());
  found_.resize(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    const RowKey& key = keys[i];
    const bool again = i > 0 && keys[i - 1].host == key.host && keys[i - 1].role == key.role;
    const uint32_t host = again ? lookups_[i - 1].host : HostOf(key.host, key.role);
    lookups_[i] = {HashOf(host, key.peer, key.port), host, kNone};
    pair_index_.Prefetch(lookups_[i].hash);
  }
  for (Lookup& lookup : lookups_) {
    lookup.likely = pair_index_.Likely(lookup.hash);
    if (lookup.likely != kNone) pairs_.Prefetch(lookup.likely);
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    if (i + kAhead < keys.size() && lookups_[i + kAhead].likely != kNone)
      peers_.Prefetch(pairs_.info(lookups_[i + kAhead].likely).peer);
    found_[i] = PairOf(lookups_[i], keys[i]);
  }
  return found_;
}

void PairShard::Sweep() {
  // A heap may name a slot only while its owner is what it was.
  CompactMaxima();
  for (uint32_t i = 0; i < pairs_.size(); ++i)
    if (pairs_.used(i) && pairs_.GiveIfIdle(i)) {
      const Peer& peer = peers_.info(pairs_.info(i).peer);
      pair_index_.Remove(HashOf(peer.host, peer.address, pairs_.info(i).port), i);
    }
  for (uint32_t i = 0; i < ports_.size(); ++i)
    if (ports_.used(i) && ports_.GiveIfIdle(i))
      port_map_.erase(Joined(ports_.info(i).host, ports_.info(i).port));
  for (uint32_t i = 0; i < segments_.size(); ++i)
    if (segments_.used(i) && segments_.GiveIfIdle(i))
      segment_map_.erase(SegmentOfHost{segments_.info(i).key, segments_.info(i).host});
  for (uint32_t i = 0; i < peers_.size(); ++i) {
    if (!peers_.used(i) || !peers_.GiveIfIdle(i)) continue;
    const Peer& p = peers_.info(i);
    peer_map_.erase(PeerKey{p.address, p.host});
    --hosts_[p.host].peers;
    if (--visited_peers_[p.visited] == 0) {
      visited_map_.erase(visited_of_[p.visited]);
      free_visited_.push_back(p.visited);
    }
  }
  for (uint32_t i = 0; i < hosts_.size(); ++i) {
    if (!hosts_[i].used || hosts_[i].peers > 0) continue;
    host_map_.erase(HostKey{hosts_[i].host, hosts_[i].role});
    hosts_[i].used = false;
    free_hosts_.push_back(i);
    for (size_t w = 0; w < windows_; ++w) sums_[i][w] = HostSums{};
  }
}

}  // namespace ndr::pairs
