// SPDX-License-Identifier: Apache-2.0
// FG-A: the windows that end at one slice end, kept up to date slice by slice (specification 2).
//
//   auto builder = *WindowBuilder::Make(context, first_slice, &history);
//   ARROW_RETURN_NOT_OK(builder->Start(first_slice));                       // or any later end
//   for (each slice) {
//     ARROW_RETURN_NOT_OK(builder->Advance(slice, committed, hosts, pairs));
//     auto fg_a = *builder->Rows(mini_batch_id);
//   }
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/counters.h"
#include "ndr/pairs/history.h"
#include "ndr/pairs/window_pairs.h"
#include "ndr/spec/project.h"

namespace ndr::windows {

/// The columns of delta/host that windows read.
std::vector<std::string> HostColumns(const catalogue::Catalogue& catalogue);

/// The pairs' history and, for Start, what else the slices of the longest window hold.
class SliceHistory : public pairs::PairHistory {
 public:
  virtual arrow::Result<bool> Committed(base::Micros slice_start) = 0;
  /// The delta/host partials of one slice.
  virtual arrow::Result<arrow::RecordBatchVector> Hosts(base::Micros slice_start) = 0;
};

/// Sliding windows over slice partials. A step costs the rows of the slices that enter and leave windows and
/// look-backs, whatever those hold. Memory: the rows of the longest window, and a counter per pair and window
/// of the look-back. Results depend neither on threads, nor on the order of batches and rows, nor on where
/// the builder started.
class WindowBuilder {
 public:
  /// `first_slice`: the start of the dataset's first committed slice, from which `lookback_days_covered`
  /// counts. `first_rows`: the first slice that holds rows, where late records lie before it. `history`
  /// outlives the builder.
  static arrow::Result<std::unique_ptr<WindowBuilder>> Make(
      std::shared_ptr<const spec::Context> context, base::Micros first_slice, SliceHistory* history,
      std::optional<base::Micros> first_rows = std::nullopt);
  ~WindowBuilder();

  /// Forgets everything and builds the state at a slice end from history: whole days of the look-back from
  /// roll-ups where there are some, the rest from slices. `end` = the first slice with rows: empty.
  arrow::Status Start(base::Micros end);
  /// Moves the end from `slice_start` to the end of that slice, whose partials are given (several batches of
  /// one slice, rows in any order; all rows lie in it, else Invalid). A missing slice is not committed and
  /// has no batches. After an error the builder must be started anew.
  arrow::Status Advance(base::Micros slice_start, bool committed, const arrow::RecordBatchVector& hosts,
                        const arrow::RecordBatchVector& pairs);

  base::Micros end() const;
  /// FG-A of the current end (Dataset::kFgA), sorted by host_ip as a number, role, window (shortest first).
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Rows(std::string_view mini_batch_id);
  /// The pairs of the current end; valid until the next Advance or Start.
  const pairs::WindowPairs& pairs() const;
  /// Of the last Rows: `rows`, `dark_hosts` left out, `saturated_cells`, `missing_slices` of the longest
  /// window since the first committed one.
  const base::Counters& counters() const;

 private:
  struct State;
  explicit WindowBuilder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace ndr::windows
