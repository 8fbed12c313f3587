// SPDX-License-Identifier: Apache-2.0
// The log files delivered for one mini-batch (specification 1, mini-batch; specification 4, Jobs).
#pragma once

#include <string>
#include <vector>

#include "ndr/jobs/batch_source.h"
#include "ndr/jobs/found_logs.h"
#include "ndr/jobs/log_files.h"
#include "ndr/jobs/run_state.h"
#include "ndr/jobs/runtime.h"
#include "ndr/spec/job_spec.h"

namespace ndr::jobs {

/// Reads the files that the runtime names, else those under `<prefix>/<mini_batch_id>/`; a batch without that
/// folder is an empty one, and announced. Sessions are held in memory until they are taken.
class Delivery : public BatchSource {
 public:
  Delivery(const RunState& run, const spec::JobSpec& spec, const SliceRuntime& runtime);

  /// Usage errors: neither input nor prefix, a prefix or input that does not exist, a named file that is no
  /// log.
  arrow::Result<std::vector<storage::InputEntry>> Inputs(base::Micros slot) override;
  arrow::Result<std::vector<delta::SessionBatch>> Take(base::Micros slot) override;
  /// Above data_quality.max_malformed_ratio over all files the batch fails.
  arrow::Status CheckQuality() override;
  arrow::Status Quarantine(const std::vector<delta::Rejected>& rejected) override;
  std::string format() const override { return format_ == "auto" ? "" : format_; }
  bool is_replay() const override { return false; }

 private:
  arrow::Status FindFiles();
  arrow::Result<std::vector<storage::InputPath>> Paths() const;
  arrow::Result<std::vector<storage::InputPath>> RemotePaths() const;

  const RunState& run_;
  std::vector<std::string> named_;
  std::string prefix_, mini_batch_id_, format_;
  LogReader reader_;
  bool found_ = false;
  std::vector<FoundLog> files_;
  std::vector<storage::InputEntry> inputs_;
  std::vector<ReadLog> logs_;
};

}  // namespace ndr::jobs
