// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/intake.h"

#include <fmt/format.h>

#include <algorithm>

#include "ndr/base/exit_code.h"
#include "ndr/base/hash.h"
#include "ndr/base/parallel.h"
#include "ndr/catalogue/sessions.h"
#include "ndr/jobs/busiest_addresses.h"

namespace ndr::jobs {
namespace {

using arrow::Status;
using base::Micros;

// Larger files parse block by block on all threads; smaller ones a file a thread.
constexpr std::int64_t kLargeFileBytes = 64 << 20;
constexpr size_t kFilesAhead = 4;

// What parsing depends on besides the file's bytes: the keys, and the revision of delta's formulas.
std::string ParsingHash(const spec::Context& context, const std::string& source) {
  return base::Sha256Hex(spec::ConfigurationHash(context.project, "delta") + "\n" + source + "\n" +
                         context.catalogue->hash("delta"));
}

}  // namespace

Intake::Intake(const std::shared_ptr<const spec::Context>& context, storage::Writer* writer,
               RunReport* report, Progress progress, IntakeOptions options)
    : context_(context),
      writer_(writer),
      report_(report),
      progress_(std::move(progress)),
      options_(std::move(options)),
      reader_(context, options_.source),
      memory_(writer, context->project.feature_spec_version, ParsingHash(*context, options_.source)),
      keyed_(std::make_unique<storage::SliceSpool>(writer->staging(), options_.spool_bytes / 2)),
      others_(std::make_unique<storage::SliceSpool>(writer->staging(), options_.spool_bytes / 2)) {}

arrow::Result<std::vector<FoundLog>> Intake::FindLogs() {
  const auto files = storage::ExpandInputs(options_.inputs);
  if (!files.ok()) return base::UsageError(files.status().message());
  ARROW_ASSIGN_OR_RAISE(FoundLogs found, jobs::FindLogs(&reader_, *files, report_));
  if (!found.logs.empty()) return std::move(found.logs);
  return base::UsageError(found.passed_over.empty()
                              ? "the input holds no files; --input takes log files, folders and globs"
                              : found.passed_over);
}

arrow::Result<LogFile> Intake::SurveyOne(const FoundLog& log, const SurveyOptions& options,
                                         std::vector<std::shared_ptr<arrow::RecordBatch>>* kept) {
  if (!memory_.empty()) {
    ARROW_ASSIGN_OR_RAISE(const auto file, storage::InputFile::Open(log.path));
    ARROW_ASSIGN_OR_RAISE(const auto identity, file->Identity());
    ARROW_ASSIGN_OR_RAISE(auto known, memory_.Recall(identity.sha256));
    if (known && (!known->skipped || options_.skip_bad_files)) {
      known->path = log.path;
      known->identity = identity;
      return *known;
    }
  }
  auto keep = [&](std::shared_ptr<arrow::RecordBatch> batch) {
    kept->push_back(std::move(batch));
    return Status::OK();
  };
  std::function<Status(std::shared_ptr<arrow::RecordBatch>)> sessions;
  if (kept != nullptr) sessions = keep;
  ARROW_ASSIGN_OR_RAISE(LogFile file,
                        jobs::Survey(&reader_, writer_, *context_, log.path, log.source, options, sessions));
  ARROW_RETURN_NOT_OK(memory_.Remember(file));
  return file;
}

Status Intake::SurveyFiles(const std::vector<FoundLog>& logs, bool keep_sessions) {
  const bool by_file = std::all_of(logs.begin(), logs.end(), [](const FoundLog& log) {
    return log.bytes >= 0 && log.bytes < kLargeFileBytes;
  });
  files_.resize(logs.size());
  std::vector<std::vector<std::shared_ptr<arrow::RecordBatch>>> kept(logs.size());
  StepTimer timer(report_, "read");
  auto show = [&](size_t done) {
    return progress_
               ? progress_("reading logs", static_cast<int64_t>(done), static_cast<int64_t>(logs.size()))
               : Status::OK();
  };
  return base::ForEachPartitionInOrder(
      logs.size(), by_file ? context_->threads : 1, kFilesAhead,
      [&](size_t i) {
        SurveyOptions options{options_.skip_bad_files, by_file ? 1 : context_->threads, nullptr};
        if (!by_file) options.between_blocks = [&, i] { return show(i); };
        ARROW_ASSIGN_OR_RAISE(files_[i], SurveyOne(logs[i], options, keep_sessions ? &kept[i] : nullptr));
        return Status::OK();
      },
      [&](size_t i) {
        for (const auto& batch : kept[i])
          ARROW_RETURN_NOT_OK(Keep(ingest::KeyAloneIdentifies(logs[i].source), batch, nullptr));
        kept[i].clear();
        timer.Rows(files_[i].counters.Get("lines_read"), files_[i].rows());
        return show(i + 1);
      });
}

Status Intake::Survey() {
  ARROW_ASSIGN_OR_RAISE(const auto logs, FindLogs());
  ARROW_RETURN_NOT_OK(memory_.Open());
  loaded_ = memory_.empty();
  ARROW_RETURN_NOT_OK(SurveyFiles(logs, loaded_));
  int64_t rows = 0, no_host = 0;
  for (const LogFile& file : files_) {
    report_->counters().Add(file.counters);
    rows += file.rows();
    no_host += file.counters.Get("no_host");
    if (file.skipped)
      report_->Note(file.path +
                    " was passed over: it is damaged, or too many of its records can't be parsed");
  }
  NoteAssumedZone(*context_, report_);
  if (rows == 0 && no_host > 0) return SayNobodyIsAtHome(logs);
  if (rows > 0) return Status::OK();
  std::string fates;
  for (const auto& [name, lines] : report_->counters().values())
    if (lines > 0 && name != "lines_read" && !name.starts_with("files_"))
      fates += fmt::format(", {} {}", name, lines);
  return base::UsageError(fmt::format("the input holds no sessions: {} lines were read{}",
                                      report_->counters().Get("lines_read"), fates));
}

Status Intake::SayNobodyIsAtHome(const std::vector<FoundLog>& logs) {
  ARROW_ASSIGN_OR_RAISE(const auto busiest,
                        BusiestAddresses(*context_, logs.front().path, logs.front().source));
  std::string networks, list;
  for (const base::Cidr& cidr : context_->project.network.host_networks)
    networks += (networks.empty() ? "" : ", ") + base::ToText(cidr);
  for (const auto& [address, records] : busiest)
    list += fmt::format("\n  {:<40} {:>10} records", base::ToText(address), records);
  const std::string flag = busiest.empty() ? "10.0.0.0/8" : base::ToText(busiest.front().first);
  return base::UsageError(fmt::format(
      "no address of the {} records lies inside host_networks ({}). The busiest addresses of {}:{}\n"
      "Say which are yours, for example: --host-network {}",
      report_->counters().Get("no_host"), networks, logs.front().path, list, flag));
}

std::map<Micros, int64_t> Intake::RecordsBySlice() const {
  std::map<Micros, int64_t> records;
  for (const LogFile& file : files_)
    for (const auto& [slice, n] : file.rows_by_slice) records[slice] += n;
  return records;
}

arrow::Result<std::vector<storage::InputEntry>> Intake::Inputs(Micros slice) {
  std::vector<storage::InputEntry> inputs;
  for (const LogFile& file : files_)
    if (file.rows_by_slice.contains(slice))
      inputs.push_back({file.identity.name, file.identity.bytes, file.identity.sha256});
  return inputs;
}

Status Intake::Settle(const History& history) {
  for (LogFile& file : files_) {
    const int64_t outside = file.rows_outside(history.start, history.end);
    report_->counters().Add("outside_history", outside);
    const bool was_outside = file.outside_end != 0;
    const bool as_written = file.outside_start == history.start && file.outside_end == history.end;
    if (outside > 0 ? as_written : !was_outside) continue;
    ARROW_ASSIGN_OR_RAISE(const ingest::Source source, reader_.Recognise(file.path));
    ARROW_RETURN_NOT_OK(
        QuarantineOutside(&reader_, writer_, *context_, source, history.start, history.end, &file));
    ARROW_RETURN_NOT_OK(memory_.Remember(file));
  }
  return Status::OK();
}

Status Intake::Keep(bool keyed, const std::shared_ptr<arrow::RecordBatch>& batch,
                    const std::set<Micros>* only) {
  ARROW_ASSIGN_OR_RAISE(const auto slices, catalogue::SplitBySlice(batch));
  for (const catalogue::SliceSessions& slice : slices)
    if (only == nullptr || only->contains(slice.slice_start))
      ARROW_RETURN_NOT_OK((keyed ? keyed_ : others_)->Add(slice.slice_start, slice.sessions));
  return Status::OK();
}

Status Intake::Load(const std::set<Micros>& slices) {
  if (loaded_ || slices.empty()) return Status::OK();
  loaded_ = true;
  StepTimer timer(report_, "read");
  int64_t done = 0;
  for (const LogFile& file : files_) {
    ++done;
    const bool touches = std::any_of(file.rows_by_slice.begin(), file.rows_by_slice.end(),
                                     [&](const auto& s) { return slices.contains(s.first); });
    if (!touches) continue;
    ARROW_ASSIGN_OR_RAISE(const ingest::Source source, reader_.Recognise(file.path));
    ARROW_ASSIGN_OR_RAISE(
        const auto identity,
        reader_.Read(file.path, source, context_->threads, [&](const ParsedBlock& block) {
          timer.Rows(block.parsed.counters.Get("lines_read"), block.parsed.sessions->num_rows());
          if (progress_)
            ARROW_RETURN_NOT_OK(progress_("reading logs again", done, static_cast<int64_t>(files_.size())));
          return Keep(ingest::KeyAloneIdentifies(source), block.parsed.sessions, &slices);
        }));
    if (identity.sha256 != file.identity.sha256)
      return Status::IOError(file.path, " changed while it was read; run again when it is complete");
  }
  return Status::OK();
}

arrow::Result<std::vector<delta::SessionBatch>> Intake::Take(Micros slice) {
  const std::lock_guard lock(taking_);
  ARROW_ASSIGN_OR_RAISE(const auto keyed, keyed_->Take(slice));
  ARROW_ASSIGN_OR_RAISE(const auto others, others_->Take(slice));
  std::vector<delta::SessionBatch> batches;
  for (const auto& sessions : keyed) batches.push_back({sessions, 0, true});
  for (const auto& sessions : others) batches.push_back({sessions, 0, false});
  return batches;
}

}  // namespace ndr::jobs
