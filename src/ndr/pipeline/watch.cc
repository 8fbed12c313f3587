// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/watch.h"

#include <arrow/buffer.h>
#include <arrow/io/file.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "ndr/base/exit_code.h"
#include "ndr/base/hash.h"
#include "ndr/disk/files.h"
#include "ndr/pipeline/lock.h"
#include "ndr/pipeline/watch_memory.h"
#include "ndr/pipeline/watch_waiting.h"
#include "ndr/storage/commit.h"
#include "ndr/storage/object_store.h"

namespace ndr::pipeline {
namespace fs = std::filesystem;
namespace {

using arrow::Status;
using base::Micros;

// How long a wish to stop may go unseen.
constexpr std::chrono::milliseconds kNap{100};
// One in three: sessions that began before their slot are fewer, a file of half an hour has every second one.
constexpr int64_t kSpanningShare = 3;
constexpr int64_t kPiece = int64_t{8} << 20;

Micros WallClock() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// A copy of an object, in pieces.
Status Fetch(storage::ObjectStore* store, const WatchedFile& file, const std::string& to) {
  ARROW_ASSIGN_OR_RAISE(const auto object, store->Open(file.name, file.bytes));
  ARROW_ASSIGN_OR_RAISE(const auto copy, arrow::io::FileOutputStream::Open(to));
  for (int64_t done = 0; done < file.bytes;) {
    ARROW_ASSIGN_OR_RAISE(const auto piece, object->Read(kPiece));
    if (piece->size() == 0) return Status::IOError(store->location(), "/", file.name, " ended early");
    ARROW_RETURN_NOT_OK(copy->Write(piece));
    done += piece->size();
  }
  return copy->Close();
}

// Links to the batch's files (copies of objects) at `<stage>/<id>/`, where the jobs look for a batch: they
// pass over there what is no log.
Status Stage(const WatchedBatch& batch, const std::string& folder, const std::string& stage) {
  std::error_code error;
  fs::remove_all(stage, error);
  ARROW_RETURN_NOT_OK(disk::MakeFolders(stage + "/" + batch.id));
  std::shared_ptr<storage::ObjectStore> store;
  if (storage::IsRemote(folder)) {
    ARROW_ASSIGN_OR_RAISE(store, storage::OpenStore(folder));
  }
  for (const WatchedFile& file : batch.files) {
    const fs::path link = fs::path(stage) / batch.id / file.name;
    ARROW_RETURN_NOT_OK(disk::MakeFolders(link.parent_path().string()));
    if (store != nullptr) {
      ARROW_RETURN_NOT_OK(Fetch(store.get(), file, link.string()));
      continue;
    }
    fs::create_symlink(fs::path(folder) / file.name, link, error);
    if (error) return Status::IOError("cannot make ", link.string(), ": ", error.message());
  }
  return Status::OK();
}

class Watcher {
 public:
  Watcher(const WatchOptions& options, const Commands& commands, WatchMemory memory)
      : options_(options), commands_(commands), memory_(std::move(memory)) {}

  Status Run() {
    ARROW_RETURN_NOT_OK(Resume());
    for (;;) {
      ARROW_RETURN_NOT_OK(Interruption());
      arrow::Result<std::vector<WatchedFile>> look = FilesIn(options_.folder);
      if (look.status().IsIOError() && storage::IsRemote(options_.folder) && !options_.once) {
        // A network that is away comes back.
        options_.notice(look.status().message() + "; looking again later");
        ARROW_RETURN_NOT_OK(Sleep(options_.poll));
        continue;
      }
      ARROW_ASSIGN_OR_RAISE(std::vector<WatchedFile> files, std::move(look));
      memory_.Mark(&files);
      const Division division = Divide(files, memory_.newest_made(), options_.rules, Now());
      TellBacklog(division);
      if (!division.due.empty()) {
        // One, then another look: what came meanwhile may belong to the next.
        ARROW_RETURN_NOT_OK(Process(division.due.front()));
        continue;
      }
      TellWaiting(division);
      if (options_.once) return Status::OK();
      ARROW_RETURN_NOT_OK(Sleep(options_.poll));
    }
  }

 private:
  Micros Now() const { return options_.now ? options_.now() : WallClock(); }

  Status Interruption() const {
    const int signal = options_.stop ? options_.stop() : 0;
    if (signal == 0) return Status::OK();
    return base::Stopped(signal, "stopped; the same command goes on from here");
  }

  Status Sleep(Micros time) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(time);
    while (std::chrono::steady_clock::now() < end) {
      ARROW_RETURN_NOT_OK(Interruption());
      std::this_thread::sleep_for(
          std::min<std::chrono::steady_clock::duration>(kNap, end - std::chrono::steady_clock::now()));
    }
    return Status::OK();
  }

  // The batch in which the last watch was interrupted, with the very same files.
  Status Resume() {
    if (!memory_.interrupted()) return Status::OK();
    const WatchedBatch batch = *memory_.interrupted();
    ARROW_ASSIGN_OR_RAISE(const std::vector<WatchedFile> files, FilesIn(options_.folder));
    const bool all_there = std::ranges::all_of(batch.files, [&](const WatchedFile& file) {
      return std::ranges::any_of(files, [&](const WatchedFile& f) {
        return f.name == file.name && f.bytes == file.bytes && f.modified == file.modified;
      });
    });
    if (all_there) return Process(batch);
    options_.notice("batch " + batch.id +
                    " was interrupted and not all its files are there any more: it stays as it is");
    return memory_.End(batch);
  }

  void TellBacklog(const Division& division) {
    const bool behind = division.due.size() > 1;
    if (behind && !behind_)
      options_.notice(fmt::format("{} batches are due, {} to {}", division.due.size(),
                                  division.due.front().id, division.due.back().id));
    behind_ = behind;
  }

  // Once, when there is nothing to do for the first time: later on it is the way of things.
  void TellWaiting(const Division& division) {
    const std::string words = WaitingInWords(division);
    if (!words.empty() && !told_waiting_) options_.notice(words);
    told_waiting_ = told_waiting_ || !words.empty();
  }

  Values ValuesOf(const WatchedBatch& batch) const {
    Values values = options_.values;
    const auto set = [&](Kind kind, const std::string& value) {
      if (const Parameter* p = options_.pipeline.OfKind(kind)) values.set[p->name] = value;
    };
    set(Kind::kBatch, batch.id);
    set(Kind::kStart, base::FormatInstant(batch.slot));
    set(Kind::kEnd, base::FormatInstant(batch.slot + base::kSliceMicros));
    set(Kind::kLogs, memory_.stage());
    return values;
  }

  Status Process(const WatchedBatch& batch) {
    ARROW_RETURN_NOT_OK(memory_.Begin(batch));
    Status status;
    Micros pause = options_.poll;
    for (int attempt = 0; attempt <= options_.retries; ++attempt, pause *= 2) {
      if (attempt > 0) ARROW_RETURN_NOT_OK(Sleep(pause));
      status = Attempt(batch);
      if (base::ExitCode(status) != base::kExitFailure) break;
    }
    const int code = base::ExitCode(status);
    // Whoever stops the watch gives no batch up.
    if (code != 0 && (code >= 128 || !options_.skip_failed))
      return status.WithMessage("batch " + batch.id + ": " + status.message());
    return memory_.End(batch);
  }

  Status Attempt(const WatchedBatch& batch) {
    ARROW_RETURN_NOT_OK(Stage(batch, options_.folder, memory_.stage()));
    RunOptions run{ValuesOf(batch), kLease, options_.stop, nullptr};
    const arrow::Result<RunResult> result = pipeline::Run(options_.pipeline, run, commands_);
    Status status = result.ok() ? result->status() : result.status();
    std::error_code error;
    fs::remove_all(memory_.stage(), error);
    ARROW_ASSIGN_OR_RAISE(const storage::CommitRecord delta, DeltaOf(batch));
    Log(batch, result.ok() ? result->steps : std::vector<StepResult>(), delta.counters, status);
    WarnOfSpan(delta.counters);
    return status;
  }

  // Empty where delta has not committed.
  arrow::Result<storage::CommitRecord> DeltaOf(const WatchedBatch& batch) const {
    const storage::CommitLog commits(ValueOf(Kind::kRoot));
    ARROW_ASSIGN_OR_RAISE(auto record, commits.Read({"delta", ValueOf(Kind::kVersion), batch.id}));
    return record ? std::move(*record) : storage::CommitRecord();
  }
  const std::string& ValueOf(Kind kind) const {
    return options_.values.set.at(options_.pipeline.OfKind(kind)->name);
  }

  void Log(const WatchedBatch& batch, const std::vector<StepResult>& steps, const base::Counters& delta,
           const Status& status) const {
    nlohmann::ordered_json line = {{"time", base::FormatInstant(Now())},
                                   {"batch", batch.id},
                                   {"slot", base::FormatInstant(batch.slot)},
                                   {"files", batch.files.size()},
                                   {"bytes", batch.bytes()}};
    line["steps"] = nlohmann::ordered_json::array();
    for (const StepResult& step : steps)
      line["steps"].push_back({{"step", step.step},
                               {"outcome", NameOf(step.outcome)},
                               {"seconds", std::round(step.seconds * 1000) / 1000}});
    line["rows"] = delta.Get("used");
    line["late"] = delta.Get("late");
    line["behind_slots"] =
        std::max<int64_t>(0, (base::SliceStart(Now()) - batch.slot) / base::kSliceMicros - 1);
    line["exit"] = base::ExitCode(status);
    if (!status.ok()) line["error"] = status.message();
    options_.log(line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  }

  void WarnOfSpan(const base::Counters& delta) {
    if (warned_of_span_ || delta.Get("late") * kSpanningShare <= delta.Get("used")) return;
    warned_of_span_ = true;
    options_.notice(
        "more than a third of the batch's sessions began in earlier slots: its files hold more than a "
        "quarter of an hour, so "
        "most of what hosts do is known late. Have the sensor begin a new file every 15 minutes (Zeek: "
        "Log::default_rotation_interval = 15 min)");
  }

  const WatchOptions& options_;
  const Commands& commands_;
  WatchMemory memory_;
  bool warned_of_span_ = false, behind_ = false, told_waiting_ = false;
};

Status CheckPipeline(const Pipeline& pipeline) {
  for (const Kind kind : {Kind::kVersion, Kind::kBatch, Kind::kStart, Kind::kEnd, Kind::kLogs, Kind::kRoot})
    if (pipeline.OfKind(kind) == nullptr)
      return base::UsageError(
          fmt::format("pipeline '{}' has no parameter of kind '{}', so it can't be watched with",
                      pipeline.name, NameOf(kind)));
  return Status::OK();
}

// The folder with all links followed, so that one folder has one memory.
arrow::Result<std::string> CanonicalFolder(const std::string& given, const std::string& root) {
  const auto lies_inside = [&](const std::string& results, const std::string& folder) {
    if (!(results + "/").starts_with(folder + "/")) return Status::OK();
    return base::UsageError("the root '" + root +
                            "' lies in the watched folder: its files would be taken for logs");
  };
  if (storage::IsRemote(given)) {
    const auto store = storage::OpenStore(given);
    if (!store.ok()) return base::UsageError(store.status().message());
    ARROW_RETURN_NOT_OK(lies_inside(root, (*store)->location()));
    return (*store)->location();
  }
  std::error_code error;
  const std::string folder = fs::canonical(given, error).string();
  if (error || !fs::is_directory(folder, error)) return base::UsageError("'" + given + "' is no folder");
  const std::string results = storage::IsRemote(root) ? root : fs::weakly_canonical(root, error).string();
  ARROW_RETURN_NOT_OK(lies_inside(results, folder));
  return folder;
}

}  // namespace

Status Watch(const WatchOptions& given, const Commands& commands) {
  ARROW_RETURN_NOT_OK(CheckPipeline(given.pipeline));
  WatchOptions options = given;
  const auto value = [&](Kind kind) {
    const Parameter* parameter = options.pipeline.OfKind(kind);
    return parameter == nullptr ? "" : options.values.set[parameter->name];
  };
  const std::string root = value(Kind::kRoot), version = value(Kind::kVersion);
  if (root.empty() || version.empty())
    return base::UsageError("a watch needs a root and a version of the features");
  ARROW_ASSIGN_OR_RAISE(options.folder, CanonicalFolder(given.folder, root));
  const std::string name = "watch-" + base::Sha256Hex(options.folder).substr(0, 16);
  ARROW_ASSIGN_OR_RAISE(const auto lock, Lock::Take({root, version, value(Kind::kProject), name}));
  ARROW_ASSIGN_OR_RAISE(WatchMemory memory, WatchMemory::Open(root, version, options.folder));
  return Watcher(options, commands, std::move(memory)).Run();
}

}  // namespace ndr::pipeline
