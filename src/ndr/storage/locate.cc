// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "ndr/storage/object_store.h"

namespace ndr::storage {

arrow::Result<StoredObject> Locate(const std::string& path) {
  StoredObject object;
  if (IsRemote(path)) {
    const size_t bucket = path.find("//") + 2, slash = path.find('/', bucket);
    if (slash == std::string::npos || slash + 1 == path.size())
      return arrow::Status::Invalid("'", path, "' names a bucket, not an object in it");
    ARROW_ASSIGN_OR_RAISE(object.store, OpenStore(path.substr(0, slash)));
    object.name = path.substr(slash + 1);
    return object;
  }
  const std::filesystem::path whole(path);
  const std::string folder = whole.parent_path().string();
  ARROW_ASSIGN_OR_RAISE(object.store, OpenStore(folder.empty() ? "." : folder));
  object.name = whole.filename().string();
  return object;
}

}  // namespace ndr::storage
