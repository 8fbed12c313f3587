// SPDX-License-Identifier: Apache-2.0
// The streaming pipeline on a folder where log files arrive (specification 4, `ndr watch`).
#pragma once

#include <arrow/status.h>

#include <functional>
#include <string>

#include "ndr/pipeline/run.h"
#include "ndr/pipeline/watch_batches.h"

namespace ndr::pipeline {

struct WatchOptions {
  std::string folder;
  Pipeline pipeline;  ///< has parameters of the kinds kVersion, kBatch, kStart, kEnd, kLogs and kRoot
  Values values;      ///< all parameters but those of the batch and its logs
  BatchRules rules;
  base::Micros poll = 10 * base::kMicrosPerSecond;
  bool once = false;  ///< ends when nothing is due
  int retries = 3;    ///< of a batch that fails with exit 1, after poll, twice poll, four times poll, ...
  bool skip_failed = false;

  std::function<int()> stop;                       ///< the signal that asks for the end, 0: none
  std::function<void(const std::string&)> log;     ///< a JSON object without a line end
  std::function<void(const std::string&)> notice;  ///< sentences for people
  std::function<base::Micros()> now;               ///< null: the clock
};

/// Looks at the folder every `poll`, divides its files into batches (watch_batches.h), and runs those that
/// are due one after the other, in the order of their slots; what is due meanwhile waits in the folder. A
/// watch that ended in any way goes on where it was. One watch of a folder, root and version at a time (exit
/// 3).
///
/// One log line a batch and attempt, with the members time, batch, slot, files, bytes, steps [{step, outcome,
/// seconds}], rows (records used) and late (of those, from earlier slices) of delta's commit record,
/// behind_slots (slots that are over after this one), exit, and error where exit is not 0.
///
/// Says once where more than a third of a batch's records are late: then files hold more than a slot, and the
/// sensor should begin a new one every quarter of an hour.
///
/// Ends OK after `once`, with exit 128 + n after a signal: the steps that run then end, no other begins. A
/// batch that fails with exit 1 is tried again; when that does not help, and at once for any other error, the
/// watch ends with it, or with `skip_failed` goes on with the next batch.
arrow::Status Watch(const WatchOptions& options, const Commands& commands);

}  // namespace ndr::pipeline
