// SPDX-License-Identifier: Apache-2.0
// Which slices a replay runs over, and which reference time and horizons it judges by (specifications 1, the
// history; 4, replay).
#pragma once

#include <arrow/result.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ndr/base/calendar.h"
#include "ndr/base/time.h"
#include "ndr/spec/project.h"

namespace ndr::jobs {

/// [start, end) on slice boundaries; every slice inside is a batch.
struct History {
  base::Micros start = 0;
  base::Micros end = 0;
  int64_t records = 0;          ///< inside
  int64_t records_outside = 0;  ///< quarantined as outside_history

  int64_t slices() const { return (end - start) / base::kSliceMicros; }
  friend bool operator==(const History&, const History&) = default;
};

/// A gap above this ends a run of slices, measured from a slice's end to the next one's start.
inline constexpr base::Micros kLongestGap = 7 * base::kMicrosPerDay;

/// Of the runs of slices without a gap above 7 days the one with the most records; of equal ones the later.
/// With `from` and `to` the history is [from, to); one of the two cuts the input first and bounds the run
/// that it adjoins. Invalid when they are no slice boundaries, are the wrong way round, or no record lies
/// between them.
arrow::Result<History> ChooseHistory(const std::map<base::Micros, int64_t>& records_by_slice,
                                     std::optional<base::Micros> from, std::optional<base::Micros> to);

/// What a replay judges by, and why, in words for the reader.
struct Plan {
  base::Micros reference = 0;
  std::vector<spec::Horizon> horizons;
  std::string why;
};

struct PlanRequest {
  std::optional<base::Micros> reference;  ///< --reference-time
  std::vector<spec::Horizon> horizons;    ///< --horizons, or the project's own; empty: the default ones
  /// By --horizons: all that reach into the history are built, those that begin before it too.
  bool horizons_named = false;
};

/// The earliest local midnight with room for a horizon and its gap before it and a quarter of the history
/// after it, trying the longest horizon first; every horizon that fits there is built. A shorter history is
/// cut at 60 %, and has the named horizons that reach into it there, else the horizon `all`. `why` names
/// every horizon that somebody asked for and that is not built.
arrow::Result<Plan> ChoosePlan(const History& history, const base::Calendar& calendar,
                               const PlanRequest& request);

}  // namespace ndr::jobs
