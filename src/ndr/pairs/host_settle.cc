// SPDX-License-Identifier: Apache-2.0
// Peers, service ports and segments of a host, summed by difference.
#include "ndr/pairs/pair_shard.h"

namespace ndr::pairs {
namespace {

uint64_t Saturated(__int128 n) {
  return n > INT64_MAX ? static_cast<uint64_t>(INT64_MAX) : static_cast<uint64_t>(n);
}

int Change(bool before, bool after) { return static_cast<int>(after) - static_cast<int>(before); }

// A key of the window by its past: new, rare or known.
struct Novelty {
  bool seen, is_new, is_rare;
  Novelty(int64_t sessions, int64_t past, int64_t rare_below)
      : seen(sessions > 0), is_new(seen && past == 0), is_rare(seen && past > 0 && past < rare_below) {}
};

// Histograms hold counts above 0, so a past is held one higher; 0 is a key outside the window.
int64_t PastKey(int64_t sessions, int64_t past) { return sessions > 0 ? past + 1 : 0; }

}  // namespace

uint64_t PairShard::BytesOf(const PeerCount& count) { return BothWays(count.bytes_src + count.bytes_dst); }

uint64_t PairShard::SentValue(const Peer& peer, int64_t past, const PeerCount& count) const {
  if (peer.internal || past > 0 || count.sessions == 0) return 0;
  const bool outbound = hosts_[peer.host].role == catalogue::Role::kOutbound;
  const __int128 sent = outbound ? count.bytes_src : count.bytes_dst,
                 received = outbound ? count.bytes_dst : count.bytes_src;
  return 4 * received < sent ? Saturated(sent) : 0;
}

uint64_t PairShard::SentNow(uint32_t peer, int w) const {
  return SentValue(peers_.info(peer), peers_.past(peer, w), peers_.counts(peer)[w]);
}

void PairShard::SettlePeer(const Peers::Before& before, int w) {
  const Peer& p = peers_.info(before.slot);
  const int64_t past0 = before.count.past, past1 = peers_.past(before.slot, w);
  const PeerCount &c0 = before.count, &c1 = peers_.counts(before.slot)[w];
  const int64_t n0 = c0.sessions, n1 = c1.sessions;
  HostSums& sums = MutableSums(p.host, w);

  if (n0 != n1 || past0 != past1) {
    const int64_t rare_below = context_.project.lookback.rare_below_sessions;
    const Novelty was(n0, past0, rare_below), is(n1, past1, rare_below);
    sums.peers += Change(was.seen, is.seen);
    sums.sessions += n1 - n0;
    sums.peer_sessions.Move(n0, n1);
    sums.peer_past.Move(PastKey(n0, past0), PastKey(n1, past1));
    sums.past_sessions += past1 - past0;
    sums.past_peers += Change(past0 > 0, past1 > 0);
    sums.new_peers += Change(was.is_new, is.is_new);
    sums.rare_peers += Change(was.is_rare, is.is_rare);
    if (p.high_risk_segment) {
      sums.high_risk_segment_sessions += n1 - n0;
      sums.high_risk_segment_peers += Change(was.seen, is.seen);
    }
    SettlePresence(p, w, n0, n1, past0, past1);
  }
  sums.reached_new_peers +=
      Change(n0 > 0 && past0 == 0 && c0.reached > 0, n1 > 0 && past1 == 0 && c1.reached > 0);
  sums.high_risk_port_peers += Change(c0.high_risk > 0, c1.high_risk > 0);
  sums.admin_port_peers += Change(c0.admin > 0, c1.admin > 0);
  sums.bytes += c1.bytes_src + c1.bytes_dst - c0.bytes_src - c0.bytes_dst;
  if (const int reach = Change(c0.reach > 0, c1.reach > 0); reach != 0) {
    sums.reach_peers += reach;
    NoteCandidate(before.slot, w, reach > 0);
  }

  const auto address = [this](uint32_t s) -> const base::Address& { return peers_.info(s).address; };
  if (const uint64_t bytes = BytesOf(c1); bytes > 0 && bytes != BytesOf(c0))
    sums.peer_bytes.Push(
        bytes, before.slot, [&](uint32_t s) { return BytesOf(peers_.counts(s)[w]); },
        [](uint32_t s) { return s; });
  if (c1.failed_ports > 0 && c1.failed_ports != c0.failed_ports)
    sums.failed_ports.Push(
        c1.failed_ports, before.slot, [&](uint32_t s) { return peers_.counts(s)[w].failed_ports; }, address);
  if (const uint64_t sent = SentValue(p, past1, c1); sent > 0 && sent != SentValue(p, past0, c0))
    sums.new_sent.Push(
        sent, before.slot, [&](uint32_t s) { return SentNow(s, w); }, address);
}

void PairShard::SettlePresence(const Peer& p, int w, int64_t n0, int64_t n1, int64_t past0, int64_t past1) {
  const int in_window = Change(n0 > 0, n1 > 0), in_past = Change(past0 > 0, past1 > 0);
  if (in_window == 0 && in_past == 0) return;
  int32_t* visitors = visitors_[p.visited] + 2 * w;
  visitors[0] += in_window;
  visitors[1] += Change(n0 + past0 > 0, n1 + past1 > 0);
  segments_.Touch(p.segment, w);
  if (n1 > 0) segments_.Heat(p.segment);
  if (in_past != 0) segments_.MutablePast(p.segment, w) += in_past;
  if (in_window != 0) segments_.counts(p.segment)[w].peers += in_window;
}

void PairShard::NoteCandidate(uint32_t peer, int w, bool reach) {
  Peer& p = peers_.info(peer);
  p.reached_anew ^= uint64_t{1} << w;
  if (reach && p.candidate == kNone) {
    p.candidate = static_cast<uint32_t>(candidates_.size());
    candidates_.push_back(peer);
  } else if (p.reached_anew == 0) {
    peers_.info(candidates_.back()).candidate = p.candidate;
    candidates_[p.candidate] = candidates_.back();
    candidates_.pop_back();
    p.candidate = kNone;
  }
}

void PairShard::SettlePort(const Ports::Before& before, int w) {
  const Port& p = ports_.info(before.slot);
  const int64_t past0 = before.count.past, past1 = ports_.past(before.slot, w);
  const PortCount &c0 = before.count, &c1 = ports_.counts(before.slot)[w];
  const int64_t n0 = c0.sessions, n1 = c1.sessions;
  HostSums& sums = MutableSums(p.host, w);

  if (n0 != n1 || past0 != past1) {
    const int64_t rare_below = context_.project.lookback.rare_below_sessions;
    const Novelty was(n0, past0, rare_below), is(n1, past1, rare_below);
    sums.ports += Change(was.seen, is.seen);
    sums.port_sessions += n1 - n0;
    sums.port_sessions_by_port.Move(n0, n1);
    sums.port_past.Move(PastKey(n0, past0), PastKey(n1, past1));
    sums.past_port_sessions += past1 - past0;
    sums.past_ports += Change(past0 > 0, past1 > 0);
    sums.new_ports += Change(was.is_new, is.is_new);
    sums.rare_ports += Change(was.is_rare, is.is_rare);
    if (p.high_risk) sums.high_risk_ports += Change(was.seen, is.seen);
  }
  sums.reached_new_ports +=
      Change(n0 > 0 && past0 == 0 && c0.reached > 0, n1 > 0 && past1 == 0 && c1.reached > 0);
  sums.port_bytes += c1.bytes - c0.bytes;

  const auto number = [this](uint32_t s) { return ports_.info(s).port; };
  if (const uint64_t bytes = BothWays(c1.bytes); bytes > 0 && bytes != BothWays(c0.bytes))
    sums.port_bytes_by_port.Push(
        bytes, before.slot, [&](uint32_t s) { return BothWays(ports_.counts(s)[w].bytes); }, number);
  if (c1.failed_peers > 0 && c1.failed_peers != c0.failed_peers)
    sums.failed_peers.Push(
        c1.failed_peers, before.slot, [&](uint32_t s) { return ports_.counts(s)[w].failed_peers; }, number);
}

void PairShard::SettleSegment(const Segments::Before& before, int w) {
  const int64_t n0 = before.count.peers, n1 = segments_.counts(before.slot)[w].peers;
  const int64_t past0 = before.count.past, past1 = segments_.past(before.slot, w);
  HostSums& sums = MutableSums(segments_.info(before.slot).host, w);
  sums.segments += Change(n0 > 0, n1 > 0);
  sums.new_segments += Change(n0 > 0 && past0 == 0, n1 > 0 && past1 == 0);
}

void PairShard::CoolAll() {
  const int last = geometry_.windows() - 1;
  const auto visit = [last](auto& slots, const auto& cool) {
    for (const auto& before : slots.dirty(last))
      if (slots.hot(before.slot) != kNone && slots.counts(before.slot)[last].is_empty()) cool(before.slot);
  };
  visit(pairs_, [this](uint32_t s) { CoolPair(s); });
  visit(peers_, [this](uint32_t s) { peers_.Cool(s); });
  visit(ports_, [this](uint32_t s) { ports_.Cool(s); });
  visit(segments_, [this](uint32_t s) { segments_.Cool(s); });
}

void PairShard::CompactMaxima() {
  const auto address = [this](uint32_t s) -> const base::Address& { return peers_.info(s).address; };
  const auto number = [this](uint32_t s) { return ports_.info(s).port; };
  for (size_t h = 0; h < hosts_.size(); ++h) {
    for (int w = 0; w < geometry_.windows(); ++w) {
      HostSums& sums = MutableSums(static_cast<uint32_t>(h), w);
      sums.peer_bytes.Compact([&](uint32_t s) { return BytesOf(peers_.counts(s)[w]); },
                              [](uint32_t s) { return s; });
      sums.port_bytes_by_port.Compact([&](uint32_t s) { return BothWays(ports_.counts(s)[w].bytes); },
                                      number);
      sums.failed_ports.Compact([&](uint32_t s) { return peers_.counts(s)[w].failed_ports; }, address);
      sums.failed_peers.Compact([&](uint32_t s) { return ports_.counts(s)[w].failed_peers; }, number);
      sums.new_sent.Compact([&](uint32_t s) { return SentNow(s, w); }, address);
      sums.beacon.Compact([&](uint32_t s) { return BeaconValue(s, w); }, [](uint32_t s) { return s; });
    }
  }
}

}  // namespace ndr::pairs
