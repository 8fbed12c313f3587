// SPDX-License-Identifier: Apache-2.0
#include "laws/naive_windows.h"

#include <cmath>
#include <set>

namespace ndr::laws {
namespace {

using base::Address;
using windows::testing::CountsOf;
using windows::testing::Kind;
using windows::testing::Record;

struct PairFacts {
  int64_t n = 0, failed = 0, replied = 0;
  std::set<int> minutes;
};
struct KeyFacts {
  int64_t n = 0, src = 0, dst = 0;
};
using PairKey = std::pair<Address, int>;

double Entropy(const std::vector<int64_t>& counts) {
  double total = 0, sum = 0;
  for (const int64_t c : counts) total += static_cast<double>(c);
  std::vector<int64_t> sorted = counts;
  std::sort(sorted.begin(), sorted.end());
  for (const int64_t c : sorted)
    sum -= static_cast<double>(c) / total * std::log(static_cast<double>(c) / total);
  return sum;
}

// In long doubles; `strong` by cross-multiplication of integers is left to the tests of the beacon itself.
double Beacon(const PairFacts& pair, int window_minutes) {
  std::vector<int> gaps;
  for (auto it = pair.minutes.begin(); std::next(it) != pair.minutes.end(); ++it)
    gaps.push_back(*std::next(it) - *it);
  std::sort(gaps.begin(), gaps.end());
  const auto at = [](const std::vector<int>& v, int p) {
    return v[(static_cast<size_t>(p) * v.size() + 99) / 100 - 1];
  };
  const int q1 = at(gaps, 25), q2 = at(gaps, 50), q3 = at(gaps, 75);
  std::vector<int> deviations;
  long double covered = 0;
  for (const int g : gaps) {
    deviations.push_back(std::abs(g - q2));
    if (g <= 4 * q2) covered += g;
  }
  std::sort(deviations.begin(), deviations.end());
  const long double regular = std::max(0.0L, 1 - static_cast<long double>(at(deviations, 50)) / q2);
  const long double symmetric =
      q3 - q1 <= 1 ? 1 : 1 - std::abs(static_cast<long double>(q1 + q3 - 2 * q2)) / (q3 - q1);
  const long double span = covered / (window_minutes - 1),
                    active = static_cast<long double>(pair.minutes.size());
  long double score = (regular + symmetric) / 2 * std::min(1.0L, 2 * span);
  if (active / (covered + 1) > 1.0L / 3)
    score *= active / static_cast<long double>(pair.n) * active / static_cast<long double>(pair.n);
  return static_cast<double>(score);
}

struct View {
  const spec::Context& context;
  const std::vector<Record>& records;
  int from, to, past_from;  // slices

  bool InWindow(const Record& r) const { return r.slice >= from && r.slice < to; }
  bool InPast(const Record& r) const {
    return r.kind == Kind::kSession && r.slice >= past_from && r.slice < from;
  }
};

Address HostOf(const Record& r, int role) { return role == 0 ? r.src : r.dst; }
Address PeerOf(const Record& r, int role) { return role == 0 ? r.dst : r.src; }

class Row {
 public:
  Row(const View& view, Address host, int role, int window_minutes)
      : v_(view), host_(host), role_(role), minutes_(window_minutes) {
    for (const Record& r : v_.records) {
      if (HostOf(r, role) != host) continue;
      if (v_.InPast(r)) {
        past_peer_[PeerOf(r, role)] += r.n;
        past_segment_.insert(v_.context.network.SegmentIdOf(PeerOf(r, role)));
        if (r.port >= 0) past_port_[r.port] += r.n, past_pair_[{PeerOf(r, role), r.port}] += r.n;
      }
      if (v_.InWindow(r)) Take(r);
    }
  }
  bool exists() const { return counts_["sessions_cnt"] > 0 || counts_["threat_cnt"] > 0; }

  NaiveRow Write(int lookback_days_covered);

 private:
  void Take(const Record& r) {
    for (const auto& [name, n] : CountsOf(v_.context, r)) counts_[name] += n;
    if (r.kind != Kind::kSession) return;
    duration_us_ += r.n * r.duration_us;
    per_minute_[r.slice * 15 + r.minute] += r.n;
    PairFacts& pair = pair_[{PeerOf(r, role_), r.port}];
    pair.n += r.n, pair.failed += r.failed() ? r.n : 0, pair.replied += r.replied() ? r.n : 0;
    pair.minutes.insert(r.slice * 15 + r.minute);
    KeyFacts& peer = peer_[PeerOf(r, role_)];
    peer.n += r.n, peer.src += r.bytes_src, peer.dst += r.bytes_dst;
    if (r.port < 0) return;
    KeyFacts& port = port_[r.port];
    port.n += r.n, port.src += r.bytes_src, port.dst += r.bytes_dst;
  }
  bool InSet(size_t set, int port) const {
    return port >= 0 && v_.context.port_sets[set][static_cast<size_t>(port)];
  }
  void Int(const std::string& name, int64_t n) { row_.exact[name] = std::to_string(n); }
  void Novel(const std::string& name, int64_t n) { row_.exact[Full(name)] = std::to_string(n); }
  std::string Full(const std::string& name) const {
    const auto& catalogue = *v_.context.catalogue;
    return catalogue.metrics()[static_cast<size_t>(catalogue.FindMetricIndex(name))].column;
  }
  template <class Map>
  void Shares(const std::string& kind, const Map& keys);
  template <class Map, class Past>
  void Rarity(const std::string& name, const Map& keys, const Past& past);
  void Sums();
  void Spread();
  void Beacons();
  void Novelty();
  int64_t Reach() const;

  const View& v_;
  Address host_;
  int role_, minutes_;
  mutable std::map<std::string, int64_t> counts_;
  int64_t duration_us_ = 0, failed_peers_max_ = 0;
  std::map<int, int64_t> per_minute_;
  std::map<PairKey, PairFacts> pair_;
  std::map<Address, KeyFacts> peer_;
  std::map<int, KeyFacts> port_;
  std::map<Address, int64_t> past_peer_;
  std::map<int, int64_t> past_port_;
  std::map<PairKey, int64_t> past_pair_;
  std::set<std::string> past_segment_;
  NaiveRow row_;
};

template <class Map>
void Row::Shares(const std::string& kind, const Map& keys) {
  if (keys.empty()) {
    for (const std::string what : {"_entropy", "_top1_sessions_share", "_top1_bytes_share"})
      row_.exact[kind + what] = "null";
    return;
  }
  std::vector<int64_t> counts;
  double sessions = 0, bytes = 0, top_sessions = 0, top_bytes = 0;
  for (const auto& [key, facts] : keys) {
    counts.push_back(facts.n);
    sessions += static_cast<double>(facts.n);
    bytes += static_cast<double>(facts.src + facts.dst);
    top_sessions = std::max(top_sessions, static_cast<double>(facts.n));
    top_bytes = std::max(top_bytes, static_cast<double>(facts.src + facts.dst));
  }
  row_.real[kind + "_entropy"] = Entropy(counts);
  row_.real[kind + "_top1_sessions_share"] = top_sessions / sessions;
  row_.real[kind + "_top1_bytes_share"] = bytes == 0 ? 0 : top_bytes / bytes;
}

void Row::Sums() {
  for (const std::string& name : v_.context.catalogue->delta_counts()) Int(name, counts_[name]);
  const double n = static_cast<double>(counts_["sessions_cnt"]);
  row_.real["duration_sum"] = static_cast<double>(duration_us_) / 1e6;
  int64_t busiest = 0;
  for (const auto& [minute, count] : per_minute_) busiest = std::max(busiest, count);
  Int("max_sessions_per_minute", busiest);
  const double src = static_cast<double>(counts_["bytes_src_sum"]),
               dst = static_cast<double>(counts_["bytes_dst_sum"]);
  const std::map<std::string, double> ratios = {
      {"duration_mean", static_cast<double>(duration_us_) / 1e6 / n},
      {"deny_ratio", static_cast<double>(counts_["deny_cnt"]) / n},
      {"tcp_ratio", static_cast<double>(counts_["tcp_cnt"]) / n},
      {"udp_ratio", static_cast<double>(counts_["udp_cnt"]) / n},
      {"icmp_ratio", static_cast<double>(counts_["icmp_cnt"]) / n},
      {"bytes_asymmetry_ratio", src / (dst + 1)},
      {"bytes_asymmetry_log", std::log((src + 1) / (dst + 1))}};
  for (const auto& [name, value] : ratios) {
    if (n > 0)
      row_.real[name] = value;
    else
      row_.exact[name] = "null";
  }
  Int("has_high_risk_port_activity", counts_["high_risk_port_sessions_cnt"] > 0);
}

void Row::Spread() {
  std::set<std::string> segments;
  int64_t high_risk_sessions = 0, high_risk_peers = 0, high_risk_ports = 0;
  std::set<Address> on_high_risk, on_admin;
  for (const auto& [peer, facts] : peer_) {
    segments.insert(v_.context.network.SegmentIdOf(peer));
    if (v_.context.network.IsHighRisk(peer)) high_risk_sessions += facts.n, ++high_risk_peers;
  }
  std::map<int, int64_t> failed_by_port;
  std::map<Address, int64_t> failed_by_peer;
  for (const auto& [key, pair] : pair_) {
    if (InSet(0, key.second)) on_high_risk.insert(key.first);
    if (InSet(1, key.second)) on_admin.insert(key.first);
    if (key.second >= 0 && pair.failed == pair.n) ++failed_by_port[key.second], ++failed_by_peer[key.first];
  }
  for (const auto& [port, facts] : port_) high_risk_ports += InSet(0, port);
  Int("peer_ip_nunique", static_cast<int64_t>(peer_.size()));
  Int("peer_port_nunique", static_cast<int64_t>(port_.size()));
  Int("peer_segment_nunique", static_cast<int64_t>(segments.size()));
  Int("high_risk_port_nunique", high_risk_ports);
  Int("high_risk_port_unique_peers", static_cast<int64_t>(on_high_risk.size()));
  Int("admin_port_unique_peers", static_cast<int64_t>(on_admin.size()));
  Int("high_risk_segment_sessions_cnt", high_risk_sessions);
  Int("high_risk_segment_unique_peers", high_risk_peers);
  Int("has_high_risk_segment_interaction", high_risk_sessions > 0);
  row_.exact["failed_peers_per_port_at"] = row_.exact["failed_ports_per_peer_at"] = "null";
  int64_t ports_max = 0;
  for (const auto& [port, peers] : failed_by_port)
    if (peers > failed_peers_max_)
      failed_peers_max_ = peers, row_.exact["failed_peers_per_port_at"] = std::to_string(port);
  for (const auto& [peer, ports] : failed_by_peer)
    if (ports > ports_max) ports_max = ports, row_.exact["failed_ports_per_peer_at"] = base::ToText(peer);
  Int("failed_peers_per_port_max", failed_peers_max_);
  Int("failed_ports_per_peer_max", ports_max);
}

void Row::Beacons() {
  if (minutes_ < 8 * 60) {
    row_.exact["beacon_score_max"] = row_.exact["beacon_pair_cnt"] = "null";
    return;
  }
  double best = 0;
  int64_t strong = 0;
  for (const auto& [key, pair] : pair_) {
    if (pair.minutes.size() < 9) continue;
    const double score = Beacon(pair, minutes_);
    best = std::max(best, score);
    strong += score >= 0.8 - 1e-15;
  }
  row_.real["beacon_score_max"] = best;
  Int("beacon_pair_cnt", strong);
}

template <class Map, class Past>
void Row::Rarity(const std::string& name, const Map& keys, const Past& past) {
  double n = 0, sum = 0, most = 0;
  for (const auto& [key, count] : past) n += static_cast<double>(count);
  for (const auto& [key, facts] : keys) {
    const auto it = past.find(key);
    const double seen = it == past.end() ? 0 : static_cast<double>(it->second);
    const double rarity = -std::log((seen + 1) / (n + static_cast<double>(past.size()) + 1));
    sum += rarity;
    most = std::max(most, rarity);
  }
  row_.real[Full(name + "_mean")] = keys.empty() ? 0 : sum / static_cast<double>(keys.size());
  row_.real[Full(name + "_max")] = most;
}

int64_t Row::Reach() const {
  std::set<Address> reached, shared;
  for (const auto& [key, pair] : pair_) {
    const bool administers =
        InSet(1, key.second) || InSet(2, key.second) || InSet(3, key.second) || InSet(4, key.second);
    if (pair.replied > 0 && administers && v_.context.network.IsHost(key.first) && !past_pair_.contains(key))
      reached.insert(key.first);
  }
  for (const Record& r : v_.records)
    if (r.kind == Kind::kSession && (v_.InPast(r) || v_.InWindow(r)) && HostOf(r, role_) != host_ &&
        v_.context.network.IsHost(HostOf(r, role_)))
      shared.insert(PeerOf(r, role_));
  int64_t alone = 0;
  for (const Address peer : reached) alone += !shared.contains(peer);
  return std::max<int64_t>(0, static_cast<int64_t>(reached.size()) + 2 * alone - failed_peers_max_);
}

void Row::Novelty() {
  const int64_t rare_below = v_.context.project.lookback.rare_below_sessions;
  int64_t new_peer = 0, rare_peer = 0, reached_peer = 0, new_port = 0, rare_port = 0, reached_port = 0,
          new_pair = 0, rare_pair = 0;
  const auto any_reached = [&](auto matches) {
    return std::any_of(pair_.begin(), pair_.end(),
                       [&](const auto& p) { return matches(p.first) && p.second.replied > 0; });
  };
  int64_t most_sent = 0;
  row_.exact[Full("new_peer_bytes_sent_at")] = "null";
  std::set<std::string> new_segments;
  for (const auto& [peer, facts] : peer_) {
    if (const auto segment = v_.context.network.SegmentIdOf(peer); !past_segment_.contains(segment))
      new_segments.insert(segment);
    if (past_peer_.contains(peer)) {
      rare_peer += past_peer_[peer] < rare_below;
      continue;
    }
    ++new_peer;
    reached_peer += any_reached([&, p = peer](const PairKey& k) { return k.first == p; });
    const int64_t sent = role_ == 0 ? facts.src : facts.dst, received = role_ == 0 ? facts.dst : facts.src;
    if (!v_.context.network.IsHost(peer) && 4 * received < sent && sent > most_sent)
      most_sent = sent, row_.exact[Full("new_peer_bytes_sent_at")] = base::ToText(peer);
  }
  for (const auto& [port, facts] : port_) {
    if (past_port_.contains(port)) {
      rare_port += past_port_[port] < rare_below;
      continue;
    }
    ++new_port;
    reached_port += any_reached([&, p = port](const PairKey& k) { return k.second == p; });
  }
  for (const auto& [key, pair] : pair_) {
    if (key.second < 0) continue;
    if (past_pair_.contains(key))
      rare_pair += past_pair_[key] < rare_below;
    else
      ++new_pair;
  }
  Novel("new_peer_cnt", new_peer);
  Novel("new_dst_port_cnt", new_port);
  Novel("new_pair_cnt", new_pair);
  Novel("new_segment_cnt", static_cast<int64_t>(new_segments.size()));
  Novel("rare_peer_cnt", rare_peer);
  Novel("rare_dst_port_cnt", rare_port);
  Novel("rare_pair_cnt", rare_pair);
  Novel("reached_new_peer_cnt", reached_peer);
  Novel("reached_new_port_cnt", reached_port);
  Novel("new_peer_bytes_sent_max", most_sent);
  Novel("new_admin_reach", Reach());
  if (peer_.empty())
    row_.exact[Full("new_peer_ratio")] = "null";
  else
    row_.real[Full("new_peer_ratio")] = static_cast<double>(new_peer) / static_cast<double>(peer_.size());
  Rarity("pair_rarity_score", peer_, past_peer_);
  Rarity("dst_port_rarity_score", port_, past_port_);
}

NaiveRow Row::Write(int lookback_days_covered) {
  Sums();
  Spread();
  Shares("peer_ip", peer_);
  Shares("peer_port", port_);
  Beacons();
  Int("lookback_days_covered", lookback_days_covered);
  if (lookback_days_covered >= v_.context.project.lookback.min_days) {
    Novelty();
    return row_;
  }
  for (const auto& metric : v_.context.catalogue->metrics())
    if (metric.column != metric.name) row_.exact[metric.column] = "null";
  return row_;
}

}  // namespace

NaiveRows NaiveWindows(const spec::Context& context, const std::vector<Record>& records, int end) {
  NaiveRows rows;
  const auto& windows = context.catalogue->windows();
  for (size_t w = 0; w < windows.size(); ++w) {
    const int from = end - windows[w].slices, days = context.project.lookback.days;
    const View view{context, records, from, end, from - days * base::kSlicesPerDay};
    std::set<std::pair<Address, int>> hosts;
    for (const Record& r : records)
      for (int role = 0; role < 2; ++role)
        if (view.InWindow(r) && context.network.IsHost(HostOf(r, role)))
          hosts.insert({HostOf(r, role), role});
    for (const auto& [host, role] : hosts) {
      Row row(view, host, role, windows[w].slices * 15);
      if (row.exists())
        rows[{host, role, static_cast<int>(w)}] =
            row.Write(from < 0 ? 0 : std::min(days, from / base::kSlicesPerDay));
    }
  }
  return rows;
}

}  // namespace ndr::laws
