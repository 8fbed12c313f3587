// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/intent.h"

#include <filesystem>
#include <set>
#include <sstream>

#include "ndr/disk/files.h"

namespace ndr::storage {
namespace fs = std::filesystem;
namespace {

// The last line: an intent without it was being written when its writer died, and nothing was touched yet.
constexpr std::string_view kIntentEnd = "end\n";

}  // namespace

arrow::Result<Intent> Intent::Write(std::string path, const std::string& commit_path,
                                    const std::vector<std::string>& files) {
  std::string text = commit_path + "\n";
  for (const std::string& file : files) text += file + "\n";
  text += kIntentEnd;
  ARROW_RETURN_NOT_OK(disk::WriteFile(path, text));
  return Intent(std::move(path));
}

arrow::Status Intent::Remove() const { return disk::Remove(path_); }

arrow::Status Recover(const std::string& root, const std::string& intent_path) {
  ARROW_ASSIGN_OR_RAISE(auto text, disk::ReadWhole(intent_path));
  if (!text || !text->ends_with("\n" + std::string(kIntentEnd))) return arrow::Status::OK();
  text->resize(text->size() - kIntentEnd.size());
  std::istringstream lines(*text);
  std::string commit_path, file;
  std::getline(lines, commit_path);
  std::set<std::string> committed;
  ARROW_ASSIGN_OR_RAISE(const auto json, disk::ReadWhole(root + "/" + commit_path));
  if (json) {
    ARROW_ASSIGN_OR_RAISE(const auto record, CommitRecord::FromJson(*json, commit_path));
    for (const FileEntry& entry : record.files) committed.insert(entry.path);
  }
  while (std::getline(lines, file))
    if (!committed.contains(file)) ARROW_RETURN_NOT_OK(disk::Remove(root + "/" + file));
  return arrow::Status::OK();
}

arrow::Status RemoveCommitted(const std::string& root, const CommitRecord& record) {
  const std::string path = root + "/" + CommitPath(record.key);
  ARROW_RETURN_NOT_OK(disk::Remove(path));
  ARROW_RETURN_NOT_OK(disk::SyncFolder(fs::path(path).parent_path().string()));
  for (const FileEntry& file : record.files) ARROW_RETURN_NOT_OK(disk::Remove(root + "/" + file.path));
  return arrow::Status::OK();
}

}  // namespace ndr::storage
