// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <set>

#include "ndr/disk/files.h"
#include "ndr/storage/committer.h"
#include "ndr/storage/intent.h"
#include "ndr/storage/scratch.h"

namespace ndr::storage {
namespace fs = std::filesystem;
using arrow::Status;

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

// A change that is to be made, and what it replaces.
struct Step {
  Change* change;
  std::optional<CommitRecord> before;

  std::string IntentPath() const { return change->folder + kIntentSuffix; }
  std::string RecordPath() const { return change->folder + "/record.json"; }
  Status WriteIntent() const {
    const auto old_files = before ? before->files : std::vector<FileEntry>();
    return Intent::Write(IntentPath(), CommitPath(change->record->key),
                         PathsOf(old_files, change->record->files))
        .status();
  }
};

class FolderCommitter : public Committer {
 public:
  FolderCommitter(std::string root, std::unique_ptr<Scratch> scratch)
      : Committer(std::move(root)), scratch_(std::move(scratch)) {}

  const std::string& scratch() const override { return scratch_->path(); }

  // Each step is on the disk before the next begins: what is to come, then the data, then the records that
  // show them.
  Status Publish(std::vector<Change>* changes) override {
    const disk::FileLock alone = scratch_->Alone();
    ARROW_RETURN_NOT_OK(alone.status());
    ARROW_ASSIGN_OR_RAISE(const std::vector<Step> steps, Steps(changes));
    if (steps.empty()) return Status::OK();
    for (const Step& step : steps) ARROW_RETURN_NOT_OK(step.WriteIntent());
    ARROW_RETURN_NOT_OK(disk::SyncDisk(scratch()));
    for (const Step& step : steps) {
      if (step.before) ARROW_RETURN_NOT_OK(RemoveCommitted(root(), *step.before));
      for (const StagedFile& staged : step.change->staged)
        ARROW_RETURN_NOT_OK(Put(staged.path, staged.file.path));
      ARROW_RETURN_NOT_OK(disk::WriteFile(step.RecordPath(), step.change->record->ToJson()));
    }
    ARROW_RETURN_NOT_OK(disk::SyncDisk(scratch()));
    for (const Step& step : steps)
      ARROW_RETURN_NOT_OK(Put(step.RecordPath(), CommitPath(step.change->record->key)));
    ARROW_RETURN_NOT_OK(disk::SyncDisk(scratch()));
    for (const Step& step : steps) ARROW_RETURN_NOT_OK(disk::Remove(step.IntentPath()));
    return Status::OK();
  }

  Status Withdraw(const CommitKey& key) override {
    const disk::FileLock alone = scratch_->Alone();
    ARROW_RETURN_NOT_OK(alone.status());
    ARROW_ASSIGN_OR_RAISE(const auto record, CommitLog(root()).Read(key));
    if (!record) return Status::OK();
    const std::string path = scratch() + "/withdrawal" + kIntentSuffix;
    ARROW_ASSIGN_OR_RAISE(const Intent intent,
                          Intent::Write(path, CommitPath(key), PathsOf(record->files, {})));
    ARROW_RETURN_NOT_OK(disk::SyncDisk(scratch()));
    ARROW_RETURN_NOT_OK(RemoveCommitted(root(), *record));
    return intent.Remove();
  }

  Status Put(const std::string& staged, const std::string& relative_path) override {
    const std::string target = root() + "/" + relative_path;
    ARROW_RETURN_NOT_OK(disk::MakeFolders(fs::path(target).parent_path().string()));
    return disk::Move(staged, target);
  }

  Status Remove(const std::string& relative_path) override {
    return disk::Remove(root() + "/" + relative_path);
  }

 private:
  arrow::Result<std::vector<Step>> Steps(std::vector<Change>* changes) const {
    std::vector<Step> steps;
    for (Change& change : *changes) {
      ARROW_ASSIGN_OR_RAISE(auto before, CommitLog(root()).Read(change.record->key));
      Standing standing{std::move(before), std::nullopt};
      ARROW_ASSIGN_OR_RAISE(const bool differs, Differs(change, standing));
      if (differs || !AllThere(root(), change.record->files))
        steps.push_back({&change, std::move(standing.record)});
    }
    return steps;
  }

  std::unique_ptr<Scratch> scratch_;
};

}  // namespace

arrow::Result<std::unique_ptr<Committer>> OpenFolderCommitter(std::string root) {
  auto recover = [&](const std::string& dead_folder) -> Status {
    ARROW_ASSIGN_OR_RAISE(const auto names, disk::NamesIn(dead_folder));
    for (const std::string& name : names)
      if (name.ends_with(kIntentSuffix)) ARROW_RETURN_NOT_OK(Recover(root, dead_folder + "/" + name));
    return Status::OK();
  };
  ARROW_ASSIGN_OR_RAISE(auto scratch, Scratch::Make(root + "/_staging", recover));
  return std::make_unique<FolderCommitter>(std::move(root), std::move(scratch));
}

}  // namespace ndr::storage
