// SPDX-License-Identifier: Apache-2.0
// How rare a pair is (specification 3, Pairs: pair_rarity_score).
#pragma once

#include <cstdint>

namespace ndr::stats {

/// 1/(1 + seen), of the pair's sessions in a horizon: 1 where it is new.
constexpr double Rarity(int64_t seen) { return 1.0 / (1.0 + static_cast<double>(seen)); }

/// A pair that was never seen is rare whatever the threshold.
constexpr bool IsRare(int64_t seen, double threshold) { return seen == 0 || Rarity(seen) >= threshold; }

}  // namespace ndr::stats
