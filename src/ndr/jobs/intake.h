// SPDX-License-Identifier: Apache-2.0
// Reads what `--input` names, once where it can: log files to sessions by slice (specification 4, replay).
#pragma once

#include <arrow/result.h>

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "ndr/jobs/batch_source.h"
#include "ndr/jobs/found_logs.h"
#include "ndr/jobs/history.h"
#include "ndr/jobs/log_files.h"
#include "ndr/jobs/report.h"
#include "ndr/storage/spool.h"

namespace ndr::jobs {

struct IntakeOptions {
  std::vector<std::string> inputs;  ///< files, folders, globs
  std::string source = "auto";
  bool skip_bad_files = false;
  int64_t spool_bytes = 0;  ///< sessions held in memory before they are spilled
};

/// The input of a replay. Survey first: it says which slices there are and which files each comes from. The
/// first run over a root keeps the sessions that it parses; later runs know most files by the hash of their
/// bytes and parse what is needed only.
class Intake : public BatchSource {
 public:
  Intake(const std::shared_ptr<const spec::Context>& context, storage::Writer* writer, RunReport* report,
         Progress progress, IntakeOptions options);

  /// Finds the files, hashes or parses each. Usage errors: no such input, no log among the files, a file that
  /// is no log though it was named, a bad file; and that no record has an address inside host_networks (with
  /// the busiest addresses).
  arrow::Status Survey();
  const std::vector<LogFile>& files() const { return files_; }
  std::map<base::Micros, int64_t> RecordsBySlice() const;
  /// What the delta commit of a slice must name as its inputs, in file order.
  arrow::Result<std::vector<storage::InputEntry>> Inputs(base::Micros slice) override;

  /// Rewrites the quarantine of files that have records outside the history, and counts those.
  arrow::Status Settle(const History& history);
  /// Makes the sessions of these slices ready to take; parses again only files that touch one of them.
  arrow::Status Load(const std::set<base::Micros>& slices);
  /// The sessions of a slice; they are then forgotten.
  arrow::Result<std::vector<delta::SessionBatch>> Take(base::Micros slice) override;
  /// Survey saw to it, file by file.
  arrow::Status CheckQuality() override { return arrow::Status::OK(); }
  /// Survey and Settle wrote it; nothing is late in a replay.
  arrow::Status Quarantine(const std::vector<delta::Rejected>&) override { return arrow::Status::OK(); }
  bool is_replay() const override { return true; }

 private:
  arrow::Result<std::vector<FoundLog>> FindLogs();
  arrow::Status SurveyFiles(const std::vector<FoundLog>& logs, bool keep_sessions);
  arrow::Result<LogFile> SurveyOne(const FoundLog& log, const SurveyOptions& options,
                                   std::vector<std::shared_ptr<arrow::RecordBatch>>* kept);
  arrow::Status Keep(bool keyed, const std::shared_ptr<arrow::RecordBatch>& batch,
                     const std::set<base::Micros>* only);
  arrow::Status SayNobodyIsAtHome(const std::vector<FoundLog>& logs);

  std::shared_ptr<const spec::Context> context_;
  storage::Writer* writer_;
  RunReport* report_;
  Progress progress_;
  IntakeOptions options_;
  LogReader reader_;
  LogMemory memory_;
  std::vector<LogFile> files_;
  bool loaded_ = false;
  std::mutex taking_;
  std::unique_ptr<storage::SliceSpool> keyed_, others_;
};

}  // namespace ndr::jobs
