// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/publication.h"

#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "ndr/storage/intent.h"
#include "ndr/storage/local_disk.h"

namespace ndr::storage {
namespace fs = std::filesystem;
using arrow::Status;

struct Publication::Staged {
  std::string path;  // absolute, in staging
  FileEntry file;    // where it goes
};

Publication::Publication(Writer* writer, CommitKey key, std::string folder)
    : writer_(writer), key_(std::move(key)), folder_(std::move(folder)) {}

Publication::~Publication() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

Status Publication::Add(const Place& place, const std::shared_ptr<arrow::RecordBatch>& batch, int part) {
  ARROW_ASSIGN_OR_RAISE(const EncodedFile file, EncodeParquet(batch));
  return Add(place, file, part);
}

Status Publication::Add(const Place& place, const EncodedFile& file, int part) {
  if (FamilyOf(place.dataset) != key_.family || place.version != key_.version)
    return Status::Invalid(FolderOf(place), " does not belong to the commit ", CommitPath(key_));
  const std::string name = IsBaseline(place.dataset) ? fmt::format("part-{:04}", part) : key_.id;
  const std::string start = FolderOf(place) + "/" + name + "-";
  std::string staged;
  {
    std::lock_guard lock(mutex_);
    for (const Staged& other : staged_)
      if (other.file.path.starts_with(start)) return Status::Invalid(start, "*.parquet was added twice");
    staged = folder_ + "/" + std::to_string(staged_.size());
    staged_.push_back(
        {staged,
         {start + file.sha256.substr(0, 8) + ".parquet", file.rows, file.bytes->size(), file.sha256}});
  }
  return WriteFile(staged, file.view());
}

namespace {

// Both what stood there and what is to come: after a kill whatever no record lists is removed.
std::vector<std::string> PathsOf(const std::vector<FileEntry>& before, const std::vector<FileEntry>& after) {
  std::set<std::string> paths;
  for (const FileEntry& file : before) paths.insert(file.path);
  for (const FileEntry& file : after) paths.insert(file.path);
  return {paths.begin(), paths.end()};
}

bool AllThere(const std::string& root, const std::vector<FileEntry>& files) {
  return std::all_of(files.begin(), files.end(), [&](const FileEntry& file) {
    std::error_code error;
    return fs::file_size(root + "/" + file.path, error) == static_cast<uintmax_t>(file.bytes);
  });
}

}  // namespace

arrow::Result<CommitRecord> Publication::Commit(CommitRecord record) {
  std::vector<Pending> one;
  one.push_back({this, std::move(record)});
  ARROW_RETURN_NOT_OK(writer_->CommitAll(&one));
  return std::move(one.front().record);
}

arrow::Result<bool> Publication::Prepare(CommitRecord* record) {
  std::sort(staged_.begin(), staged_.end(),
            [](const Staged& a, const Staged& b) { return a.file.path < b.file.path; });
  record->key = key_;
  record->files.clear();
  for (const Staged& staged : staged_) record->files.push_back(staged.file);
  ARROW_ASSIGN_OR_RAISE(before_, CommitLog(writer_->root_).Read(key_));
  return !before_ || before_->ToJson() != record->ToJson() || !AllThere(writer_->root_, record->files);
}

Status Publication::WriteIntent(const CommitRecord& record) {
  const auto old_files = before_ ? before_->files : std::vector<FileEntry>();
  return Intent::Write(IntentPath(), CommitPath(key_), PathsOf(old_files, record.files)).status();
}

Status Publication::MoveFiles() {
  if (before_) ARROW_RETURN_NOT_OK(RemoveCommitted(writer_->root_, *before_));
  for (const Staged& staged : staged_)
    ARROW_RETURN_NOT_OK(writer_->MoveIntoPlace(staged.path, staged.file.path));
  return Status::OK();
}

// Each step is on the disk before the next begins: what is to come, then the data, then the records that show
// them.
Status Writer::CommitAll(std::vector<Pending>* group) {
  std::lock_guard lock(mutex_);
  const FolderLock recovery_waits(staging_lock_, LOCK_SH);
  std::vector<Pending*> changed;
  for (Pending& pending : *group) {
    ARROW_ASSIGN_OR_RAISE(const bool differs, pending.publication->Prepare(&pending.record));
    if (differs) changed.push_back(&pending);
  }
  if (changed.empty()) return Status::OK();
  for (Pending* pending : changed) ARROW_RETURN_NOT_OK(pending->publication->WriteIntent(pending->record));
  ARROW_RETURN_NOT_OK(SyncDisk(staging_));
  for (Pending* pending : changed) {
    ARROW_RETURN_NOT_OK(pending->publication->MoveFiles());
    ARROW_RETURN_NOT_OK(WriteFile(pending->publication->RecordPath(), pending->record.ToJson()));
  }
  ARROW_RETURN_NOT_OK(SyncDisk(staging_));
  for (Pending* pending : changed)
    ARROW_RETURN_NOT_OK(MoveIntoPlace(pending->publication->RecordPath(), CommitPath(pending->record.key)));
  ARROW_RETURN_NOT_OK(SyncDisk(staging_));
  for (Pending* pending : changed) ARROW_RETURN_NOT_OK(Remove(pending->publication->IntentPath()));
  return Status::OK();
}

}  // namespace ndr::storage
