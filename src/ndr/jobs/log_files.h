// SPDX-License-Identifier: Apache-2.0
// The log files of a replay: what each is, how it parses, and what is remembered of it between runs
// (specification 1, a replay of a history; specification 4, replay).
#pragma once

#include <arrow/result.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/counters.h"
#include "ndr/base/time.h"
#include "ndr/ingest/parser.h"
#include "ndr/spec/project.h"
#include "ndr/storage/input.h"
#include "ndr/storage/publication.h"
#include "ndr/storage/quarantine.h"

namespace ndr::storage {
class ObjectStore;
}

namespace ndr::jobs {

/// What is known of a log file once it was parsed: enough to tell which slices it touches without reading it
/// again.
struct LogFile {
  std::string path;
  storage::InputIdentity identity;
  std::string source;                             ///< ndr-json, zeek, argus
  base::Counters counters;                        ///< of ingest::Parsed
  std::map<base::Micros, int64_t> rows_by_slice;  ///< sessions and THREAT rows after the rules
  base::Micros outside_start = 0,
               outside_end = 0;  ///< the history by which its quarantine was written; both 0: none outside
  bool skipped = false;          ///< above max_malformed_ratio, and passed over by wish

  int64_t rows() const;
  int64_t rows_outside(base::Micros start, base::Micros end) const;
};

/// One block of a file, parsed.
struct ParsedBlock {
  ingest::Block block;
  ingest::Parsed parsed;
};

/// Parses log files. One per run.
class LogReader {
 public:
  LogReader(std::shared_ptr<const spec::Context> context, std::string wanted_source);

  /// The source of the file by its first bytes. Invalid: it is no log; any other error: it can't be read.
  arrow::Result<ingest::Source> Recognise(const std::string& path);
  /// Parses a whole file and hands its blocks over in file order, on the calling thread. Blocks of a large
  /// file parse in parallel on up to `threads` threads. A damaged end of a compressed file is
  /// SerializationError that names file and place, after the blocks before it. Returns the identity, of the
  /// same pass.
  arrow::Result<storage::InputIdentity> Read(const std::string& path, ingest::Source source, int threads,
                                             const std::function<arrow::Status(ParsedBlock)>& consume);

 private:
  arrow::Result<std::shared_ptr<const ingest::Parser>> ParserFor(ingest::Source source);

  std::shared_ptr<const spec::Context> context_;
  std::string wanted_source_;
  std::map<ingest::Source, std::shared_ptr<const ingest::Parser>> parsers_;
  std::mutex mutex_;
};

/// A log file, parsed; nothing of it is published.
struct ReadLog {
  LogFile file;
  std::vector<std::shared_ptr<arrow::RecordBatch>> sessions;  ///< in file order; with keep_sessions
  std::unique_ptr<storage::QuarantineFile> quarantine;        ///< what parsing refused; visible once finished
  std::optional<ingest::Quarantined> first_bad;               ///< the first unparsable record
  arrow::Status damage;  ///< of a compressed file that is cut off or damaged: the rest is what came before
};
struct ReadOptions {
  int threads = 1;
  bool keep_sessions = false;
  std::function<arrow::Status()>
      between_blocks;  ///< on the calling thread; an error ends the reading; may be null
};
arrow::Result<ReadLog> Read(LogReader* reader, storage::Writer* writer, const std::string& path,
                            ingest::Source source, const ReadOptions& options);

/// Why a file, or a batch of them, is refused: names the file, its first bad record, which it must have, and
/// the remedies.
std::string MalformedMessage(const ReadLog& log, double ratio, double limit);

/// Read, and the quarantine finished; sessions are handed to `sessions` (may be null). A damaged file, and
/// one above data_quality.max_malformed_ratio (a usage error): the message names --skip-bad-files too; with
/// `skip_bad` the file is marked instead, and nothing of it is kept.
struct SurveyOptions {
  bool skip_bad = false;
  int threads = 1;
  std::function<arrow::Status()> between_blocks;  ///< as in ReadOptions
};
arrow::Result<LogFile> Survey(
    LogReader* reader, storage::Writer* writer, const spec::Context& context, const std::string& path,
    ingest::Source source, const SurveyOptions& options,
    const std::function<arrow::Status(std::shared_ptr<arrow::RecordBatch>)>& sessions);

/// Why a record that parsed goes to quarantine all the same.
struct Refusal {
  std::string_view rule;
  std::string reason;
};
using RefuseRow = std::function<std::optional<Refusal>(base::Micros event_start, int64_t byte_offset)>;
/// Reads the file again and writes its quarantine anew, with the records that `refuse` names.
arrow::Status QuarantineAlso(LogReader* reader, storage::Writer* writer, const std::string& version,
                             ingest::Source source, const LogFile& file, const RefuseRow& refuse);
/// The same with the records outside [start, end) as outside_history.
arrow::Status QuarantineOutside(LogReader* reader, storage::Writer* writer, const spec::Context& context,
                                ingest::Source source, base::Micros start, base::Micros end, LogFile* file);

/// What a root remembers of log files by the hash of their bytes, under the configuration that acts on
/// parsing.
class LogMemory {
 public:
  LogMemory(storage::Writer* writer, const std::string& version, std::string configuration_hash);

  /// Reads what is remembered, by name; before anything else.
  arrow::Status Open();
  bool empty() const { return known_.empty(); }
  arrow::Result<std::optional<LogFile>> Recall(const std::string& sha256) const;
  arrow::Status Remember(const LogFile& file);

 private:
  std::string PathOf(const std::string& sha256) const;

  storage::Writer* writer_;
  std::string folder_, configuration_hash_;
  std::shared_ptr<storage::ObjectStore> store_;
  std::set<std::string> known_;  // names in the folder
};

}  // namespace ndr::jobs
