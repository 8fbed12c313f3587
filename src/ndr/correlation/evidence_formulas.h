// SPDX-License-Identifier: Apache-2.0
// The arithmetic of evidence and of the scores of an end (specification 3, Findings).
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "ndr/catalogue/words.h"

namespace ndr::correlation {

/// Evidence by kind; 0 is none.
using KindEvidence = std::array<double, catalogue::kKinds>;

/// ln((x + a)/(reference + a)), not below 0.
double AgainstReference(double x, double amount, double reference);

/// k of the k-th largest change that many hosts have in common: max(4, 2 % of the rows rounded up).
int64_t SharedRank(int64_t rows);

/// A pair of the longest window, as beaconing judges it.
struct BeaconPair {
  std::optional<double> beacon_score;
  int64_t active_minutes = 0;
  int64_t sessions = 0, failed = 0, replied = 0;
  int64_t peer_hosts = 1;  ///< hosts of the role that had a session with the peer
  int64_t hosts = 1;       ///< hosts of the role with a session
  bool inbound = false;
};

/// How much like a beacon: score x (1 - 1/sqrt(active minutes)) x answered x rarity; 0 without a score.
double BeaconLikeness(const BeaconPair& pair);
/// 2.5 ln(0.5/(1 - likeness)) where that is above 0.5, else 0; three quarters of it inbound.
double BeaconEvidence(const BeaconPair& pair);
/// A minute of calls to an address that does not answer, in more than 30 minutes: ln((m + 30)/60); 0 for
/// another pair.
double DeadAddressEvidence(const BeaconPair& pair);

/// The score of an end and its kind.
struct EndScore {
  double score = 0;  ///< 0 to 100
  std::optional<catalogue::Kind> kind;
};
/// E = the largest + a quarter of the sum of the others; 100 (1 - exp(-E/4)). Kind: the largest (ties: by
/// name); denials are named scanning where scanning has half of their evidence. Monotone in each kind's
/// evidence.
EndScore ScoreOf(const KindEvidence& evidence);

}  // namespace ndr::correlation
