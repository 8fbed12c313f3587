// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/log_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "ndr/base/exit_code.h"
#include "ndr/base/parallel.h"
#include "ndr/catalogue/sessions.h"
#include "ndr/ingest/block_cutter.h"
#include "ndr/ingest/scalars.h"
#include "ndr/storage/quarantine.h"

namespace ndr::jobs {
namespace {

using arrow::Status;
using base::Micros;

constexpr size_t kBlocksAhead = 2;  // per thread: enough to keep a core busy while the next blocks are read

// Blocks of one file with the layouts in force at their starts.
struct Round {
  std::vector<ingest::OwnedBlock> blocks;
  std::vector<ingest::Layout> layouts;
};

Status ParseRound(const ingest::Parser& parser, const Round& round, int threads,
                  const std::function<Status(ParsedBlock)>& consume) {
  std::vector<ingest::Parsed> parsed(round.blocks.size());
  return base::ForEachPartitionInOrder(
      round.blocks.size(), threads, round.blocks.size(),
      [&](size_t i) {
        ARROW_ASSIGN_OR_RAISE(parsed[i], parser.Parse(round.blocks[i].view(), round.layouts[i]));
        return Status::OK();
      },
      [&](size_t i) {
        return consume({round.blocks[i].view(), std::move(parsed[i])});
      });
}

std::string_view BytesAt(const ingest::Block& block, int64_t byte_offset) {
  std::string_view rest = block.bytes.substr(static_cast<size_t>(byte_offset - block.offset));
  rest = rest.substr(0, rest.find('\n'));
  return rest.substr(0, ingest::kQuarantinedBytes);
}

}  // namespace

int64_t LogFile::rows() const { return rows_outside(0, 0); }

int64_t LogFile::rows_outside(Micros start, Micros end) const {
  int64_t rows = 0;
  for (const auto& [slice, n] : rows_by_slice)
    if (slice < start || slice >= end) rows += n;
  return rows;
}

LogReader::LogReader(std::shared_ptr<const spec::Context> context, std::string wanted_source)
    : context_(std::move(context)), wanted_source_(std::move(wanted_source)) {}

arrow::Result<ingest::Source> LogReader::Recognise(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto file, storage::InputFile::Open(path, ingest::kRecogniseBytes));
  const auto recognise = [&](std::string_view head) {
    return ingest::Recognise(head, path, wanted_source_, context_->project.field_mapping);
  };
  const auto head = file->Next();
  if (!head.ok() && !head.status().IsSerializationError()) return head.status();
  auto source = recognise(head.ValueOr(""));
  // What is left of a damaged file may be too little to tell.
  if (!source.ok() && file->Next().status().IsSerializationError()) return recognise("");
  return source;
}

arrow::Result<std::shared_ptr<const ingest::Parser>> LogReader::ParserFor(ingest::Source source) {
  std::lock_guard lock(mutex_);
  auto& parser = parsers_[source];
  if (parser == nullptr) {
    ARROW_ASSIGN_OR_RAISE(parser, ingest::Parser::Make(context_, source));
  }
  return parser;
}

arrow::Result<storage::InputIdentity> LogReader::Read(const std::string& path, ingest::Source source,
                                                      int threads,
                                                      const std::function<Status(ParsedBlock)>& consume) {
  if (source != ingest::Source::kNdrJson && !context_->project.field_mapping.empty())
    return base::UsageError(
        fmt::format("{}: field_mapping names fields of JSON Lines, and this is a log of {}: leave the "
                    "mapping out, or say "
                    "--source ndr-json",
                    path, ingest::NameOf(source)));
  ARROW_ASSIGN_OR_RAISE(const auto parser, ParserFor(source));
  ARROW_ASSIGN_OR_RAISE(const auto file, storage::InputFile::Open(path));
  ingest::LayoutScanner scanner(parser, path);
  ingest::BlockCutter cutter;
  const size_t blocks_per_round =
      kBlocksAhead * static_cast<size_t>(threads > 0 ? threads : base::DefaultThreads());
  Round round;
  auto take = [&](std::optional<ingest::OwnedBlock> block) {
    round.blocks.push_back(std::move(*block));
    ARROW_ASSIGN_OR_RAISE(round.layouts.emplace_back(), scanner.Next(round.blocks.back().view()));
    if (round.blocks.size() < blocks_per_round) return Status::OK();
    ARROW_RETURN_NOT_OK(ParseRound(*parser, round, threads, consume));
    round = {};
    return Status::OK();
  };
  Status damage;
  for (;;) {
    const auto bytes = file->Next();
    if (!bytes.ok()) damage = bytes.status();
    if (!bytes.ok() || bytes->empty()) break;
    cutter.Append(*bytes);
    while (auto block = cutter.Next()) ARROW_RETURN_NOT_OK(take(std::move(block)));
  }
  if (auto block = cutter.Finish()) ARROW_RETURN_NOT_OK(take(std::move(block)));
  ARROW_RETURN_NOT_OK(ParseRound(*parser, round, threads, consume));
  ARROW_RETURN_NOT_OK(damage);
  return file->Identity();
}

arrow::Result<ReadLog> Read(LogReader* reader, storage::Writer* writer, const std::string& path,
                            ingest::Source source, const ReadOptions& options) {
  ReadLog log;
  log.file.path = path;
  log.file.source = std::string(ingest::NameOf(source));
  log.quarantine = std::make_unique<storage::QuarantineFile>(writer);
  auto take = [&](ParsedBlock block) -> Status {
    if (options.between_blocks) ARROW_RETURN_NOT_OK(options.between_blocks());
    ingest::Parsed& parsed = block.parsed;
    log.file.counters.Add(parsed.counters);
    for (const ingest::Quarantined& q : parsed.quarantined) {
      if (q.rule == "unparsable" && !log.first_bad) log.first_bad = q;
      ARROW_RETURN_NOT_OK(log.quarantine->Add(q.byte_offset, q.rule, q.reason, q.bytes));
    }
    ARROW_ASSIGN_OR_RAISE(const auto starts, catalogue::Values<int64_t>(*parsed.sessions, "event_start"));
    for (const Micros t : starts) ++log.file.rows_by_slice[base::SliceStart(t)];
    if (options.keep_sessions && !starts.empty()) log.sessions.push_back(std::move(parsed.sessions));
    return Status::OK();
  };
  const auto identity = reader->Read(path, source, options.threads, take);
  if (!identity.status().IsSerializationError()) {
    ARROW_ASSIGN_OR_RAISE(log.file.identity, identity);
    return log;
  }
  log.damage = identity.status();
  ARROW_ASSIGN_OR_RAISE(const auto file, storage::InputFile::Open(path));
  ARROW_ASSIGN_OR_RAISE(log.file.identity, file->Identity());
  return log;
}

std::string MalformedMessage(const ReadLog& log, double ratio, double limit) {
  return fmt::format(
      "{}: {:.1f} % of its records can't be parsed (data_quality.max_malformed_ratio is {:.1f} %); the first "
      "begins at byte {}, {}: {}. It was read as {}: name another format with --source, or map its fields "
      "with "
      "field_mapping",
      log.file.path, ratio * 100, limit * 100, log.first_bad->byte_offset,
      ingest::Quoted(log.first_bad->bytes), log.first_bad->reason, log.file.source);
}

arrow::Result<LogFile> Survey(LogReader* reader, storage::Writer* writer, const spec::Context& context,
                              const std::string& path, ingest::Source source, const SurveyOptions& options,
                              const std::function<Status(std::shared_ptr<arrow::RecordBatch>)>& sessions) {
  ARROW_ASSIGN_OR_RAISE(ReadLog log, Read(reader, writer, path, source,
                                          {options.threads, sessions != nullptr, options.between_blocks}));
  LogFile& file = log.file;
  const double ratio = ingest::MalformedRatio(file.counters),
               limit = context.project.data_quality.max_malformed_ratio;
  Status refusal = log.damage;
  if (refusal.ok() && ratio > limit) refusal = base::UsageError(MalformedMessage(log, ratio, limit));
  if (!refusal.ok() && !options.skip_bad)
    return refusal.WithMessage(refusal.message(), "; --skip-bad-files passes over such files");
  if (!refusal.ok()) {
    file.skipped = true;
    file.rows_by_slice.clear();
    base::Counters skipped;
    skipped.Add("lines_read", file.counters.Get("lines_read"));
    skipped.Add("skipped_bad_file", file.counters.Get("lines_read"));
    file.counters = skipped;
    return file;
  }
  for (auto& batch : log.sessions) ARROW_RETURN_NOT_OK(sessions(std::move(batch)));
  ARROW_RETURN_NOT_OK(log.quarantine->Finish(context.project.feature_spec_version, file.identity));
  return file;
}

Status QuarantineAlso(LogReader* reader, storage::Writer* writer, const std::string& version,
                      ingest::Source source, const LogFile& file, const RefuseRow& refuse) {
  storage::QuarantineFile quarantine(writer);
  auto take = [&](const ParsedBlock& block) -> Status {
    for (const ingest::Quarantined& q : block.parsed.quarantined)
      ARROW_RETURN_NOT_OK(quarantine.Add(q.byte_offset, q.rule, q.reason, q.bytes));
    ARROW_ASSIGN_OR_RAISE(const auto columns, catalogue::SessionColumnsOf(*block.parsed.sessions));
    for (size_t i = 0; i < columns.rows; ++i)
      if (const auto refusal = refuse(columns.event_start[i], columns.byte_offset[i]))
        ARROW_RETURN_NOT_OK(quarantine.Add(columns.byte_offset[i], refusal->rule, refusal->reason,
                                           BytesAt(block.block, columns.byte_offset[i])));
    return Status::OK();
  };
  ARROW_RETURN_NOT_OK(reader->Read(file.path, source, 1, take).status());
  return quarantine.Finish(version, file.identity);
}

Status QuarantineOutside(LogReader* reader, storage::Writer* writer, const spec::Context& context,
                         ingest::Source source, Micros start, Micros end, LogFile* file) {
  const std::string reason =
      fmt::format("start outside the history {} to {}", base::FormatInstant(start), base::FormatInstant(end));
  ARROW_RETURN_NOT_OK(QuarantineAlso(reader, writer, context.project.feature_spec_version, source, *file,
                                     [&](Micros event_start, int64_t) -> std::optional<Refusal> {
                                       if (event_start >= start && event_start < end) return std::nullopt;
                                       return Refusal{"outside_history", reason};
                                     }));
  const bool any = file->rows_outside(start, end) > 0;
  file->outside_start = any ? start : 0;
  file->outside_end = any ? end : 0;
  return Status::OK();
}

}  // namespace ndr::jobs
