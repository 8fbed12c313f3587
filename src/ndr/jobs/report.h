// SPDX-License-Identifier: Apache-2.0
// The run report: what a run read, counted, wrote and took (specification 4, Jobs). Times and memory stand
// here only, never beside the data.
#pragma once

#include <arrow/status.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/counters.h"

namespace ndr::jobs {

/// Told of long work, for a progress bar: the step's name, how much is done and how much there is. An error
/// from it ends the run there, with that error; what is committed stays.
using Progress = std::function<arrow::Status(std::string_view step, int64_t done, int64_t total)>;

struct StepReport {
  std::string name;
  double seconds = 0;
  int64_t rows_in = 0, rows_out = 0;
};

/// Steps, notes and counters may be added by several threads at a time.
class RunReport {
 public:
  explicit RunReport(std::string job) : job_(std::move(job)) {}

  /// Adds to the step of that name, or begins it.
  void AddStep(std::string_view name, double seconds, int64_t rows_in, int64_t rows_out);
  void AddBytes(std::string_view dataset, int64_t bytes) { bytes_[std::string(dataset)] += bytes; }
  void Count(const base::Counters& counters);
  /// A sentence for the reader: what was chosen and why, what is missing.
  void Note(std::string text);
  /// A fact that programs read: `reference_ts`, `history_start`, ...
  void Fact(std::string name, std::string value) { facts_[std::move(name)] = std::move(value); }
  /// What ended the run, told once: the first call counts.
  void Fail(std::string_view step, std::string cause);
  base::Counters& counters() { return counters_; }
  const base::Counters& counters() const { return counters_; }
  const std::vector<std::string>& notes() const { return notes_; }

  /// Stable JSON: {"job", "facts", ["failed": {"step", "cause"}], "counters", "steps", "bytes_written",
  /// "peak_memory_bytes", "notes"}.
  std::string ToJson() const;
  /// The block for people.
  std::string ToText() const;

 private:
  std::string job_;
  std::vector<StepReport> steps_;
  std::map<std::string, int64_t> bytes_;
  std::map<std::string, std::string> facts_;
  base::Counters counters_;
  std::vector<std::string> notes_;
  std::string failed_step_, cause_;
  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();  // a report moves
};

/// Adds the time between its making and its end to a step.
class StepTimer {
 public:
  StepTimer(RunReport* report, std::string_view name) : report_(report), name_(name) {}
  ~StepTimer();
  void Rows(int64_t in, int64_t out) { rows_in_ += in, rows_out_ += out; }

 private:
  RunReport* report_;
  std::string_view name_;
  int64_t rows_in_ = 0, rows_out_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Largest resident set of this process so far, in bytes.
int64_t PeakMemoryBytes();

/// What a run may use where nothing says otherwise, in bytes.
int64_t HalfOfTheMachine();

}  // namespace ndr::jobs
