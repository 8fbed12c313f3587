// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/pair_features.h"

#include <algorithm>
#include <tuple>

#include "ndr/base/saturating.h"

namespace ndr::correlation {
namespace {

// Fewer sessions have too few active minutes for a beacon (9) or a failing pair (31).
constexpr int64_t kBeaconSessions = 9;

struct Candidate {
  pairs::WindowPair pair;
  int64_t seen = 0;
  int64_t bytes = 0;
};

// The pairs of one (host, role) while they are visited.
class HostPairs {
 public:
  HostPairs(const Setup& setup, const Rows& rows, const ReferenceIds& ids, const pairs::WindowPairs& pairs,
            HostRole host_role, RarityLookup* lookup, std::vector<Frame>* frames, PairRows* out)
      : setup_(setup),
        rows_(rows),
        pairs_(pairs),
        host_role_(host_role),
        lookup_(lookup),
        frames_(frames),
        out_(out),
        host_(rows.host[host_role.begin]),
        role_(static_cast<catalogue::Role>(rows.role[host_role.begin])),
        windows_(setup.catalogue().windows().size()),
        row_of_window_(windows_, rows.size),
        sums_(setup.horizons() * windows_),
        shortest_(setup.horizons()) {
    for (size_t r = host_role.begin; r < host_role.end; ++r) row_of_window_[rows.window[r]] = r;
    for (size_t h = 0; h < setup.horizons(); ++h)
      SetSources(h, setup.reference->horizons()[h].IsDestination(ids.host[host_role.begin]));
  }

  void Visit(const pairs::WindowPair& pair) {
    if (pair.port != pairs::kNoPort) Collapse(pair);
    const size_t longest = windows_ - 1;
    if (HasRow(longest) && pair.sessions[longest] >= kBeaconSessions) VisitLongest(pair);
  }

  void Finish() {
    for (size_t h = 0; h < setup_.horizons(); ++h) {
      for (size_t w = 0; w < windows_; ++w)
        if (HasRow(w)) WriteRow(h, w);
      ShowShortest(h);
    }
    SortAndEmit();
  }

 private:
  struct Shown {
    uint8_t window;
    pairs::WindowPair pair;
    size_t horizon;  // horizons(): all of them
    pairs::PairRhythm rhythm;
    bool has_rhythm;
  };

  bool HasRow(size_t window) const { return row_of_window_[window] < rows_.size; }
  size_t Local(size_t h, size_t window) const { return row_of_window_[window] - (*frames_)[h].first; }
  RaritySource SourceOf(size_t h, size_t window) const {
    return (*frames_)[h].rarity_source[Local(h, window)];
  }

  void SetSources(size_t h, bool is_destination) {
    Frame& frame = (*frames_)[h];
    for (size_t r = host_role_.begin; r < host_role_.end; ++r) {
      const bool cold = frame.baseline[r - frame.first].is_cold;
      // Its own address would make every pair new.
      const bool blind = cold && role_ == catalogue::Role::kInbound && !is_destination;
      frame.rarity_source[r - frame.first] = blind  ? RaritySource::kNone
                                             : cold ? RaritySource::kSegment
                                                    : RaritySource::kHost;
    }
  }

  void Collapse(const pairs::WindowPair& pair) {
    const std::span<const Seen> seen = lookup_->Of(host_, role_, pair);
    const double threshold = setup_.project().rarity_threshold;
    for (size_t h = 0; h < seen.size(); ++h) {
      const bool rare_host = stats::IsRare(seen[h].host, threshold),
                 rare_segment = stats::IsRare(seen[h].segment, threshold);
      for (size_t w = windows_; w-- > 0 && pair.sessions[w] > 0;) {
        if (!HasRow(w)) continue;
        const RaritySource source = SourceOf(h, w);
        if (source == RaritySource::kNone) continue;
        const bool by_host = source == RaritySource::kHost;
        const int64_t count = by_host ? seen[h].host : seen[h].segment;
        const bool rare = by_host ? rare_host : rare_segment;
        sums_[h * windows_ + w].Add(count, rare, pair.sessions[w]);
        if (w == 0 && rare) shortest_[h].push_back({pair, count, 0});
      }
    }
  }

  void VisitLongest(const pairs::WindowPair& pair) {
    const auto longest = static_cast<int>(windows_ - 1);
    const pairs::PairRhythm rhythm = pairs_.Rhythm(pair, longest);
    bool shown = rhythm.scored && rhythm.beacon_score >= kBeaconShown;
    const bool may_fail = role_ == catalogue::Role::kOutbound && pair.port != pairs::kNoPort;
    if (!shown && may_fail && rhythm.active_minutes > kFailingMinutes) {
      const pairs::PairSums sums = pairs_.Sums(pair, longest);
      shown = 2 * sums.failed >= sums.sessions;
    }
    if (shown) shown_.push_back({static_cast<uint8_t>(longest), pair, setup_.horizons(), rhythm, true});
  }

  void WriteRow(size_t h, size_t w) {
    Frame& frame = (*frames_)[h];
    const size_t i = Local(h, w);
    if (SourceOf(h, w) == RaritySource::kNone) return;
    const RaritySum& sum = sums_[h * windows_ + w];
    frame.pair_rarity_max[i] = sum.max();
    frame.pair_rarity_mean[i] = sum.mean();
    frame.new_pairs[i] = sum.new_pairs();
    frame.rare_pairs[i] = sum.rare_pairs();
  }

  // The first new and rare pairs of the shortest window: by rarity, bytes, peer, port.
  void ShowShortest(size_t h) {
    std::vector<Candidate>& all = shortest_[h];
    if (all.size() > kPairsPerRow) {
      for (Candidate& c : all) {
        const pairs::PairSums sums = pairs_.Sums(c.pair, 0);
        c.bytes = base::SaturatingAdd(sums.bytes_src, sums.bytes_dst);
      }
      const auto before = [](const Candidate& a, const Candidate& b) {
        return std::tie(a.seen, b.bytes, a.pair.peer, a.pair.port) <
               std::tie(b.seen, a.bytes, b.pair.peer, b.pair.port);
      };
      std::nth_element(all.begin(), all.begin() + kPairsPerRow, all.end(), before);
      (*frames_)[h].pairs_left_out[Local(h, 0)] = static_cast<int64_t>(all.size() - kPairsPerRow);
      all.resize(kPairsPerRow);
    }
    for (const Candidate& c : all) shown_.push_back({0, c.pair, h, {}, false});
  }

  void SortAndEmit() {
    const auto key = [](const Shown& s) { return std::tie(s.window, s.pair.peer, s.pair.port); };
    std::sort(shown_.begin(), shown_.end(), [&](const Shown& a, const Shown& b) { return key(a) < key(b); });
    const size_t horizons = setup_.horizons();
    for (size_t i = 0; i < shown_.size(); ++i) {
      if (i == 0 || key(shown_[i - 1]) != key(shown_[i])) Emit(shown_[i]);
      PairInHorizon* in = out_->horizons.data() + out_->horizons.size() - horizons;
      for (size_t h = 0; h < horizons; ++h)
        if (shown_[i].horizon == horizons || shown_[i].horizon == h) in[h].is_shown = true;
    }
  }

  void Emit(const Shown& shown) {
    const int window = shown.window;
    PairRow row;
    row.host = host_;
    row.peer = shown.pair.peer;
    row.role = role_;
    row.window = shown.window;
    row.port = shown.pair.port;
    row.sums = pairs_.Sums(shown.pair, window);
    row.rhythm = shown.has_rhythm ? shown.rhythm : pairs_.Rhythm(shown.pair, window);
    row.peer_hosts = pairs_.PeerHosts(role_, row.peer, window);
    const bool has_port = row.port != pairs::kNoPort;
    const std::span<const Seen> seen =
        has_port ? lookup_->Of(host_, role_, shown.pair) : std::span<const Seen>();
    for (size_t h = 0; h < setup_.horizons(); ++h) {
      PairInHorizon in;
      in.source = SourceOf(h, shown.window);
      if (has_port && in.source != RaritySource::kNone)
        in.seen = in.source == RaritySource::kHost ? seen[h].host : seen[h].segment;
      in.active_days = lookup_->ActiveDays(h, host_, role_, row.peer, row.port);
      out_->horizons.push_back(in);
    }
    out_->rows.push_back(row);
  }

  const Setup& setup_;
  const Rows& rows_;
  const pairs::WindowPairs& pairs_;
  HostRole host_role_;
  RarityLookup* lookup_;
  std::vector<Frame>* frames_;
  PairRows* out_;
  base::Address host_;
  catalogue::Role role_;
  size_t windows_;
  std::vector<size_t> row_of_window_;             // rows_.size: no row
  std::vector<RaritySum> sums_;                   // by horizon and window
  std::vector<std::vector<Candidate>> shortest_;  // by horizon
  std::vector<Shown> shown_;
};

}  // namespace

void PairRows::Append(PairRows&& more) {
  rows.insert(rows.end(), more.rows.begin(), more.rows.end());
  horizons.insert(horizons.end(), more.horizons.begin(), more.horizons.end());
}

void RaritySum::Add(int64_t seen, bool is_rare, int64_t sessions) {
  ++pairs_;
  new_ += seen == 0;
  rare_ += is_rare;
  min_seen_ = std::min(min_seen_, seen);
  sessions_ += static_cast<uint64_t>(sessions);
  const Wide one = Wide{1} << 64;
  const Wide rarity = seen == 0 ? one : Wide{~uint64_t{0} / (static_cast<uint64_t>(seen) + 1)};
  weighted_ += rarity * static_cast<uint64_t>(sessions);
}

double RaritySum::mean() const {
  if (pairs_ == 0) return 0;
  constexpr double kOne = 18446744073709551616.0;  // 2^64
  return static_cast<double>(weighted_) / kOne / static_cast<double>(sessions_);
}

void ReadPairs(const Setup& setup, const Rows& rows, const ReferenceIds& ids, const pairs::WindowPairs& pairs,
               HostRole host_role, RarityLookup* lookup, std::vector<Frame>* frames, PairRows* out) {
  HostPairs host(setup, rows, ids, pairs, host_role, lookup, frames, out);
  pairs.Visit(rows.host[host_role.begin], static_cast<catalogue::Role>(rows.role[host_role.begin]),
              [&](const pairs::WindowPair& pair) { host.Visit(pair); });
  host.Finish();
}

}  // namespace ndr::correlation
