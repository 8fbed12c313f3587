// SPDX-License-Identifier: Apache-2.0
// What a Correlator resolves once: names of the configuration as indices, so that rows meet numbers alone.
#pragma once

#include <arrow/result.h>

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "ndr/correlation/scores.h"
#include "ndr/reference/reference.h"
#include "ndr/spec/project.h"

namespace ndr::correlation {

/// A line of the table of terms, for one role.
struct Term {
  catalogue::Kind kind;
  int metric;  ///< index into Catalogue::metrics(): bytes that a host sent or received are resolved by role
  int slot;    ///< index into Catalogue::baselined(); -1: not baselined
  double amount;
  std::optional<double> ceiling;
  double weight;
  /// What many hosts do at once is the network's doing (volume, new_behaviour).
  bool is_shared;
};

struct Setup {
  std::shared_ptr<const spec::Context> context;
  std::shared_ptr<const reference::Reference> reference;
  std::vector<int> ranked;  ///< slots, in catalogue order
  std::vector<Score> scores;
  std::array<int, catalogue::kComparedMetrics.size()> compared;  ///< slots; -1: not baselined
  int sessions = 0, bytes_src = -1, high_risk = -1;              ///< slots
  int w_15m = -1, w_1h = -1;                                     ///< windows; -1: not configured
  std::vector<Term> terms[catalogue::kRoles];
  std::vector<bool> is_finding_window;  ///< by window
  std::vector<int> metrics;             ///< metrics to read, as indices into Catalogue::metrics()

  const catalogue::Catalogue& catalogue() const { return *context->catalogue; }
  const spec::Project& project() const { return context->project; }
  size_t horizons() const { return reference->horizons().size(); }
  const catalogue::ProjectMetric& metric_of(int slot) const {
    return catalogue().metrics()[static_cast<size_t>(catalogue().baselined()[static_cast<size_t>(slot)])];
  }
};

/// Invalid names what the configuration has wrong: a score's term, a finding's metric, window, amount or
/// ceiling.
arrow::Result<Setup> MakeSetup(std::shared_ptr<const spec::Context> context,
                               std::shared_ptr<const reference::Reference> reference);

}  // namespace ndr::correlation
