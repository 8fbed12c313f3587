// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/watch_memory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "ndr/base/hash.h"
#include "ndr/base/json_error.h"
#include "ndr/disk/files.h"
#include "ndr/storage/commit.h"
#include "ndr/storage/input.h"
#include "ndr/storage/results.h"

namespace ndr::pipeline {
namespace fs = std::filesystem;
namespace {

using arrow::Status;
using Json = nlohmann::ordered_json;

base::Micros MicrosOf(const timespec& t) { return t.tv_sec * base::kMicrosPerSecond + t.tv_nsec / 1000; }

std::string Line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json FilesJson(const std::vector<WatchedFile>& files) {
  Json json = Json::array();
  for (const WatchedFile& file : files) json.push_back({file.name, file.bytes, file.modified});
  return json;
}

std::vector<WatchedFile> FilesOf(const Json& json) {
  std::vector<WatchedFile> files;
  for (const Json& file : json) files.push_back({file.at(0), file.at(1), file.at(2), file.at(2), false});
  return files;
}

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

arrow::Result<std::string> HashOf(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto file, storage::InputFile::Open(path));
  ARROW_ASSIGN_OR_RAISE(const auto identity, file->Identity());
  return identity.sha256;
}

// Keys are any text: one such as `../x` would leave the folder that it is copied to.
bool IsPathBelow(const std::string& key) {
  const std::string parts = "/" + key + "/";
  return parts.find("//") == std::string::npos && parts.find("/./") == std::string::npos &&
         parts.find("/../") == std::string::npos;
}

}  // namespace

arrow::Result<std::vector<WatchedFile>> FilesIn(const std::string& folder) {
  std::vector<WatchedFile> files;
  if (storage::IsRemote(folder)) {
    ARROW_ASSIGN_OR_RAISE(const auto store, storage::OpenStore(folder));
    ARROW_ASSIGN_OR_RAISE(auto objects, store->List(""));
    for (const storage::ObjectInfo& object : storage::WithoutResults(std::move(objects), ""))
      if (IsPathBelow(object.name))
        files.push_back({object.name, object.bytes, object.modified_micros, object.modified_micros, false});
    return files;
  }
  std::error_code error;
  fs::recursive_directory_iterator entries(folder, error);
  if (error) return Status::IOError("cannot list ", folder, ": ", error.message());
  for (; entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    const std::string path = entries->path().string();
    std::error_code none;
    if (entries->is_directory(none) && storage::HoldsResults(path)) entries.disable_recursion_pending();
    struct stat info {};
    if (::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode))
      files.push_back({fs::path(path).lexically_relative(folder).string(), info.st_size,
                       MicrosOf(info.st_mtim), MicrosOf(info.st_ctim), false});
  }
  // A folder that vanished while it was read ends the walk: the next look finds the rest.
  if (error && error != std::errc::no_such_file_or_directory)
    return Status::IOError("cannot list ", folder, ": ", error.message());
  return files;
}

arrow::Result<WatchMemory> WatchMemory::Open(const std::string& root, const std::string& version,
                                             const std::string& folder) {
  WatchMemory memory;
  memory.folder_ = folder;
  const std::string place =
      "_watch/feature_spec_version=" + version + "/" + base::Sha256Hex(folder).substr(0, 16);
  memory.name_ = place + "/files.jsonl";
  memory.path_ = root + "/" + memory.name_;
  ARROW_ASSIGN_OR_RAISE(memory.store_, storage::OpenStore(root));
  ARROW_RETURN_NOT_OK(memory.MakeStage(root, place));
  ARROW_ASSIGN_OR_RAISE(const auto text, memory.store_->Read(memory.name_));
  ARROW_RETURN_NOT_OK(text ? memory.ReadLines(*text) : memory.ReadCommits(root, version));
  ARROW_RETURN_NOT_OK(memory.Rewrite());
  return memory;
}

Status WatchMemory::MakeStage(const std::string& root, const std::string& place) {
  if (!storage::IsRemote(root)) {
    stage_ = root + "/" + place + "/stage";
    return disk::MakeFolders(root + "/" + place);
  }
  std::error_code error;
  const fs::path temporary = fs::temp_directory_path(error);
  if (error) return Status::IOError("no folder for temporary files: set TMPDIR to one that exists");
  const std::string parent = (temporary / ("ndr-" + std::to_string(::getuid()))).string();
  ARROW_ASSIGN_OR_RAISE(scratch_, storage::Scratch::Make(parent, nullptr));
  stage_ = scratch_->path() + "/stage";
  return Status::OK();
}

Status WatchMemory::ReadLines(const std::string& text) {
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    const Json json = Json::parse(line, nullptr, false);
    // The last line of a process that was killed while it wrote.
    if (json.is_discarded()) continue;
    try {
      if (json.contains("newest")) newest_made_ = json.at("newest").get<base::Micros>();
      if (json.contains("finished"))
        for (const WatchedFile& file : FilesOf(json.at("finished")))
          finished_[file.name] = {file.bytes, file.modified};
      if (json.contains("begin")) {
        interrupted_ = WatchedBatch{json.at("begin"), json.at("slot"), FilesOf(json.at("files"))};
        newest_made_ = std::max(newest_made_.value_or(INT64_MIN), interrupted_->slot);
      }
      if (json.contains("end") && interrupted_ && json.at("end") == interrupted_->id) Finish(*interrupted_);
    } catch (const std::exception& e) {
      return Status::Invalid(path_, " is no memory of a watch: ", base::JsonErrorInWords(e.what()),
                             "; remove it, and the commit records tell");
    }
  }
  return Status::OK();
}

Status WatchMemory::ReadCommits(const std::string& root, const std::string& version) {
  ARROW_ASSIGN_OR_RAISE(const auto commits, storage::CommitLog(root).ReadAll("delta", version));
  if (commits.empty()) return Status::OK();
  newest_made_ = commits.back().at;
  ARROW_ASSIGN_OR_RAISE(const std::vector<WatchedFile> files, FilesIn(folder_));
  std::multimap<std::pair<std::string, int64_t>, const WatchedFile*> candidates;
  for (const WatchedFile& file : files) candidates.insert({{BaseName(file.name), file.bytes}, &file});
  WatchedBatch last{commits.back().key.id, commits.back().at, {}};
  for (const storage::CommitRecord& commit : commits) {
    for (const storage::InputEntry& input : commit.inputs) {
      const auto [begin, end] = candidates.equal_range({input.name, input.bytes});
      for (auto it = begin; it != end; ++it) {
        const WatchedFile& file = *it->second;
        if (finished_.contains(file.name)) continue;
        ARROW_ASSIGN_OR_RAISE(const std::string hash, HashOf(folder_ + "/" + file.name));
        if (hash != input.sha256) continue;
        // The steps after delta of the newest batch may have been cut short; they are skipped where not.
        if (&commit == &commits.back()) last.files.push_back(file);
        if (&commit != &commits.back()) finished_[file.name] = {file.bytes, file.modified};
      }
    }
  }
  if (last.files.size() == commits.back().inputs.size() && !last.files.empty())
    interrupted_ = std::move(last);
  return Status::OK();
}

Status WatchMemory::Rewrite() const {
  ARROW_ASSIGN_OR_RAISE(const std::vector<WatchedFile> files, FilesIn(folder_));
  std::vector<WatchedFile> kept;
  for (const WatchedFile& file : files) {
    const auto known = finished_.find(file.name);
    if (known != finished_.end() && known->second.bytes == file.bytes &&
        known->second.modified == file.modified)
      kept.push_back(file);
  }
  std::string text = Line({{"finished", FilesJson(kept)}});
  if (newest_made_) text += Line({{"newest", *newest_made_}});
  if (interrupted_)
    text += Line({{"begin", interrupted_->id},
                  {"slot", interrupted_->slot},
                  {"files", FilesJson(interrupted_->files)}});
  text_ = text;
  return store_->Put(name_, text_);
}

Status WatchMemory::Append(const std::string& line) const {
  if (scratch_ != nullptr) {
    text_ += line;
    return store_->Put(name_, text_);
  }
  return disk::AppendSynced(path_, line);
}

void WatchMemory::Mark(std::vector<WatchedFile>* files) const {
  for (WatchedFile& file : *files) {
    const auto known = finished_.find(file.name);
    file.finished = known != finished_.end() && known->second.bytes == file.bytes &&
                    known->second.modified == file.modified;
  }
}

Status WatchMemory::Begin(const WatchedBatch& batch) {
  ARROW_RETURN_NOT_OK(
      Append(Line({{"begin", batch.id}, {"slot", batch.slot}, {"files", FilesJson(batch.files)}})));
  interrupted_ = batch;
  newest_made_ = std::max(newest_made_.value_or(INT64_MIN), batch.slot);
  return Status::OK();
}

void WatchMemory::Finish(const WatchedBatch& batch) {
  for (const WatchedFile& file : batch.files) finished_[file.name] = {file.bytes, file.modified};
  interrupted_.reset();
}

Status WatchMemory::End(const WatchedBatch& batch) {
  ARROW_RETURN_NOT_OK(Append(Line({{"end", batch.id}})));
  Finish(batch);
  return Status::OK();
}

}  // namespace ndr::pipeline
