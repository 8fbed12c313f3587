// SPDX-License-Identifier: Apache-2.0
// The pairs of one shard of hosts, slid forward slice by slice.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "ndr/pairs/beacon.h"
#include "ndr/pairs/counted_slots.h"
#include "ndr/pairs/geometry.h"
#include "ndr/pairs/host_sums.h"
#include "ndr/pairs/pair_rows.h"
#include "ndr/pairs/window_pairs.h"

namespace ndr::pairs {

/// Slots: hosts are (host, role); below them peers, service ports and peer segments of a host, and pairs
/// (peer, service port, null included). Rows change pairs, and the bytes of peers and ports; Settle carries
/// what changed from pairs to peers and ports, from peers to segments, and from all of them to the sums of
/// the host, by the difference of a pure function of the counters before and after. So a step costs what its
/// rows touch, and any number of slices may be applied before one Settle.
class PairShard {
 public:
  PairShard(const spec::Context& context, const Geometry& geometry);

  /// Says where the windows end. Before the rows of a step.
  void MoveEnd(SliceNumber end) { end_ = end; }
  /// The rows of a slice enter, moved out of `dealt`: its windows, and the look-backs of the windows too
  /// short for it. Slices come in order, without gaps, and stay until DropOldest.
  void Enter(SliceNumber slice, ShardRows* dealt);
  /// The same for all slices of the longest window at once, in a new shard: Keep each, then enter them.
  void Keep(SliceNumber slice, ShardRows* dealt);
  void EnterKept();
  /// The slice leaves window w and enters its look-back.
  void Leave(SliceNumber slice, int w);
  /// Forgets the rows of the oldest slice; it must have left the longest window.
  void DropOldest();

  /// Rows older than the longest window enter the look-backs of the windows [from, to).
  void EnterPast(const ShardRows& dealt, int from, int to);
  /// Keeps a slice whose rows leave the look-backs one window after the other: the shortest window's first.
  /// In order.
  void KeepPast(SliceNumber slice, const ShardRows& dealt);
  void LeavePast(SliceNumber slice, int w);
  void DropOldestPast();

  void Settle();
  /// The same for one window, while what its rows touched is still in the cache. The longest window comes
  /// last.
  void SettleWindow(int w);
  /// Gives back the slots of what neither window nor look-back holds. After Settle only; slots may get new
  /// owners.
  void Sweep();

  // The current end, after Settle.

  /// kNone where no window or look-back knows the host in that role.
  uint32_t FindHost(base::Address host, catalogue::Role role) const;
  const HostSums& Sums(uint32_t host, int w) const { return sums_[host][w]; }
  /// The maxima of one host and window with their witnesses. Not for two threads at once.
  struct Maxima {
    uint64_t peer_bytes = 0, port_bytes = 0;
    int64_t failed_ports = 0, failed_peers = 0;
    int64_t new_sent = 0;  ///< saturated
    double beacon = 0;
    base::Address failed_ports_at, new_sent_at;
    uint16_t failed_peers_at = 0;
  };
  Maxima MaximaOf(uint32_t host, int w);

  /// Peers that some host of the shard newly reached on ports that administer, by window.
  template <class Visit>
  void VisitCandidates(const Visit& visit) const {
    for (const uint32_t p : candidates_) {
      const Peer& peer = peers_.info(p);
      for (int w = 0; w < geometry_.windows(); ++w)
        if ((peer.reached_anew >> w & 1) != 0) visit(peer.host, hosts_[peer.host].role, peer.address, w);
    }
  }
  size_t hosts() const { return hosts_.size(); }
  /// Hosts of the shard that had a session with the peer in window w, or in it or its look-back.
  int64_t HostsInWindow(catalogue::Role role, base::Address peer, int w) const {
    return Visitors(role, peer, w, false);
  }
  int64_t HostsSeen(catalogue::Role role, base::Address peer, int w) const {
    return Visitors(role, peer, w, true);
  }

  void Visit(base::Address host, catalogue::Role role, uint32_t shard,
             const std::function<void(const WindowPair&)>& visit) const;
  PairSums SumsOf(uint32_t pair, int w) const;
  PairRhythm RhythmOf(uint32_t pair, int w) const;

 private:
  struct HostKey {
    base::Address host;
    catalogue::Role role;
    friend bool operator==(const HostKey&, const HostKey&) = default;
  };
  struct PeerKey {
    base::Address peer;
    uint32_t host;
    friend bool operator==(const PeerKey&, const PeerKey&) = default;
  };
  struct SegmentOfHost {
    base::SegmentKey segment;
    uint32_t host;
    friend bool operator==(const SegmentOfHost&, const SegmentOfHost&) = default;
  };
  struct KeyHash {
    using is_avalanching = void;
    size_t operator()(const HostKey& k) const {
      return base::Mix(base::Hash(k.host), static_cast<uint64_t>(k.role));
    }
    size_t operator()(const PeerKey& k) const { return base::Mix(base::Hash(k.peer), k.host); }
    size_t operator()(const SegmentOfHost& k) const {
      return base::Mix(base::Hash(k.segment.base), k.host * 4ull + k.segment.kind);
    }
    size_t operator()(uint64_t k) const { return base::Mix(k); }
  };
  template <class Key>
  using Map = boost::unordered_flat_map<Key, uint32_t, KeyHash>;

  struct alignas(32) PairCount {
    int64_t sessions = 0, past = 0, failed = 0;
    int64_t replied : 63 = 0;
    uint64_t moved : 1 = 0;  ///< rows entered or left in this step
    bool is_empty() const { return sessions == 0; }
  };
  /// One cache line: bytes by direction of the session, and pairs of the peer by what they are (at most
  /// 65,537).
  struct alignas(64) PeerCount {
    __int128 bytes_src = 0, bytes_dst = 0;
    int64_t sessions = 0, past = 0;
    uint64_t failed_ports : 20 = 0, reached : 20 = 0, high_risk : 20 = 0;
    uint64_t admin : 20 = 0, reach : 20 = 0;
    bool is_empty() const { return sessions == 0; }
  };
  static_assert(sizeof(PairCount) == 32 && sizeof(PeerCount) == 64);
  struct PortCount {
    __int128 bytes = 0;
    int64_t sessions = 0, past = 0;
    uint32_t failed_peers = 0, reached = 0;
    bool is_empty() const { return sessions == 0; }
  };
  /// Peers with sessions in the window and in the look-back.
  struct SegmentCount {
    int64_t peers = 0, past = 0;
    bool is_empty() const { return peers == 0; }
  };

  struct Host {
    base::Address host;
    catalogue::Role role = catalogue::Role::kOutbound;
    uint32_t first_pair = kNone;  ///< of the hot ones
    uint32_t peers = 0;
    bool used = false;
  };
  struct Peer {
    base::Address address;
    uint32_t host = kNone, segment = kNone, visited = kNone;
    uint32_t candidate = kNone;  ///< its place in candidates_
    uint64_t reached_anew = 0;   ///< windows with a pair in reach, as bits
    bool internal = false, high_risk_segment = false;
  };
  struct Port {
    uint32_t host = kNone;
    uint16_t port = 0;
    bool high_risk = false;
  };
  struct Segment {
    base::SegmentKey key;
    uint32_t host = kNone;
  };
  struct Pair {
    uint32_t peer = kNone, port_slot = kNone;
    int32_t port = kNoPort;
    bool high_risk = false, admin = false, reach = false;
  };
  using Pairs = CountedSlots<Pair, PairCount>;
  using Peers = CountedSlots<Peer, PeerCount>;
  using Ports = CountedSlots<Port, PortCount>;
  using Segments = CountedSlots<Segment, SegmentCount>;
  /// What a pair of the longest window has besides, by its hot number.
  struct HotPair {
    uint32_t next = kNone, previous = kNone;  ///< hot pairs of the host
    uint32_t last_row = kNone;
    uint32_t rhythm = kNone;
    SliceNumber last_slice = 0;
  };
  struct PastRow {
    int64_t sessions;
    uint32_t pair;
  };
  struct Rhythm {
    double score = -1;  ///< below 0: not scored
    bool strong = false;
  };

  struct Lookup {
    uint64_t hash;
    uint32_t host, likely;
  };
  /// The pairs of `keys`, in their order, until the next call.
  std::span<const uint32_t> FindPairs(std::span<const RowKey> keys);
  uint32_t PairOf(const Lookup& lookup, const RowKey& key);
  uint32_t NewPair(uint32_t host, base::Address peer, int32_t port);
  static uint64_t HashOf(uint32_t host, base::Address peer, int32_t port);
  uint32_t HostOf(base::Address host, catalogue::Role role);
  uint32_t PeerOf(uint32_t host, base::Address peer);
  uint32_t PortOf(uint32_t host, uint16_t port);
  uint32_t SegmentOf(uint32_t host, base::Address peer);
  uint32_t VisitedOf(catalogue::Role role, base::Address peer);

  void Touch(uint32_t pair, int w);
  void Heat(uint32_t pair);
  void Add(const Row& row, const Counts& counts, int w, int sign);
  void EnterRow(SliceNumber slice, uint32_t number);
  void Link(Row* row, uint32_t number, SliceNumber slice);
  void NoteMinutes(const Row& row, SliceNumber slice);
  uint16_t& MinutesOf(uint32_t rhythm, SliceNumber slice) {
    return minutes_[rhythm][geometry_.PlaceOf(slice)];
  }
  void PrefetchParents(uint32_t pair, int w) const;
  void PrefetchCounts(uint32_t pair, int w) const;
  uint8_t Traits(const Pair& pair, int64_t past, const PairCount& count) const;
  void SettlePair(const Pairs::Before& before, int w);
  void SettlePeer(const Peers::Before& before, int w);
  void SettlePresence(const Peer& peer, int w, int64_t n0, int64_t n1, int64_t past0, int64_t past1);
  void SettlePort(const Ports::Before& before, int w);
  void SettleSegment(const Segments::Before& before, int w);
  void SettleBeacon(uint32_t pair, int w);
  Rhythm Score(uint32_t rhythm, int64_t sessions, int w);
  void FeedKept(uint32_t rhythm, int w, BeaconGaps* gaps) const;
  void FeedRows(uint32_t pair, int w, BeaconGaps* gaps) const;
  void CoolAll();
  void CoolPair(uint32_t pair);
  void TakeRhythm(uint32_t pair);
  void NoteCandidate(uint32_t peer, int w, bool reach);
  int64_t Visitors(catalogue::Role role, base::Address peer, int w, bool seen) const;
  HostSums& MutableSums(uint32_t host, int w) { return sums_[host][w]; }
  static uint64_t BytesOf(const PeerCount& count);
  uint64_t SentNow(uint32_t peer, int w) const;
  uint64_t SentValue(const Peer& peer, int64_t past, const PeerCount& count) const;
  uint64_t BeaconValue(uint32_t pair, int w) const;
  /// Calls `visit(row, counts, slice)` for the rows of a pair from the newest to the first before `from`.
  template <class V>
  void WalkRows(uint32_t pair, SliceNumber from, const V& visit) const;
  void CompactMaxima();

  const spec::Context& context_;
  const Geometry& geometry_;
  const size_t windows_;
  SliceNumber end_ = 0;

  Map<HostKey> host_map_, visited_map_;
  Map<PeerKey> peer_map_;
  Map<uint64_t> port_map_;
  Map<SegmentOfHost> segment_map_;

  SlotIndex pair_index_;
  std::vector<Lookup> lookups_;
  std::vector<uint32_t> found_;

  std::vector<Host> hosts_;
  std::vector<uint32_t> free_hosts_;
  Blocks<HostSums> sums_;  // by host, a row of windows
  Pairs pairs_;
  Peers peers_;
  Ports ports_;
  Segments segments_;
  Blocks<HotPair> hot_pairs_;
  HotPair& HotOf(uint32_t pair) { return *hot_pairs_[pairs_.hot(pair)]; }
  const HotPair& HotOf(uint32_t pair) const { return *hot_pairs_[pairs_.hot(pair)]; }

  // Hosts by peer: a row of [in window, seen] per window.
  std::vector<HostKey> visited_of_;
  std::vector<uint32_t> visited_peers_, free_visited_;
  Blocks<int32_t> visitors_;
  std::vector<uint32_t> candidates_;

  // Rhythms: a row of minutes by slice modulo the longest window, and one of scores by window.
  Blocks<uint16_t> minutes_;
  Blocks<Rhythm> rhythms_;
  std::vector<uint32_t> free_rhythms_;
  BeaconGaps gaps_;

  std::deque<SliceRows> window_rows_;
  SliceNumber first_window_slice_ = 0;
  std::deque<std::vector<PastRow>> past_rows_;
  SliceNumber first_past_slice_ = 0;
};

}  // namespace ndr::pairs
