// SPDX-License-Identifier: Apache-2.0
// Publication on S3: data objects first, then the commit record by conditional put (specification 4,
// Storage).
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "ndr/base/hash.h"
#include "ndr/base/parallel.h"
#include "ndr/disk/files.h"
#include "ndr/storage/commit_index.h"
#include "ndr/storage/committer.h"
#include "ndr/storage/object_cache.h"
#include "ndr/storage/object_store.h"
#include "ndr/storage/scratch.h"

namespace ndr::storage {
using arrow::Status;

namespace {

// Requests at a time: a small object waits for the other side, not for this one.
constexpr int kUploads = 8;

struct Upload {
  Change* change;
  Standing standing;
};

class ObjectCommitter : public Committer {
 public:
  ObjectCommitter(std::shared_ptr<ObjectStore> store, std::unique_ptr<Scratch> scratch)
      : Committer(store->location()),
        store_(std::move(store)),
        scratch_(std::move(scratch)),
        index_(store_),
        token_(base::Sha256Hex(scratch_->path()).substr(0, 32)) {}

  const std::string& scratch() const override { return scratch_->path(); }

  Status Publish(std::vector<Change>* changes) override {
    Status published = PublishRecords(changes);
    if (!published.ok() && !published.IsAlreadyExists()) return published;
    ARROW_RETURN_NOT_OK(Index(*changes, published.ok()));
    return published;
  }

  Status Withdraw(const CommitKey& key) override {
    ARROW_ASSIGN_OR_RAISE(Standing standing, Read(key));
    if (!standing.record) return Status::OK();
    const base::Micros at = standing.record->at;
    ARROW_RETURN_NOT_OK(TakeBack(key, nullptr, &standing));
    const CommitIndex::Entry entry{key, at, std::nullopt};
    return index_.Update({&entry, 1});
  }

  Status Put(const std::string& staged, const std::string& relative_path) override {
    ARROW_ASSIGN_OR_RAISE(const auto bytes, disk::ReadWhole(staged));
    if (!bytes) return Status::IOError(staged, " is gone: it was staged for ", root(), "/", relative_path);
    return store_->Put(relative_path, *bytes);
  }

  Status Remove(const std::string& relative_path) override { return store_->Remove(relative_path); }

 private:
  // Also what stood there already, or was put there by another run: one that died may not have got so far.
  Status Index(const std::vector<Change>& changes, bool ours) {
    std::vector<CommitIndex::Entry> entries;
    for (const Change& change : changes) {
      CommitIndex::Entry entry{change.record->key, change.record->at, *change.record};
      if (!ours) {
        ARROW_ASSIGN_OR_RAISE(entry.record, CommitLog(root()).Read(entry.key));
      }
      entries.push_back(std::move(entry));
    }
    return index_.Update(entries);
  }

  Status PublishRecords(std::vector<Change>* changes) {
    ARROW_ASSIGN_OR_RAISE(std::vector<Upload> uploads, Differing(changes));
    std::vector<const StagedFile*> files;
    for (Upload& upload : uploads) {
      const CommitRecord* record = upload.change->record;
      if (upload.standing.record || !upload.standing.withdrawn.empty())
        ARROW_RETURN_NOT_OK(TakeBack(record->key, record, &upload.standing));
      for (const StagedFile& staged : upload.change->staged) files.push_back(&staged);
    }
    ARROW_RETURN_NOT_OK(PutAll(files));
    for (const Upload& upload : uploads) ARROW_RETURN_NOT_OK(Show(upload));
    return Status::OK();
  }

  arrow::Result<Standing> Read(const CommitKey& key) {
    ARROW_ASSIGN_OR_RAISE(const auto object, store_->ReadTagged(CommitPath(key)));
    if (!object) return Standing();
    Standing standing{std::nullopt, object->tag};
    if (IsWithdrawn(object->bytes)) {
      standing.withdrawn = WithdrawnFiles(object->bytes);
    } else {
      ARROW_ASSIGN_OR_RAISE(standing.record,
                            CommitRecord::FromJson(object->bytes, root() + "/" + CommitPath(key)));
    }
    return standing;
  }

  arrow::Result<std::vector<Upload>> Differing(std::vector<Change>* changes) {
    std::vector<std::optional<Upload>> all(changes->size());
    ARROW_RETURN_NOT_OK(base::ForEachPartition(all.size(), kUploads, [&](size_t i) -> Status {
      Change& change = (*changes)[i];
      ARROW_ASSIGN_OR_RAISE(Standing standing, Read(change.record->key));
      ARROW_ASSIGN_OR_RAISE(bool wanted, Differs(change, standing));
      if (!wanted) {
        ARROW_ASSIGN_OR_RAISE(const bool whole, AllThere(change.record->files));
        wanted = !whole;
      }
      if (wanted) all[i] = Upload{&change, std::move(standing)};
      return Status::OK();
    }));
    std::vector<Upload> uploads;
    for (auto& upload : all)
      if (upload) uploads.push_back(*std::move(upload));
    return uploads;
  }

  arrow::Result<bool> AllThere(const std::vector<FileEntry>& files) {
    std::map<std::string, int64_t> there;
    std::set<std::string> folders;
    for (const FileEntry& file : files) folders.insert(std::filesystem::path(file.path).parent_path());
    for (const std::string& folder : folders) {
      ARROW_ASSIGN_OR_RAISE(const auto objects, store_->List(folder));
      for (const ObjectInfo& object : objects) there[object.name] = object.bytes;
    }
    return std::all_of(files.begin(), files.end(), [&](const FileEntry& file) {
      const auto at = there.find(file.path);
      return at != there.end() && at->second == file.bytes;
    });
  }

  // A withdrawal in the place of the old record, or of that of a writer that died, which hides the old files;
  // then they go, but for those that come again.
  Status TakeBack(const CommitKey& key, const CommitRecord* next, Standing* standing) {
    for (const std::string& file : Listed(*standing)) standing->withdrawn.push_back(file);
    standing->record.reset();
    const std::string path = CommitPath(key), withdrawn = WithdrawnJson(key, standing->withdrawn, token_);
    ARROW_ASSIGN_OR_RAISE(const PutOutcome outcome, store_->PutIf(path, withdrawn, standing->tag, token_));
    if (outcome == PutOutcome::kLost) return AnotherWon(key);
    std::set<std::string> kept;
    if (next != nullptr) {
      for (const FileEntry& file : next->files) kept.insert(file.path);
      ARROW_ASSIGN_OR_RAISE(const auto now, store_->ReadTagged(path));
      if (!now || now->bytes != withdrawn) return AnotherWon(key);
      standing->tag = now->tag;
    }
    std::vector<std::string> gone;
    for (const std::string& file : standing->withdrawn)
      if (!kept.contains(file)) gone.push_back(file);
    return base::ForEachPartition(gone.size(), kUploads, [&](size_t i) { return store_->Remove(gone[i]); });
  }

  Status PutAll(const std::vector<const StagedFile*>& files) {
    return base::ForEachPartition(files.size(), kUploads, [&](size_t i) -> Status {
      ARROW_ASSIGN_OR_RAISE(const auto bytes, disk::ReadWhole(files[i]->path));
      if (!bytes) return Status::IOError(files[i]->path, " is gone: it was staged for ", root());
      ARROW_RETURN_NOT_OK(store_->Put(files[i]->file.path, *bytes));
      // The next jobs read it.
      if (IsRemote(root())) ObjectCache::OfProcess().Put(files[i]->file.sha256, *bytes);
      return Status::OK();
    });
  }

  Status Show(const Upload& upload) {
    const CommitRecord& record = *upload.change->record;
    ARROW_ASSIGN_OR_RAISE(const PutOutcome outcome, store_->PutIf(CommitPath(record.key), record.ToJson(),
                                                                  upload.standing.tag, token_));
    if (outcome == PutOutcome::kLost) {
      ARROW_RETURN_NOT_OK(RemoveBeaten(*upload.change));
      return AnotherWon(record.key);
    }
    if (!upload.standing.tag) return Status::OK();
    // Whoever withdrew what stood there, or lost to it, may have removed a file of the same name after it was
    // put.
    ARROW_ASSIGN_OR_RAISE(const bool whole, AllThere(record.files));
    return whole ? Status::OK() : PutAll(FilesOf(*upload.change));
  }

  static std::vector<const StagedFile*> FilesOf(const Change& change) {
    std::vector<const StagedFile*> files;
    for (const StagedFile& staged : change.staged) files.push_back(&staged);
    return files;
  }

  static std::set<std::string> Listed(const Standing& standing) {
    std::set<std::string> paths;
    if (standing.record)
      for (const FileEntry& file : standing.record->files) paths.insert(file.path);
    return paths;
  }

  // What was put for a record that came too late goes, but for what the winner's lists too. A third writer
  // may have the same to say as this one: where its record stands afterwards, its files come back from here;
  // where it is yet to come, it looks after them itself (Show), since it replaces a record. What a failing
  // request leaves is `ndr gc`'s.
  Status RemoveBeaten(const Change& change) {
    const auto winner = Read(change.record->key);
    if (!winner.ok() || !winner->tag) return Status::OK();
    std::vector<const StagedFile*> beaten = FilesOf(change);
    std::erase_if(beaten,
                  [listed = Listed(*winner)](const StagedFile* f) { return listed.contains(f->file.path); });
    static_cast<void>(base::ForEachPartition(beaten.size(), kUploads,
                                             [&](size_t i) { return store_->Remove(beaten[i]->file.path); }));
    ARROW_ASSIGN_OR_RAISE(const Standing now, Read(change.record->key));
    std::erase_if(beaten,
                  [listed = Listed(now)](const StagedFile* f) { return !listed.contains(f->file.path); });
    return PutAll(beaten);
  }

  std::shared_ptr<ObjectStore> store_;
  std::unique_ptr<Scratch> scratch_;
  CommitIndex index_;
  std::string token_;  // of this run, on every record it writes
};

}  // namespace

arrow::Result<std::unique_ptr<Committer>> OpenObjectCommitter(std::shared_ptr<ObjectStore> store) {
  std::error_code error;
  const auto temporary = std::filesystem::temp_directory_path(error);
  if (error) return Status::IOError("no folder for temporary files: set TMPDIR to one that exists");
  ARROW_ASSIGN_OR_RAISE(auto scratch,
                        Scratch::Make((temporary / ("ndr-" + std::to_string(::getuid()))).string(), nullptr));
  return std::make_unique<ObjectCommitter>(std::move(store), std::move(scratch));
}

}  // namespace ndr::storage
