// SPDX-License-Identifier: Apache-2.0
// Peers, service ports and segments of a host, summed by difference.
#include "ndr/pairs/pair_shard.h"

namespace ndr::pairs {
namespace {

uint64_t Saturated(__int128 n) {
  return n > INT64_MAX ? static_cast<uint64_t>(INT64_MAX) : static_cast<uint64_t>(n);
}

int Step(bool before, bool after) { return static_cast<int>(after) - static_cast<int>(before); }

// A key of the window by its past: new, rare or known.
struct Novelty {
  bool seen, is_new, is_rare;
  Novelty(int64_t sessions, int64_t past, int64_t rare_below)
      : seen(sessions > 0), is_new(seen && past == 0), is_rare(seen && past > 0 && past < rare_below) {}
};

// Histograms hold counts above 0, so a past is held one higher; 0 is a key outside the window.
int64_t PastKey(int64_t sessions, int64_t past) { return sessions > 0 ? past + 1 : 0; }

}  // namespace

uint64_t PairShard::BytesOf(const PeerCell& cell) { return Saturated(cell.bytes_src + cell.bytes_dst); }

uint64_t PairShard::SentValue(uint32_t peer, int64_t past, int64_t sessions, const PeerCell& cell) const {
  const Peer& p = peer_of_[peer];
  if (p.internal || past > 0 || sessions == 0) return 0;
  const bool outbound = hosts_[p.host].role == catalogue::Role::kOutbound;
  const __int128 sent = outbound ? cell.bytes_src : cell.bytes_dst,
                 received = outbound ? cell.bytes_dst : cell.bytes_src;
  return 4 * received < sent ? Saturated(sent) : 0;
}

uint64_t PairShard::SentNow(uint32_t peer, int w) const {
  return SentValue(peer, peers_.past(peer)[w], peers_.sessions(peer)[w], peers_.cells(peer)[w]);
}

void PairShard::SettlePeers() {
  const auto& dirty = peers_.dirty();
  for (size_t i = 0; i < dirty.size(); ++i) {
    for (int w = 0; w < geometry_.windows(); ++w) SettlePeer(dirty[i], i, w);
    NoteCandidate(dirty[i]);
  }
}

void PairShard::SettlePeer(uint32_t peer, size_t i, int w) {
  const Peer& p = peer_of_[peer];
  const int64_t past0 = peers_.past_before(i)[w], past1 = peers_.past(peer)[w];
  const int64_t n0 = peers_.sessions_before(i)[w], n1 = peers_.sessions(peer)[w];
  const PeerCell &cell0 = peers_.cells_before(i)[w], &cell1 = peers_.cells(peer)[w];
  HostSums& sums = MutableSums(p.host, w);

  if (n0 != n1 || past0 != past1) {
    segments_.Touch(p.segment);
    if (n1 > 0) segments_.Heat(p.segment);
    segments_.past(p.segment)[w] += past1 - past0;
    if (n0 != n1) segments_.sessions(p.segment)[w] += n1 - n0;
    const int64_t rare_below = context_.project.lookback.rare_below_sessions;
    const Novelty before(n0, past0, rare_below), after(n1, past1, rare_below);
    sums.peers += Step(before.seen, after.seen);
    sums.sessions += n1 - n0;
    sums.peer_sessions.Move(n0, n1);
    sums.peer_past.Move(PastKey(n0, past0), PastKey(n1, past1));
    sums.past_sessions += past1 - past0;
    sums.past_peers += Step(past0 > 0, past1 > 0);
    sums.new_peers += Step(before.is_new, after.is_new);
    sums.rare_peers += Step(before.is_rare, after.is_rare);
    if (p.high_risk_segment) {
      sums.high_risk_segment_sessions += n1 - n0;
      sums.high_risk_segment_peers += Step(before.seen, after.seen);
    }
    int32_t* visitors = visitors_.data() + (p.visited * windows_ + static_cast<size_t>(w)) * 2;
    visitors[0] += Step(before.seen, after.seen);
    visitors[1] += Step(n0 + past0 > 0, n1 + past1 > 0);
  }
  sums.reached_new_peers +=
      Step(n0 > 0 && past0 == 0 && cell0.reached > 0, n1 > 0 && past1 == 0 && cell1.reached > 0);
  sums.high_risk_port_peers += Step(cell0.high_risk > 0, cell1.high_risk > 0);
  sums.admin_port_peers += Step(cell0.admin > 0, cell1.admin > 0);
  sums.reach_peers += Step(cell0.reach > 0, cell1.reach > 0);
  sums.bytes += cell1.bytes_src + cell1.bytes_dst - cell0.bytes_src - cell0.bytes_dst;

  const auto address = [this](uint32_t s) -> const base::Address& { return peer_of_[s].address; };
  if (const uint64_t bytes = BytesOf(cell1); bytes > 0 && bytes != BytesOf(cell0))
    sums.peer_bytes.Push(
        bytes, peer, [&](uint32_t s) { return BytesOf(peers_.cells(s)[w]); }, address);
  if (cell1.failed_ports > 0 && cell1.failed_ports != cell0.failed_ports)
    sums.failed_ports.Push(
        cell1.failed_ports, peer, [&](uint32_t s) { return peers_.cells(s)[w].failed_ports; }, address);
  if (const uint64_t sent = SentValue(peer, past1, n1, cell1);
      sent > 0 && sent != SentValue(peer, past0, n0, cell0))
    sums.new_sent.Push(
        sent, peer, [&](uint32_t s) { return SentNow(s, w); }, address);
}

void PairShard::NoteCandidate(uint32_t peer) {
  Peer& p = peer_of_[peer];
  const PeerCell* cells = peers_.cells(peer);
  const bool reach = std::any_of(cells, cells + windows_, [](const PeerCell& c) { return c.reach > 0; });
  if (reach && p.candidate == kNone) {
    p.candidate = static_cast<uint32_t>(candidates_.size());
    candidates_.push_back(peer);
  } else if (!reach && p.candidate != kNone) {
    peer_of_[candidates_.back()].candidate = p.candidate;
    candidates_[p.candidate] = candidates_.back();
    candidates_.pop_back();
    p.candidate = kNone;
  }
}

void PairShard::SettlePorts() {
  const auto& dirty = ports_.dirty();
  for (size_t i = 0; i < dirty.size(); ++i)
    for (int w = 0; w < geometry_.windows(); ++w) SettlePort(dirty[i], i, w);
}

void PairShard::SettlePort(uint32_t port, size_t i, int w) {
  const Port& p = port_of_[port];
  const int64_t past0 = ports_.past_before(i)[w], past1 = ports_.past(port)[w];
  const int64_t n0 = ports_.sessions_before(i)[w], n1 = ports_.sessions(port)[w];
  const PortCell &cell0 = ports_.cells_before(i)[w], &cell1 = ports_.cells(port)[w];
  HostSums& sums = MutableSums(p.host, w);

  if (n0 != n1 || past0 != past1) {
    const int64_t rare_below = context_.project.lookback.rare_below_sessions;
    const Novelty before(n0, past0, rare_below), after(n1, past1, rare_below);
    sums.ports += Step(before.seen, after.seen);
    sums.port_sessions += n1 - n0;
    sums.port_sessions_by_port.Move(n0, n1);
    sums.port_past.Move(PastKey(n0, past0), PastKey(n1, past1));
    sums.past_port_sessions += past1 - past0;
    sums.past_ports += Step(past0 > 0, past1 > 0);
    sums.new_ports += Step(before.is_new, after.is_new);
    sums.rare_ports += Step(before.is_rare, after.is_rare);
    if (p.high_risk) sums.high_risk_ports += Step(before.seen, after.seen);
  }
  sums.reached_new_ports +=
      Step(n0 > 0 && past0 == 0 && cell0.reached > 0, n1 > 0 && past1 == 0 && cell1.reached > 0);
  sums.port_bytes += cell1.bytes - cell0.bytes;

  const auto number = [this](uint32_t s) { return port_of_[s].port; };
  if (const uint64_t bytes = Saturated(cell1.bytes); bytes > 0 && bytes != Saturated(cell0.bytes))
    sums.port_bytes_by_port.Push(
        bytes, port, [&](uint32_t s) { return Saturated(ports_.cells(s)[w].bytes); }, number);
  if (cell1.failed_peers > 0 && cell1.failed_peers != cell0.failed_peers)
    sums.failed_peers.Push(
        cell1.failed_peers, port, [&](uint32_t s) { return ports_.cells(s)[w].failed_peers; }, number);
}

void PairShard::SettleSegments() {
  const auto& dirty = segments_.dirty();
  for (size_t i = 0; i < dirty.size(); ++i) {
    const uint32_t host = segment_of_[dirty[i]].host;
    for (int w = 0; w < geometry_.windows(); ++w) {
      const int64_t n0 = segments_.sessions_before(i)[w], n1 = segments_.sessions(dirty[i])[w];
      const int64_t past0 = segments_.past_before(i)[w], past1 = segments_.past(dirty[i])[w];
      HostSums& sums = MutableSums(host, w);
      sums.segments += Step(n0 > 0, n1 > 0);
      sums.new_segments += Step(n0 > 0 && past0 == 0, n1 > 0 && past1 == 0);
    }
  }
}

void PairShard::CoolAll() {
  const size_t last = windows_ - 1;
  const auto cool = [last](auto* slots) {
    for (const uint32_t s : slots->dirty())
      if (slots->hot(s) != kNone && slots->sessions(s)[last] == 0) slots->Cool(s);
  };
  for (const uint32_t pair : pairs_.dirty())
    if (pairs_.hot(pair) != kNone && pairs_.sessions(pair)[last] == 0) CoolPair(pair);
  cool(&peers_);
  cool(&ports_);
  cool(&segments_);
}

void PairShard::CompactMaxima() {
  const auto address = [this](uint32_t s) -> const base::Address& { return peer_of_[s].address; };
  const auto number = [this](uint32_t s) { return port_of_[s].port; };
  for (size_t h = 0; h < hosts_.size(); ++h) {
    for (int w = 0; w < geometry_.windows(); ++w) {
      HostSums& sums = MutableSums(static_cast<uint32_t>(h), w);
      sums.peer_bytes.Compact([&](uint32_t s) { return BytesOf(peers_.cells(s)[w]); }, address);
      sums.port_bytes_by_port.Compact([&](uint32_t s) { return Saturated(ports_.cells(s)[w].bytes); },
                                      number);
      sums.failed_ports.Compact([&](uint32_t s) { return peers_.cells(s)[w].failed_ports; }, address);
      sums.failed_peers.Compact([&](uint32_t s) { return ports_.cells(s)[w].failed_peers; }, number);
      sums.new_sent.Compact([&](uint32_t s) { return SentNow(s, w); }, address);
      sums.beacon.Compact([&](uint32_t s) { return BeaconValue(s, w); }, [](uint32_t s) { return s; });
    }
  }
}

}  // namespace ndr::pairs
