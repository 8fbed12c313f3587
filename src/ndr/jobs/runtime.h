// SPDX-License-Identifier: Apache-2.0
// What one run of a job is told: the batch or the reference time, and where to read and write (specification
// 4, Jobs). Configuration comes from the job's spec.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ndr/base/time.h"
#include "ndr/jobs/report.h"
#include "ndr/spec/store.h"

namespace ndr::jobs {

struct Runtime {
  std::string project_name;
  std::string feature_spec_version;
  std::string root;  ///< empty: the job spec's outputs.root
  bool replace =
      false;        ///< replaces what was made under another configuration; FG-C takes the newest reference
  int threads = 0;  ///< 0: one per core; no output depends on it
  int64_t memory_bytes = 0;  ///< 0: half of the machine
  spec::StoreOptions store;
  std::string project_file;  ///< stands in the store's place; empty: the store
  bool lenient = false;      ///< unknown keys of specs are noted and passed over
  Progress progress;
};

/// Of the jobs that run on one mini-batch: delta, pair_counts, fg_a, fg_c.
struct SliceRuntime : Runtime {
  std::string mini_batch_id;
  base::Micros batch_start = 0, batch_end = 0;  ///< exactly one slice
  /// delta: the files of the batch; none: those under `<prefix>/<mini_batch_id>/`.
  std::vector<std::string> inputs;
  std::string raw_parsed_logs_prefix;  ///< empty: the job spec's; not beside `inputs`
  std::string log_format;              ///< auto, ndr-json, zeek, argus; empty: the job spec's
  /// fg_c: the reference to judge by; none: the one of the batch's commit record, else the newest that is not
  /// after the batch's start.
  std::optional<base::Micros> reference_time;
};

/// Of fg_b.
struct BaselineRuntime : Runtime {
  base::Micros reference_time = 0;
  /// BACKFILL: one horizon, `range`, over [start, end), under reference_ts = end.
  bool backfill = false;
  base::Micros start = 0, end = 0;
  std::optional<bool> from_delta;  ///< none: the job spec's
};

}  // namespace ndr::jobs
