// SPDX-License-Identifier: Apache-2.0
// Which files of an input are logs, and of which source.
#pragma once

#include <arrow/result.h>

#include <cstdint>
#include <string>
#include <vector>

#include "ndr/ingest/source.h"
#include "ndr/jobs/log_files.h"
#include "ndr/jobs/report.h"
#include "ndr/spec/project.h"
#include "ndr/storage/input.h"

namespace ndr::jobs {

struct FoundLog {
  std::string path;
  ingest::Source source = ingest::Source::kNdrJson;
  int64_t bytes = -1;  ///< as storage::InputPath
};
struct FoundLogs {
  std::vector<FoundLog> logs;  ///< in the order of the files
  std::string passed_over;     ///< why the first file that is no log is none; empty: all are
};

/// A folder may hold other things than logs: they are passed over, counted (files_read, files_passed_over),
/// and noted. A file that was named and is no log is a usage error. A file that can't be read may be a log,
/// so that ends the run, whoever named it. A damaged compressed file is a log: reading it says where it is
/// damaged.
arrow::Result<FoundLogs> FindLogs(LogReader* reader, const std::vector<storage::InputPath>& files,
                                  RunReport* report);

/// Says where the logs that were counted had times without a zone, and nothing named one for them
/// (specification 1, Times).
void NoteAssumedZone(const spec::Context& context, RunReport* report);

}  // namespace ndr::jobs
