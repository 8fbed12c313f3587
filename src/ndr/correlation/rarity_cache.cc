// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/rarity_cache.h"

namespace ndr::correlation {

void RarityCache::Begin(uint64_t generation) {
  if (generation != generation_) shards_.clear();
  generation_ = generation;
}

std::span<const Seen> RarityCache::Find(uint32_t shard, uint32_t slot) const {
  if (shard >= shards_.size()) return {};
  const std::vector<Seen>& slots = shards_[shard];
  const size_t at = slot * horizons_;
  if (at >= slots.size() || slots[at].host < 0) return {};
  return {slots.data() + at, horizons_};
}

void RarityCache::Merge(const Pending& pending) {
  for (size_t i = 0; i < pending.pairs.size(); ++i) {
    const auto [shard, slot] = pending.pairs[i];
    if (shard >= shards_.size()) shards_.resize(shard + 1);
    std::vector<Seen>& slots = shards_[shard];
    if (slots.size() < (slot + size_t{1}) * horizons_) slots.resize((slot + size_t{1}) * horizons_);
    std::copy_n(pending.seen.data() + i * horizons_, horizons_, slots.data() + slot * horizons_);
  }
}

reference::Id RarityLookup::SegmentOf(base::Address source) {
  const base::SegmentKey key = network_.SegmentOf(source);
  const auto [at, added] = segments_.try_emplace(key, reference::kNoId);
  if (added) at->second = reference_.SegmentId(network_.SegmentId(key));
  return at->second;
}

std::span<const Seen> RarityLookup::Of(base::Address host, catalogue::Role role,
                                       const pairs::WindowPair& pair) {
  if (const auto known = cache_.Find(pair.shard, pair.slot); !known.empty()) return known;
  const bool outbound = role == catalogue::Role::kOutbound;
  const base::Address source = outbound ? host : pair.peer;
  const reference::Id source_id = reference_.AddressId(source);
  const reference::Id destination = reference_.AddressId(outbound ? pair.peer : host);
  const reference::Id segment = SegmentOf(source);
  const auto port = static_cast<uint16_t>(pair.port);
  pending_.pairs.emplace_back(pair.shard, pair.slot);
  for (const reference::Horizon& h : reference_.horizons())
    pending_.seen.push_back(
        {h.PairOfHost(source_id, destination, port).seen, h.PairOfSegment(segment, destination, port).seen});
  const size_t horizons = reference_.horizons().size();
  return std::span<const Seen>(pending_.seen).last(horizons);
}

int64_t RarityLookup::ActiveDays(size_t horizon, base::Address host, catalogue::Role role, base::Address peer,
                                 int32_t port) const {
  if (port == pairs::kNoPort) return 0;
  const bool outbound = role == catalogue::Role::kOutbound;
  const reference::Id source = reference_.AddressId(outbound ? host : peer);
  const reference::Id destination = reference_.AddressId(outbound ? peer : host);
  return reference_.horizons()[horizon]
      .PairOfHost(source, destination, static_cast<uint16_t>(port))
      .active_days;
}

}  // namespace ndr::correlation
