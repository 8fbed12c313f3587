// SPDX-License-Identifier: Apache-2.0
// What changed in a step, carried from pairs to peers, ports, segments and the sums of the host.
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
  SettlePairs();
  SettlePeers();
  SettlePorts();
  SettleSegments();
  CoolAll();
  pairs_.NextStep();
  peers_.NextStep();
  ports_.NextStep();
  segments_.NextStep();
}

uint8_t PairShard::Traits(uint32_t pair, int64_t past, int64_t sessions, const PairCell& cell) const {
  if (sessions == 0) return 0;
  const Pair& p = pair_of_[pair];
  const bool reached = cell.replied > 0;
  uint8_t traits = reached ? kReached : 0;
  if (p.port == kNoPort) return traits;
  if (cell.failed == sessions) traits |= kFailed;
  if (p.high_risk) traits |= kHighRisk;
  if (p.admin) traits |= kAdmin;
  if (past == 0)
    traits |= reached && p.reach ? kNew | kReach : kNew;
  else if (past < context_.project.lookback.rare_below_sessions)
    traits |= kRare;
  return traits;
}

void PairShard::SettlePairs() {
  const auto& dirty = pairs_.dirty();
  for (size_t i = 0; i < dirty.size(); ++i) {
    SettlePair(dirty[i], i);
    SettleBeacons(dirty[i]);
  }
}

void PairShard::SettlePair(uint32_t pair, size_t i) {
  const Pair& p = pair_of_[pair];
  const uint32_t host = peer_of_[p.peer].host;
  const int64_t *past0 = pairs_.past_before(i), *past1 = pairs_.past(pair);
  const int64_t *n0 = pairs_.sessions_before(i), *n1 = pairs_.sessions(pair);
  const PairCell *cell0 = pairs_.cells_before(i), *cell1 = pairs_.cells(pair);
  const bool has_port = p.port_slot != kNone;
  for (size_t w = 0; w < windows_; ++w) {
    if (past0[w] != past1[w]) {
      peers_.past(p.peer)[w] += past1[w] - past0[w];
      if (has_port) ports_.past(p.port_slot)[w] += past1[w] - past0[w];
    }
    if (n0[w] != n1[w]) {
      peers_.sessions(p.peer)[w] += n1[w] - n0[w];
      if (has_port) ports_.sessions(p.port_slot)[w] += n1[w] - n0[w];
    }
    const uint8_t before = Traits(pair, past0[w], n0[w], cell0[w]),
                  after = Traits(pair, past1[w], n1[w], cell1[w]);
    if (before == after) continue;
    const auto step = [&](Trait t) { return Step((before & t) != 0, (after & t) != 0); };
    PeerCell& peer = peers_.cells(p.peer)[w];
    peer.reached += static_cast<uint32_t>(step(kReached));
    if (!has_port) continue;
    peer.failed_ports += static_cast<uint32_t>(step(kFailed));
    peer.high_risk += static_cast<uint32_t>(step(kHighRisk));
    peer.admin += static_cast<uint32_t>(step(kAdmin));
    peer.reach += static_cast<uint32_t>(step(kReach));
    PortCell& port = ports_.cells(p.port_slot)[w];
    port.failed_peers += static_cast<uint32_t>(step(kFailed));
    port.reached += static_cast<uint32_t>(step(kReached));
    HostSums& sums = MutableSums(host, static_cast<int>(w));
    sums.new_pairs += step(kNew);
    sums.rare_pairs += step(kRare);
  }
}

void PairShard::SettleBeacons(uint32_t pair) {
  const uint32_t hot_number = pairs_.hot(pair);
  if (hot_number == kNone || hot_pairs_[hot_number].moved == 0) return;
  const uint64_t moved = std::exchange(hot_pairs_[hot_number].moved, 0);
  const int64_t* sessions = pairs_.sessions(pair);
  const auto longest = static_cast<size_t>(geometry_.longest());
  for (int w = geometry_.windows() - 1; w >= 0 && geometry_.Scored(w); --w) {
    if ((moved >> std::min(w, 63) & 1) == 0) continue;
    // Fewer sessions than this have no 8 gaps; most pairs end here.
    const bool enough = sessions[w] > kMinBeaconGaps;
    if (enough && hot_pairs_[hot_number].rhythm == kNone) TakeRhythm(pair);
    const uint32_t rhythm = hot_pairs_[hot_number].rhythm;
    if (rhythm == kNone) continue;
    Rhythm& now = rhythms_[rhythm * windows_ + static_cast<size_t>(w)];
    const Rhythm before = now;
    now = {};
    if (enough) {
      gaps_.Clear();
      const int slices = geometry_.slices[static_cast<size_t>(w)];
      for (SliceNumber s = end_ - slices; s < end_; ++s)
        if (const uint16_t bits = minutes_[rhythm * longest + static_cast<size_t>(s) % longest]; bits != 0)
          gaps_.AddSlice(static_cast<int32_t>(s - end_ + slices) * base::kMinutesPerSlice, bits, false);
      if (gaps_.gaps() >= kMinBeaconGaps) {
        const auto score = gaps_.Evaluate(sessions[w], int64_t{slices} * base::kMinutesPerSlice);
        now = {score.value, score.strong};
      }
    }
    HostSums& sums = MutableSums(peer_of_[pair_of_[pair].peer].host, w);
    sums.strong_beacons += Step(before.strong, now.strong);
    if (now.score > 0 && now.score != before.score)
      sums.beacon.Push(
          BeaconValue(pair, w), pair, [&](uint32_t p) { return BeaconValue(p, w); },
          [](uint32_t p) { return p; });
  }
}

uint64_t PairShard::BeaconValue(uint32_t pair, int w) const {
  const uint32_t hot = pairs_.hot(pair);
  if (hot == kNone || hot_pairs_[hot].rhythm == kNone) return 0;
  const double score = rhythms_[hot_pairs_[hot].rhythm * windows_ + static_cast<size_t>(w)].score;
  return score > 0 ? std::bit_cast<uint64_t>(score) : 0;  // positive doubles order as their bits
}

}  // namespace ndr::pairs
