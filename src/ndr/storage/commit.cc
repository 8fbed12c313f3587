// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/commit.h"

#include <arrow/type.h>

#include <algorithm>
#include <iterator>
#include <tuple>

#include "ndr/base/hash.h"
#include "ndr/base/parallel.h"
#include "ndr/storage/commit_index.h"
#include "ndr/storage/object_store.h"

namespace ndr::storage {
namespace {

// Requests at a time to a store where each takes a while.
constexpr int kRemoteReads = 16;

// nullopt where there is no index: of folders, which are read quickly, and of what was copied to S3.
arrow::Result<std::optional<std::vector<base::Micros>>> IndexedDays(const std::string& root,
                                                                    std::string_view family,
                                                                    std::string_view version) {
  if (!IsRemote(root)) return std::nullopt;
  ARROW_ASSIGN_OR_RAISE(auto store, OpenStore(root));
  return CommitIndex(std::move(store)).Days(family, version);
}

arrow::Result<std::vector<CommitRecord>> ReadDays(const std::string& root, std::string_view family,
                                                  std::string_view version,
                                                  const std::vector<base::Micros>& days) {
  ARROW_ASSIGN_OR_RAISE(auto store, OpenStore(root));
  const CommitIndex index(std::move(store));
  std::vector<std::vector<CommitRecord>> found(days.size());
  ARROW_RETURN_NOT_OK(base::ForEachPartition(days.size(), kRemoteReads, [&](size_t i) {
    return index.Read(family, version, days[i]).Value(&found[i]);
  }));
  std::vector<CommitRecord> records;
  for (auto& of_day : found) std::move(of_day.begin(), of_day.end(), std::back_inserter(records));
  return records;
}

// Of ids that are days, in order; the last of them stays.
void DropDaysBefore(base::Micros from, std::vector<std::string>* ids) {
  auto first = std::lower_bound(ids->begin(), ids->end(), base::FormatCompact(from));
  if (first == ids->end() && first != ids->begin()) --first;
  ids->erase(ids->begin(), first);
}

}  // namespace

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
  ARROW_ASSIGN_OR_RAISE(const auto store, OpenStore(root_));
  std::vector<std::string> ids;
  ARROW_ASSIGN_OR_RAISE(const auto names, store->Names(CommitFolder(family, version)));
  for (const std::string& name : names)
    if (name.ends_with(".json")) ids.push_back(name.substr(0, name.size() - 5));
  std::sort(ids.begin(), ids.end());
  return ids;
}

arrow::Result<std::optional<CommitRecord>> CommitLog::Read(const CommitKey& key) const {
  ARROW_ASSIGN_OR_RAISE(const auto store, OpenStore(root_));
  const std::string path = CommitPath(key);
  ARROW_ASSIGN_OR_RAISE(const auto text, store->Read(path));
  if (!text || IsWithdrawn(*text)) return std::nullopt;
  ARROW_ASSIGN_OR_RAISE(CommitRecord record, CommitRecord::FromJson(*text, root_ + "/" + path));
  return record;
}

arrow::Result<std::vector<CommitRecord>> CommitLog::ReadEach(std::string_view family,
                                                             std::string_view version,
                                                             base::Micros from) const {
  ARROW_ASSIGN_OR_RAISE(auto ids, Ids(family, version));
  if (family == "lookback" && from != INT64_MIN) DropDaysBefore(from, &ids);
  std::vector<std::optional<CommitRecord>> found(ids.size());
  const int threads = IsRemote(root_) ? kRemoteReads : 1;
  ARROW_RETURN_NOT_OK(base::ForEachPartition(ids.size(), threads, [&](size_t i) {
    return Read({std::string(family), std::string(version), ids[i]}).Value(&found[i]);
  }));
  std::vector<CommitRecord> records;
  for (auto& record : found)
    if (record) records.push_back(*std::move(record));  // else gone since the listing: withdrawn
  return records;
}

arrow::Result<std::vector<CommitRecord>> CommitLog::ReadAll(std::string_view family, std::string_view version,
                                                            base::Micros from) const {
  std::vector<CommitRecord> records;
  ARROW_ASSIGN_OR_RAISE(const auto days, IndexedDays(root_, family, version));
  if (days) {
    auto first = days->begin();
    if (from != INT64_MIN)
      first = std::lower_bound(days->begin(), days->end(), CommitIndex::PeriodStart(family, from));
    if (first == days->end() && first != days->begin()) --first;
    ARROW_ASSIGN_OR_RAISE(records, ReadDays(root_, family, version, {first, days->end()}));
  } else {
    ARROW_ASSIGN_OR_RAISE(records, ReadEach(family, version, from));
  }
  std::sort(records.begin(), records.end(), [](const CommitRecord& a, const CommitRecord& b) {
    return std::tie(a.at, a.key.id) < std::tie(b.at, b.key.id);
  });
  return records;
}

arrow::Result<std::optional<base::Micros>> CommitLog::First(std::string_view family,
                                                            std::string_view version) const {
  ARROW_ASSIGN_OR_RAISE(const auto days, IndexedDays(root_, family, version));
  std::vector<CommitRecord> records;
  if (!days) {
    ARROW_ASSIGN_OR_RAISE(records, ReadEach(family, version));
  }
  for (size_t i = 0; days && i < days->size() && records.empty(); ++i) {
    ARROW_ASSIGN_OR_RAISE(records, ReadDays(root_, family, version, {(*days)[i]}));
  }
  const auto first = std::min_element(records.begin(), records.end(),
                                      [](const auto& a, const auto& b) { return a.at < b.at; });
  return first == records.end() ? std::nullopt : std::optional(first->at);
}

}  // namespace ndr::storage
