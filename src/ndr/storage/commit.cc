// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/commit.h"

#include <arrow/type.h>

#include <algorithm>
#include <filesystem>

#include "ndr/base/hash.h"
#include "ndr/storage/local_disk.h"

namespace ndr::storage {
namespace fs = std::filesystem;

int64_t CommitRecord::rows() const {
  int64_t rows = 0;
  for (const FileEntry& file : files) rows += file.rows;
  return rows;
}

std::vector<FileEntry> CommitRecord::FilesOf(catalogue::Dataset dataset, std::string_view horizon) const {
  // `fg_b/host/` is no prefix of `fg_b/pair/host/`: paths begin with the dataset's.
  std::string prefix = std::string(catalogue::PathOf(dataset)) + "/feature_spec_version=" + key.version + "/";
  if (!horizon.empty()) prefix += "baseline_horizon=" + std::string(horizon) + "/";
  std::vector<FileEntry> found;
  for (const FileEntry& file : files)
    if (file.path.starts_with(prefix)) found.push_back(file);
  return found;
}

std::vector<FileEntry> CommitRecord::FilesAt(catalogue::Dataset dataset, base::Micros slice) const {
  const std::string folder = FolderOf({dataset, key.version, "", slice}) + "/";
  std::vector<FileEntry> found;
  for (const FileEntry& file : files)
    if (file.path.starts_with(folder)) found.push_back(file);
  return found;
}

std::string CommitRecord::Hash() const { return base::Sha256Hex(ToJson()); }

std::string SchemaHash(const catalogue::Catalogue& catalogue, std::string_view family) {
  base::Sha256 hash;
  for (int d = 0; d < catalogue::kDatasets; ++d) {
    const auto dataset = static_cast<catalogue::Dataset>(d);
    if (FamilyOf(dataset) != family) continue;
    hash.Update(std::string(catalogue::PathOf(dataset)) + "\n" +
                catalogue.StorageSchema(dataset)->ToString() + "\n");
  }
  return hash.Hex();
}

arrow::Result<std::vector<std::string>> CommitLog::Ids(std::string_view family,
                                                       std::string_view version) const {
  std::vector<std::string> ids;
  ARROW_ASSIGN_OR_RAISE(const auto names, NamesIn(root_ + "/" + CommitFolder(family, version)));
  for (const std::string& name : names)
    if (name.ends_with(".json")) ids.push_back(name.substr(0, name.size() - 5));
  std::sort(ids.begin(), ids.end());
  return ids;
}

arrow::Result<std::optional<CommitRecord>> CommitLog::Read(const CommitKey& key) const {
  const std::string path = root_ + "/" + CommitPath(key);
  ARROW_ASSIGN_OR_RAISE(const auto text, ReadWhole(path));
  if (!text) return std::nullopt;
  ARROW_ASSIGN_OR_RAISE(CommitRecord record, CommitRecord::FromJson(*text, path));
  return record;
}

arrow::Result<std::vector<CommitRecord>> CommitLog::ReadAll(std::string_view family,
                                                            std::string_view version) const {
  ARROW_ASSIGN_OR_RAISE(const auto ids, Ids(family, version));
  std::vector<CommitRecord> records;
  for (const std::string& id : ids) {
    ARROW_ASSIGN_OR_RAISE(auto record, Read({std::string(family), std::string(version), id}));
    if (record) records.push_back(*std::move(record));  // gone since the listing: withdrawn
  }
  std::stable_sort(records.begin(), records.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return records;
}

arrow::Result<std::optional<std::string>> CommitLog::LatestReference(std::string_view version,
                                                                     base::Micros t) const {
  ARROW_ASSIGN_OR_RAISE(const auto ids, Ids("fg_b", version));
  std::optional<std::string> latest;
  for (const std::string& id : ids) {
    const auto at = base::ParseCompact(id);
    if (at && *at <= t) latest = id;
  }
  return latest;
}

}  // namespace ndr::storage
