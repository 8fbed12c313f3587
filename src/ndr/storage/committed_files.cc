// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/committed_files.h"

#include "ndr/base/parallel.h"

namespace ndr::storage {

arrow::Result<CommitRecord> RecordOf(const std::string& text, const std::string& origin) {
  return IsWithdrawn(text) ? CommitRecord() : CommitRecord::FromJson(text, origin);
}

arrow::Result<std::vector<StoredRecord>> ReadRecords(ObjectStore* store, int threads) {
  ARROW_ASSIGN_OR_RAISE(std::vector<ObjectInfo> objects, store->List("_commits"));
  std::erase_if(objects, [](const ObjectInfo& object) { return !object.name.ends_with(".json"); });
  std::vector<StoredRecord> records(objects.size());
  std::vector<char> there(objects.size());
  ARROW_RETURN_NOT_OK(base::ForEachPartition(objects.size(), threads, [&](size_t i) -> arrow::Status {
    const std::string& name = objects[i].name;
    ARROW_ASSIGN_OR_RAISE(const auto text, store->Read(name));
    if (!text) return arrow::Status::OK();  // withdrawn since the list
    there[i] = 1;
    records[i].name = name;
    ARROW_ASSIGN_OR_RAISE(records[i].record, RecordOf(*text, store->location() + "/" + name));
    return arrow::Status::OK();
  }));
  std::vector<StoredRecord> found;
  for (size_t i = 0; i < records.size(); ++i)
    if (there[i] != 0) found.push_back(std::move(records[i]));
  return found;
}

}  // namespace ndr::storage
