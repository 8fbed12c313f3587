// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/delivery.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "ndr/base/exit_code.h"
#include "ndr/storage/object_store.h"

namespace ndr::jobs {
namespace fs = std::filesystem;
using arrow::Status;
using base::Micros;

Delivery::Delivery(const RunState& run, const spec::JobSpec& spec, const SliceRuntime& runtime)
    : run_(run),
      named_(runtime.inputs),
      prefix_(runtime.raw_parsed_logs_prefix.empty() ? spec.raw_parsed_logs_prefix
                                                     : runtime.raw_parsed_logs_prefix),
      mini_batch_id_(runtime.mini_batch_id),
      format_(runtime.log_format.empty() ? spec.log_format : runtime.log_format),
      reader_(run.context, format_) {}

arrow::Result<std::vector<storage::InputPath>> Delivery::Paths() const {
  if (!named_.empty()) return storage::ExpandInputs(named_);
  if (prefix_.empty())
    return Status::Invalid(
        "nothing says where the logs of the batch are: give --input or --raw-parsed-logs-prefix, or set "
        "inputs.raw_parsed_logs_prefix in the spec of delta_builder");
  if (storage::IsRemote(prefix_)) return RemotePaths();
  if (!fs::is_directory(prefix_))
    return Status::Invalid("the prefix '", prefix_, "' is no folder; batches are expected in ", prefix_,
                           "/<mini_batch_id>/");
  const std::string folder = prefix_ + "/" + mini_batch_id_;
  const fs::path own = fs::path(prefix_ + "/").parent_path();
  if (!fs::exists(folder) && own.filename() == mini_batch_id_)
    return Status::Invalid("the prefix '", prefix_, "' is the batch's own folder; give its parent, '",
                           own.parent_path().string(), "', or the folder as --input");
  if (!fs::exists(folder)) {
    run_.report->Note(folder + " does not exist: the batch is taken as empty");
    return std::vector<storage::InputPath>();
  }
  return storage::ExpandInputs({folder});
}

// S3 has no folders: a batch without objects is an empty one.
arrow::Result<std::vector<storage::InputPath>> Delivery::RemotePaths() const {
  const std::string folder = prefix_ + (prefix_.ends_with('/') ? "" : "/") + mini_batch_id_ + "/";
  auto paths = storage::ExpandInputs({folder});
  if (!paths.status().IsKeyError()) return paths;
  run_.report->Note(folder + " holds no objects: the batch is taken as empty");
  return std::vector<storage::InputPath>();
}

Status Delivery::FindFiles() {
  if (found_) return Status::OK();
  const auto paths = Paths();
  if (!paths.ok()) return base::UsageError(paths.status().message());
  ARROW_ASSIGN_OR_RAISE(FoundLogs found, FindLogs(&reader_, *paths, run_.report));
  if (found.logs.empty() && !found.passed_over.empty())
    run_.report->Note("the batch is taken as empty, none of its files is a log: " + found.passed_over);
  for (const FoundLog& log : found.logs) {
    ARROW_ASSIGN_OR_RAISE(const auto file, storage::InputFile::Open(log.path));
    ARROW_ASSIGN_OR_RAISE(const auto identity, file->Identity());
    inputs_.push_back({identity.name, identity.bytes, identity.sha256});
  }
  files_ = std::move(found.logs);
  found_ = true;
  return Status::OK();
}

arrow::Result<std::vector<storage::InputEntry>> Delivery::Inputs(Micros) {
  ARROW_RETURN_NOT_OK(FindFiles());
  return inputs_;
}

arrow::Result<std::vector<delta::SessionBatch>> Delivery::Take(Micros) {
  ARROW_RETURN_NOT_OK(FindFiles());
  std::vector<delta::SessionBatch> batches;
  for (const auto& [path, source, bytes] : files_) {
    const auto number = static_cast<int32_t>(logs_.size());
    const ReadOptions options{run_.context->threads, true, [&] {
                                return run_.Show("reading logs", number, static_cast<int64_t>(files_.size()));
                              }};
    ARROW_ASSIGN_OR_RAISE(ReadLog log, Read(&reader_, run_.writer, path, source, options));
    ARROW_RETURN_NOT_OK(log.damage);
    if (log.file.identity.sha256 != inputs_[static_cast<size_t>(number)].sha256)
      return Status::IOError(path, " changed while it was read; run again when it is complete");
    for (auto& sessions : log.sessions)
      batches.push_back({std::move(sessions), number, ingest::KeyAloneIdentifies(source)});
    log.sessions.clear();
    run_.report->Count(log.file.counters);
    run_.report->AddStep("read", 0, log.file.counters.Get("lines_read"), log.file.rows());
    logs_.push_back(std::move(log));
  }
  NoteAssumedZone(*run_.context, run_.report);
  return batches;
}

Status Delivery::CheckQuality() {
  base::Counters counters;
  const ReadLog* worst = nullptr;
  for (const ReadLog& log : logs_) {
    counters.Add(log.file.counters);
    if (log.first_bad && worst == nullptr) worst = &log;
  }
  const int64_t lines =
      counters.Get("lines_read") - counters.Get("header_lines") - counters.Get("blank_lines");
  int64_t rows = 0;
  for (const ReadLog& log : logs_) rows += log.file.rows();
  if (lines > 0 && rows == 0)
    run_.report->Note(fmt::format("none of the {} lines of the batch gave a session{}; the counters say why",
                                  lines, format().empty() ? "" : ", read as " + format()));
  const double ratio = ingest::MalformedRatio(counters),
               limit = run_.context->project.data_quality.max_malformed_ratio;
  if (worst == nullptr || ratio <= limit) return Status::OK();
  return Status::Invalid(MalformedMessage(*worst, ratio, limit));
}

Status Delivery::Quarantine(const std::vector<delta::Rejected>& rejected) {
  const std::string& version = run_.context->project.feature_spec_version;
  std::map<int32_t, std::map<int64_t, Refusal>> by_file;
  for (const delta::Rejected& r : rejected) by_file[r.file][r.byte_offset] = {r.rule, r.reason};
  for (size_t i = 0; i < logs_.size(); ++i) {
    const auto refused = by_file.find(static_cast<int32_t>(i));
    if (refused == by_file.end()) {
      ARROW_RETURN_NOT_OK(logs_[i].quarantine->Finish(version, logs_[i].file.identity));
      continue;
    }
    auto refuse = [&](Micros, int64_t byte_offset) -> std::optional<Refusal> {
      const auto at = refused->second.find(byte_offset);
      return at == refused->second.end() ? std::nullopt : std::optional(at->second);
    };
    ARROW_RETURN_NOT_OK(
        QuarantineAlso(&reader_, run_.writer, version, files_[i].source, logs_[i].file, refuse));
  }
  return Status::OK();
}

}  // namespace ndr::jobs
