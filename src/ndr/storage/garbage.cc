// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <tuple>

#include "ndr/base/parallel.h"
#include "ndr/catalogue/families.h"
#include "ndr/storage/committed_files.h"
#include "ndr/storage/scratch.h"

namespace ndr::storage {
namespace {

using arrow::Result;
using arrow::Status;

Result<std::set<std::string>> Listed(ObjectStore* store, int threads) {
  ARROW_ASSIGN_OR_RAISE(const auto records, ReadRecords(store, threads));
  std::set<std::string> listed;
  for (const StoredRecord& stored : records)
    for (const FileEntry& file : stored.record.files) listed.insert(file.path);
  return listed;
}

Status AddStaging(ObjectStore* store, base::Micros before, std::vector<Garbage>* garbage) {
  std::string folder;
  bool alive = false;
  ARROW_ASSIGN_OR_RAISE(const auto objects, store->List("_staging"));
  for (const ObjectInfo& object : objects) {
    const std::string parts = object.name.substr(std::string("_staging/").size());
    const size_t slash = parts.find('/');
    // The lock of conditional puts; of a folder.
    if (slash == std::string::npos && parts == "lock") continue;
    const std::string own = parts.substr(0, slash);
    if (slash != std::string::npos && own != folder) {
      folder = own;
      alive = !IsRemote(store->location()) && !IsOwnerDead(store->location() + "/_staging/" + folder);
    }
    if (slash != std::string::npos && alive) continue;
    if (object.modified_micros < before)
      garbage->push_back({Garbage::Kind::kStaging, object.name, object.bytes, object.modified_micros, ""});
  }
  return Status::OK();
}

}  // namespace

Result<std::vector<Garbage>> FindGarbage(ObjectStore* store, base::Micros before, int threads) {
  std::vector<Garbage> garbage;
  ARROW_RETURN_NOT_OK(AddStaging(store, before, &garbage));
  // The lists come first: whatever is committed by the time the records are
  // read, they list.
  std::vector<ObjectInfo> old;
  for (const catalogue::Family& family : catalogue::kFamilies) {
    ARROW_ASSIGN_OR_RAISE(const auto objects, store->List(std::string(family.name)));
    for (const ObjectInfo& object : objects)
      if (object.modified_micros < before) old.push_back(object);
  }
  ARROW_ASSIGN_OR_RAISE(const auto listed, Listed(store, threads));
  for (const ObjectInfo& object : old)
    if (!listed.contains(object.name))
      garbage.push_back({Garbage::Kind::kData, object.name, object.bytes, object.modified_micros, ""});
  ARROW_ASSIGN_OR_RAISE(const auto uploads, store->Uploads());
  for (const UnfinishedUpload& upload : uploads)
    if (upload.begun_micros < before)
      garbage.push_back({Garbage::Kind::kUpload, upload.name, 0, upload.begun_micros, upload.id});
  std::sort(garbage.begin(), garbage.end(), [](const Garbage& a, const Garbage& b) {
    return std::tie(a.kind, a.name, a.upload_id) < std::tie(b.kind, b.name, b.upload_id);
  });
  return garbage;
}

Result<std::vector<Garbage>> RemoveGarbage(ObjectStore* store, const std::vector<Garbage>& garbage,
                                           int threads) {
  ARROW_ASSIGN_OR_RAISE(const auto listed, Listed(store, threads));
  std::vector<Garbage> gone;
  for (const Garbage& item : garbage)
    if (item.kind == Garbage::Kind::kUpload || !listed.contains(item.name)) gone.push_back(item);
  ARROW_RETURN_NOT_OK(base::ForEachPartition(gone.size(), threads, [&](size_t i) {
    return gone[i].kind == Garbage::Kind::kUpload
               ? store->Abort({gone[i].name, gone[i].upload_id, gone[i].since})
               : store->Remove(gone[i].name);
  }));
  return gone;
}

}  // namespace ndr::storage
