// SPDX-License-Identifier: Apache-2.0
// What changed in a step, carried from pairs to peers, ports, and the sums of the host.
#include <bit>
#include <utility>

#include "ndr/pairs/pair_shard.h"

namespace ndr::pairs {
namespace {

enum Trait : uint8_t {
  kFailed = 1,
  kReached = 2,
  kHighRisk = 4,
  kAdmin = 8,
  kReach = 16,
  kNew = 32,
  kRare = 64
};

// +1, 0 or -1: what a condition's change adds to a count.
int Step(bool before, bool after) { return static_cast<int>(after) - static_cast<int>(before); }

}  // namespace

void PairShard::Settle() {
  for (int w = 0; w < geometry_.windows(); ++w) SettleWindow(w);
}

void PairShard::SettleWindow(int w) {
  pairs_.SettleDirty(w, [&](const auto& before) {
    SettlePair(before, w);
    SettleBeacon(before.slot, w);
  });
  peers_.SettleDirty(w, [&](const auto& before) { SettlePeer(before, w); });
  ports_.SettleDirty(w, [&](const auto& before) { SettlePort(before, w); });
  segments_.SettleDirty(w, [&](const auto& before) { SettleSegment(before, w); });
  // Only what was touched in the longest window can have left it.
  if (w + 1 == geometry_.windows()) CoolAll();
  pairs_.ClearDirty(w);
  peers_.ClearDirty(w);
  ports_.ClearDirty(w);
  segments_.ClearDirty(w);
}

uint8_t PairShard::Traits(const Pair& pair, int64_t past, const PairCount& count) const {
  if (count.sessions == 0) return 0;
  const bool reached = count.replied > 0;
  uint8_t traits = reached ? kReached : 0;
  if (pair.port == kNoPort) return traits;
  if (count.failed == count.sessions) traits |= kFailed;
  if (pair.high_risk) traits |= kHighRisk;
  if (pair.admin) traits |= kAdmin;
  if (past == 0)
    traits |= reached && pair.reach ? kNew | kReach : kNew;
  else if (past < context_.project.lookback.rare_below_sessions)
    traits |= kRare;
  return traits;
}

void PairShard::SettlePair(const Pairs::Before& before, int w) {
  const Pair& p = pairs_.info(before.slot);
  const PairCount& count = pairs_.counts(before.slot)[w];
  const int64_t past = pairs_.past(before.slot, w);
  const bool has_port = p.port_slot != kNone;
  if (const int64_t more = past - before.count.past; more != 0) {
    peers_.MutablePast(p.peer, w) += more;
    if (has_port) ports_.MutablePast(p.port_slot, w) += more;
  }
  PeerCount& peer = peers_.counts(p.peer)[w];
  if (const int64_t more = count.sessions - before.count.sessions; more != 0) {
    peer.sessions += more;
    if (has_port) ports_.counts(p.port_slot)[w].sessions += more;
  }
  const uint8_t was = Traits(p, before.count.past, before.count), is = Traits(p, past, count);
  if (was == is) return;
  const auto step = [&](Trait t) { return Step((was & t) != 0, (is & t) != 0); };
  peer.reached += static_cast<uint64_t>(step(kReached));
  if (!has_port) return;
  peer.failed_ports += static_cast<uint64_t>(step(kFailed));
  peer.high_risk += static_cast<uint64_t>(step(kHighRisk));
  peer.admin += static_cast<uint64_t>(step(kAdmin));
  peer.reach += static_cast<uint64_t>(step(kReach));
  PortCount& port = ports_.counts(p.port_slot)[w];
  port.failed_peers += static_cast<uint32_t>(step(kFailed));
  port.reached += static_cast<uint32_t>(step(kReached));
  HostSums& sums = MutableSums(peers_.info(p.peer).host, w);
  sums.new_pairs += step(kNew);
  sums.rare_pairs += step(kRare);
}

void PairShard::SettleBeacon(uint32_t pair, int w) {
  PairCount& count = pairs_.counts(pair)[w];
  if (!count.moved) return;
  count.moved = 0;
  if (!geometry_.Scored(w)) return;
  const uint32_t rhythm = HotOf(pair).rhythm;
  if (rhythm == kNone) return;
  const Rhythm now = count.sessions > kMinBeaconGaps ? Score(rhythm, count.sessions, w) : Rhythm{};
  const Rhythm before = std::exchange(rhythms_[rhythm][w], now);
  HostSums& sums = MutableSums(peers_.info(pairs_.info(pair).peer).host, w);
  sums.strong_beacons += Step(before.strong, now.strong);
  if (now.score > 0 && now.score != before.score)
    sums.beacon.Push(
        BeaconValue(pair, w), pair, [&](uint32_t p) { return BeaconValue(p, w); },
        [](uint32_t p) { return p; });
}

void PairShard::FeedKept(uint32_t rhythm, int w, BeaconGaps* gaps) const {
  gaps->Clear();
  const auto longest = static_cast<size_t>(geometry_.longest());
  const uint16_t* minutes = minutes_[rhythm];
  const int slices = geometry_.slices[static_cast<size_t>(w)];
  size_t at = geometry_.PlaceOf(end_ - slices);
  for (int s = 0; s < slices; ++s, at = at + 1 == longest ? 0 : at + 1)
    if (minutes[at] != 0) gaps->AddSlice(s * base::kMinutesPerSlice, minutes[at], false);
}

PairShard::Rhythm PairShard::Score(uint32_t rhythm, int64_t sessions, int w) {
  FeedKept(rhythm, w, &gaps_);
  const int slices = geometry_.slices[static_cast<size_t>(w)];
  if (gaps_.gaps() < kMinBeaconGaps) return {};
  const auto score = gaps_.Evaluate(sessions, int64_t{slices} * base::kMinutesPerSlice);
  return {score.value, score.strong};
}

uint64_t PairShard::BeaconValue(uint32_t pair, int w) const {
  const uint32_t hot = pairs_.hot(pair);
  if (hot == kNone || hot_pairs_[hot]->rhythm == kNone) return 0;
  const double score = rhythms_[hot_pairs_[hot]->rhythm][w].score;
  return score > 0 ? std::bit_cast<uint64_t>(score) : 0;  // positive doubles order as their bits
}

}  // namespace ndr::pairs
