// SPDX-License-Identifier: Apache-2.0
// Which baseline judges a row, and each metric of it (specification 3, Which baseline).
#pragma once

#include <vector>

#include "ndr/correlation/frame.h"
#include "ndr/correlation/rows.h"
#include "ndr/correlation/setup.h"

namespace ndr::correlation {

/// A band has a baseline where the global row's sessions_cnt has at least this support.
inline constexpr int64_t kBandSupport = 8;
/// peer_rank_score asks the segment only where that many hosts stand behind it.
inline constexpr int64_t kPeerHosts = 5;

/// What the rows are called in the reference.
struct ReferenceIds {
  std::vector<reference::Id> host;     ///< by row
  std::vector<reference::Id> segment;  ///< by index into Rows::segments
};
ReferenceIds IdsOf(const Rows& rows, const reference::Reference& reference);

/// The rows of the tables that may judge a row of this key, in its own band or, where that has no baseline,
/// in the same hours of the other kind of day. is_cold without a band, and where ip_metadata lacks the host.
BaselineRows ResolveRow(const reference::Horizon& horizon, reference::Id host, reference::Id segment,
                        catalogue::Role role, base::TimeBand band, int window);

/// A metric's baseline and its level; `baseline` is null where there is none.
struct Choice {
  const reference::Baseline* baseline = nullptr;
  catalogue::Level level = catalogue::Level::kNone;
};
/// The first of host, segment, global (a cold row: segment, global) that has a median and is not cold; global
/// whatever its support.
Choice Choose(const BaselineRows& rows, int slot);
/// The segment's, global where the segment's is cold or has fewer than kPeerHosts hosts.
Choice ChoosePeers(const BaselineRows& rows, int slot);

/// Fills what the frame says of baselines for its rows [from, to): rows, level, scale, statistics,
/// cold_start_any, min_support.
void ChooseBaselines(const Setup& setup, size_t horizon, const Rows& rows, const ReferenceIds& ids,
                     size_t from, size_t to, Frame* frame);

}  // namespace ndr::correlation
