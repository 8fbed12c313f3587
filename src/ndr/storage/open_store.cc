// SPDX-License-Identifier: Apache-2.0
#include "ndr/base/exit_code.h"
#include "ndr/storage/folder_store.h"
#include "ndr/storage/s3_store.h"

namespace ndr::storage {
namespace {

constexpr std::string_view kScheme = "s3://";

}  // namespace

bool IsRemote(std::string_view location) { return location.starts_with(kScheme); }

arrow::Status CheckOnDisk(std::string_view flag, std::string_view path) {
  if (path.find("://") == std::string_view::npos) return arrow::Status::OK();
  return base::UsageError(std::string(flag) + " is written on a disk, and " + std::string(path) +
                          " is on none: name a place on this machine");
}

arrow::Result<std::shared_ptr<ObjectStore>> OpenStore(const std::string& location) {
  std::string whole = location;
  while (whole.size() > 1 && whole.ends_with('/') && !whole.ends_with("://")) whole.pop_back();
  if (!IsRemote(whole)) {
    const size_t scheme = whole.find("://");
    if (whole.empty() || (scheme != std::string::npos && whole.find('/') == scheme + 1))
      return arrow::Status::Invalid("'", location, "' is neither a folder nor s3://bucket/prefix");
    return OpenFolder(whole);
  }
  const std::string rest = whole.substr(kScheme.size());
  const size_t slash = std::min(rest.find('/'), rest.size());
  const std::string bucket = rest.substr(0, slash);
  const std::string prefix = slash < rest.size() ? rest.substr(slash + 1) : "";
  if (!IsBucketName(bucket))
    return arrow::Status::Invalid("'", location,
                                  "' names no bucket; a root is s3://bucket/prefix, and a "
                                  "bucket's name has 3 to 63 of a-z, 0-9, '.' and '-'");
  if (("/" + prefix + "/").find("//") != std::string::npos && !prefix.empty())
    return arrow::Status::Invalid("'", location, "' has an empty part between two slashes");
  return OpenS3(bucket, prefix, ClientOf(bucket));
}

}  // namespace ndr::storage
