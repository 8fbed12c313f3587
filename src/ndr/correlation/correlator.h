// SPDX-License-Identifier: Apache-2.0
// FG-C: how far the rows of one slice end lie from normal, the pairs behind that, and the evidence
// (specification 3).
//
//   auto correlator = *Correlator::Make(context, reference);
//   BatchOutput out = *correlator->Correlate(fg_a_of_one_end, window_pairs);
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ndr/base/counters.h"
#include "ndr/pairs/window_pairs.h"
#include "ndr/reference/reference.h"
#include "ndr/spec/project.h"

namespace ndr::correlation {

/// The tables of one horizon.
struct HorizonOutput {
  std::string label;
  std::shared_ptr<arrow::RecordBatch> host;  ///< fg_c/host: one row per FG-A row, by host, role, window
  std::shared_ptr<arrow::RecordBatch> pair;  ///< fg_c/pair: by host, role, window, peer, port
};

struct BatchOutput {
  std::vector<HorizonOutput> horizons;           ///< in the order of the reference
  std::shared_ptr<arrow::RecordBatch> evidence;  ///< fg_c/evidence: by host
  /// `rows` (of FG-A), `evidence_rows`, and by horizon `<label>.cold`, `<label>.warm`, `<label>.no_baseline`
  /// (of them),
  /// `<label>.pair_rows`, `<label>.pairs_left_out`, `<label>.pairs_not_looked_up` (host rows whose pair
  /// columns are null).
  base::Counters counters;
};

/// Judges one end after another by one reference. Same tables for any number of threads and any order of
/// FG-A's rows.
class Correlator {
 public:
  /// Invalid names what the configuration has wrong: a score's term, a finding's metric, amount or ceiling.
  static arrow::Result<std::unique_ptr<Correlator>> Make(
      std::shared_ptr<const spec::Context> context, std::shared_ptr<const reference::Reference> reference);
  ~Correlator();

  /// `fg_a`: all rows of one end (Dataset::kFgA), in any order; `pairs`: those of the same end. What was
  /// looked up of a pair is kept for the next end, so one Correlator serves one WindowPairs. Invalid: rows of
  /// several ends, a key that stands twice.
  arrow::Result<BatchOutput> Correlate(const arrow::RecordBatch& fg_a, const pairs::WindowPairs& pairs);

  /// Takes a piece of a table (kFgCHost or kFgCPair) of a horizon (index into the reference's): whole hosts,
  /// in order.
  using Emit = std::function<arrow::Status(size_t horizon, catalogue::Dataset table,
                                           std::shared_ptr<arrow::RecordBatch> rows)>;
  /// The same in bounded memory, for large networks: pieces are handed over and forgotten. What is returned
  /// has the evidence and the counters only.
  arrow::Result<BatchOutput> Correlate(const arrow::RecordBatch& fg_a, const pairs::WindowPairs& pairs,
                                       const Emit& emit);

 private:
  struct State;
  explicit Correlator(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace ndr::correlation
