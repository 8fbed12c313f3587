// SPDX-License-Identifier: Apache-2.0
// The jobs that bench/compare.py times: each reads prepared files, runs stages of the engine as `ndr replay`
// does, and hands its tables over without publishing them.
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "ndr/spec/project.h"

namespace ndr::bench {

/// Runs while the job works and stands still while tables are summed or written.
class Stopwatch {
 public:
  void Start() { began_ = Clock::now(); }
  void Stop() { seconds_ += std::chrono::duration<double>(Clock::now() - began_).count(); }
  double seconds() const { return seconds_; }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point began_;
  double seconds_ = 0;
};

/// Takes a piece of a table, by the table's name. Called while the stopwatch stands.
using Emit = std::function<arrow::Status(const std::string& table, std::shared_ptr<arrow::RecordBatch>)>;

struct JobInput {
  std::string folder;
  std::shared_ptr<const spec::Context> context;
};

/// `folder`: log files. Tables delta/host and delta/pair, a piece a slice.
arrow::Status DeltaJob(const JobInput& input, Stopwatch* watch, const Emit& emit);
/// `folder`: what DeltaJob gave of one day, host/<slice>.parquet and pair/<slice>.parquet. Table fg_a: the
/// windows of the last end.
arrow::Status FgAEndJob(const JobInput& input, Stopwatch* watch, const Emit& emit);
/// The same for every end of the day.
arrow::Status FgADayJob(const JobInput& input, Stopwatch* watch, const Emit& emit);
/// `folder`: FG-A rows, *.parquet, of 30 days from the project's day 0 on (kFirstDay). Tables host, segment,
/// global.
arrow::Status FgBJob(const JobInput& input, Stopwatch* watch, const Emit& emit);
/// `folder`: fg_a.parquet of one end and <horizon>/{host,segment,global,ip_metadata}.parquet. A table a
/// horizon.
arrow::Status FgCJob(const JobInput& input, Stopwatch* watch, const Emit& emit);

/// 2024-01-01, a Monday, and the length of the history of FgBJob.
inline constexpr base::Micros kFirstDay = 19'723 * base::kMicrosPerDay;
inline constexpr int kDays = 30;

/// The project of the jobs: 32 metrics, six transforms, capping at the segment's level.
spec::Project BenchProject();

/// Files of a folder that end in `suffix`, by name.
arrow::Result<std::vector<std::string>> FilesOf(const std::string& folder, const std::string& suffix);
/// All rows of a Parquet file with the schema of `dataset`; `columns`: none for all.
arrow::Result<arrow::RecordBatchVector> ReadTable(const catalogue::Catalogue& catalogue,
                                                  catalogue::Dataset dataset, const std::string& path,
                                                  const std::vector<std::string>& columns = {});

}  // namespace ndr::bench
