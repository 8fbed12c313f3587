// SPDX-License-Identifier: Apache-2.0
// The seeded synthetic network behind `ndr simulate`: some days of a small company's sessions, with planted
// attacks, harmless oddities, and an answer key that says which is which (specification 4, the verb
// `simulate`).
#pragma once

#include <arrow/result.h>
#include <arrow/status.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/simulate/answer_key.h"
#include "ndr/simulate/session.h"

namespace ndr::simulate {

enum class Format : uint8_t { kNdrJson, kZeek, kArgus };

/// `ndr-json`, `zeek` or `argus`.
arrow::Result<Format> ParseFormat(std::string_view text);
std::string_view ToText(Format format);

struct SimulationOptions {
  uint64_t seed = 1;
  base::Micros start = 1772496000 * base::kMicrosPerSecond;  ///< a midnight UTC: Tuesday 2026-03-03
  int days = 10;                                             ///< 1 to 366
  int hosts = 250;                                           ///< 40 to 5,000
  Format format = Format::kNdrJson;
  bool attacks = true;
  bool oddities = true;
  int file_minutes = 60;  ///< each log file holds that long: a multiple of 15 that divides a day
  bool gzip = false;      ///< files are compressed, and end in .gz
  std::string folder;     ///< where the files go; made when absent
  int threads = 0;        ///< 0: one per core; the files do not depend on it
};

/// The sessions, quarter hour by quarter hour. Immutable: any slice can be made at any time and on any
/// thread, in memory for that slice alone. The company is the same with and without attacks, and so is
/// everything else that it does.
class Simulation {
 public:
  /// Invalid, naming the option, where one is out of its range.
  static arrow::Result<Simulation> Make(const SimulationOptions& options);
  ~Simulation();
  Simulation(Simulation&&) noexcept;

  int64_t slices() const;
  /// Replaces `sessions` by those that start in that slice (0 to slices() - 1), by start.
  void SessionsOf(int64_t slice_index, std::vector<Session>* sessions) const;
  /// All but the count of all sessions, which nobody knows before they are made.
  AnswerKey Answers() const;

 private:
  struct State;
  explicit Simulation(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Where the second part of a simulation of `days` days begins, which a replay scores: 60 % of it, at
/// midnight from three days on (as a replay without flags chooses its reference time, specification 4), else
/// at a slice.
base::Micros ScoredFrom(base::Micros start, int days);

/// What is done so far, after each file; called by the thread that called Simulate.
using SimulationProgress = std::function<void(int64_t files_done, int64_t files, int64_t sessions)>;

/// Writes `<folder>/2026-03-03/conn.00.json` (`.log` for zeek, `.binetflow` for argus; with more than one
/// file an hour `conn.00-15.json`; `.gz` behind it) and `<folder>/answer-key.json`. Files of the same names
/// are replaced, others left. The same options give the same bytes. Returns the answers; IOError names the
/// file.
arrow::Result<AnswerKey> Simulate(const SimulationOptions& options, const SimulationProgress& progress = {});

/// Appends the text of sessions as lines of a log. What a format cannot carry: Zeek has no action, so a
/// refused session and a denied one are both REJ, and a dropped one is S0 like one that timed out; Argus has
/// packets and bytes only as totals and for the source's bytes, no action either, and times without a zone,
/// which here are UTC.
void AppendLog(Format format, const std::vector<Session>& sessions, std::string* out);
/// The lines that a log file begins with (`opened`: the start of its time) and ends with.
std::string LogHeader(Format format, base::Micros opened);
std::string LogFooter(Format format, base::Micros closed);

}  // namespace ndr::simulate
