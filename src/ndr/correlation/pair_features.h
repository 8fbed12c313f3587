// SPDX-License-Identifier: Apache-2.0
// The pairs of a host: their rarity collapsed to its rows, and those that become rows of fg_c/pair
// (specification 3, Pairs).
#pragma once

#include <cstdint>
#include <vector>

#include "ndr/correlation/frame.h"
#include "ndr/correlation/levels.h"
#include "ndr/correlation/rarity_cache.h"
#include "ndr/correlation/rows.h"
#include "ndr/correlation/setup.h"
#include "ndr/stats/rarity.h"

namespace ndr::correlation {

/// New and rare pairs of a host row that become rows of fg_c/pair.
inline constexpr size_t kPairsPerRow = 1000;
/// A pair of the longest window is shown as a beacon from this score on; as a failing one above these
/// minutes.
inline constexpr double kBeaconShown = 0.5;
inline constexpr int64_t kFailingMinutes = 30;

/// A row of fg_c/pair, but for what a horizon says of it.
struct PairRow {
  base::Address host, peer;
  catalogue::Role role{};
  uint8_t window = 0;
  int32_t port = pairs::kNoPort;
  pairs::PairSums sums;
  pairs::PairRhythm rhythm;
  int64_t peer_hosts = 0;
};

/// What a horizon says of a PairRow.
struct PairInHorizon {
  bool is_shown = false;  ///< the horizon's table has the row
  int64_t seen = -1;      ///< -1: null (no port, or nothing was looked up)
  int64_t active_days = 0;
  RaritySource source = RaritySource::kNone;
};

struct PairRows {
  std::vector<PairRow> rows;
  std::vector<PairInHorizon> horizons;  ///< of each row, one after the other
  void Append(PairRows&& more);
};

/// The rarities of the pairs of one window, collapsed. Exact: independent of the order of the pairs.
class RaritySum {
 public:
  void Add(int64_t seen, bool is_rare, int64_t sessions);
  double max() const { return pairs_ == 0 ? 0 : stats::Rarity(min_seen_); }
  /// Weighted by sessions.
  double mean() const;
  int64_t new_pairs() const { return new_; }
  int64_t rare_pairs() const { return rare_; }

 private:
  using Wide = unsigned __int128;
  int64_t pairs_ = 0, new_ = 0, rare_ = 0, min_seen_ = INT64_MAX;
  uint64_t sessions_ = 0;
  Wide weighted_ = 0;  // in 2^-64
};

/// Sets the pair columns of the rows of one host and role in all frames, and appends its rows of fg_c/pair,
/// by window, peer and port (none first). O(pairs x windows x horizons).
void ReadPairs(const Setup& setup, const Rows& rows, const ReferenceIds& ids, const pairs::WindowPairs& pairs,
               HostRole host_role, RarityLookup* lookup, std::vector<Frame>* frames, PairRows* out);

}  // namespace ndr::correlation
