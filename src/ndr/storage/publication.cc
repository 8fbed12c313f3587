// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/publication.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "ndr/base/name.h"
#include "ndr/disk/files.h"

namespace ndr::storage {
using arrow::Status;

Publication::Publication(Writer* writer, CommitKey key, std::string folder)
    : writer_(writer), key_(std::move(key)), folder_(std::move(folder)) {}

Publication::~Publication() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
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
    for (const StagedFile& other : staged_)
      if (other.file.path.starts_with(start)) return Status::Invalid(start, "*.parquet was added twice");
    staged = folder_ + "/" + std::to_string(staged_.size());
    staged_.push_back(
        {staged,
         {start + file.sha256.substr(0, 8) + ".parquet", file.rows, file.bytes->size(), file.sha256}});
  }
  return disk::WriteFile(staged, file.view());
}

arrow::Result<CommitRecord> Publication::Commit(CommitRecord record) {
  std::vector<Pending> one;
  one.push_back({this, std::move(record)});
  ARROW_RETURN_NOT_OK(writer_->CommitAll(&one));
  return std::move(one.front().record);
}

arrow::Result<std::unique_ptr<Writer>> Writer::Open(const std::string& root) {
  ARROW_ASSIGN_OR_RAISE(auto committer, Committer::Open(root));
  return std::unique_ptr<Writer>(new Writer(std::move(committer)));
}

arrow::Result<std::unique_ptr<Publication>> Writer::Begin(CommitKey key) {
  for (const std::string* text : {&key.family, &key.version, &key.id})
    if (!base::IsName(*text))
      return Status::Invalid("'", *text,
                             "' is no name: 1 to 128 characters of [A-Za-z0-9._-], not beginning with a dot");
  const std::string folder = staging() + "/" + std::to_string(next_++);
  ARROW_RETURN_NOT_OK(disk::MakeFolders(folder));
  return std::unique_ptr<Publication>(new Publication(this, std::move(key), folder));
}

Status Writer::CommitAll(std::vector<Pending>* group) {
  std::lock_guard lock(mutex_);
  std::vector<Change> changes;
  for (Pending& pending : *group) {
    Publication& publication = *pending.publication;
    auto& staged = publication.staged_;
    std::sort(staged.begin(), staged.end(),
              [](const StagedFile& a, const StagedFile& b) { return a.file.path < b.file.path; });
    pending.record.key = publication.key_;
    pending.record.files.clear();
    for (const StagedFile& file : staged) pending.record.files.push_back(file.file);
    changes.push_back({publication.folder_, staged, &pending.record, pending.expected});
  }
  return committer_->Publish(&changes);
}

Status Writer::Withdraw(const CommitKey& key) {
  std::lock_guard lock(mutex_);
  return committer_->Withdraw(key);
}

Status Writer::WriteWhole(const std::string& relative_path, std::string_view bytes) {
  const std::string staged = staging() + "/" + std::to_string(next_++) + ".whole";
  ARROW_RETURN_NOT_OK(disk::WriteFile(staged, bytes));
  ARROW_RETURN_NOT_OK(committer_->Put(staged, relative_path));
  return disk::Remove(staged);
}

Status Writer::Remove(const std::string& relative_path) { return committer_->Remove(relative_path); }

}  // namespace ndr::storage
