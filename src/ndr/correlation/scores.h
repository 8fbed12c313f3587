// SPDX-License-Identifier: Apache-2.0
// The scores of a host row, from clipped z (specification 3, Scores).
#pragma once

#include <arrow/result.h>

#include <span>
#include <string>
#include <vector>

#include "ndr/catalogue/catalogue.h"
#include "ndr/spec/project.h"

namespace ndr::correlation {

/// A term of a score: the clipped z of a metric, its negative, or the clipped z times pair_rarity_max.
struct ScoreTerm {
  int slot = -1;  ///< index into Catalogue::baselined()
  bool negative = false;
  bool rare = false;
};

struct Score {
  std::string name;  ///< the column
  bool is_max = false;
  std::vector<ScoreTerm> terms;

  /// `clipped_z(slot)` and `rarity` may be null. A null term is left out; over no term the score is null.
  template <class ClippedZ>
  double Of(const ClippedZ& clipped_z, double rarity) const;
};

/// The scores of a project (Project::scores, where the default ones stand too). A term of an unknown metric,
/// or of one that is not baselined, is Invalid and named, but for the terms of catalogue::kScores.
arrow::Result<std::vector<Score>> MakeScores(const std::vector<spec::ScoreTerms>& configured,
                                             const catalogue::Catalogue& catalogue);

template <class ClippedZ>
double Score::Of(const ClippedZ& clipped_z, double rarity) const {
  bool any = false;
  double total = 0;
  for (const ScoreTerm& t : terms) {
    double value = clipped_z(t.slot);
    if (t.negative) value = -value;
    if (t.rare) value *= rarity;
    if (value != value) continue;
    total = !any ? value : is_max ? (value > total ? value : total) : total + value;
    any = true;
  }
  return any ? total : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace ndr::correlation
