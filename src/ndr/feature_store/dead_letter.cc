// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/dead_letter.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "ndr/feature_store/remote_record.h"

namespace ndr::feature_store {

using arrow::Status;

Status DeadLetters::Add(const Group& group, const Records& records, size_t row, const std::string& error,
                        const std::string& message) {
  const auto failed = [this] {
    return Status::IOError("cannot write dead letters to ", path_, ": ", std::strerror(errno),
                           "; name another file with --dead-letters");
  };
  if (file_.get() < 0) {
    std::error_code ignored;
    const auto folder = std::filesystem::path(path_).parent_path();
    if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
    file_ = disk::Descriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (file_.get() < 0) return failed();
  }
  std::string line = "{\"record_id\":" + JsonText(records.record_id(row));
  line += ",\"feature_group\":" + JsonText(group.name);
  line +=
      ",\"reason\":{\"error\":" + JsonText(error) + ",\"message\":" + JsonText(message) + "},\"values\":{";
  bool first = true;
  ForEachValue(group, records, row, [&](std::string_view name, std::string_view value) {
    if (!std::exchange(first, false)) line += ',';
    line.append(JsonText(name)).append(":").append(JsonText(value));
  });
  line += "}}\n";
  return disk::WriteWhole(file_.get(), line) ? Status::OK() : failed();
}

Status DeadLetters::Sync() {
  if (file_.get() < 0 || ::fsync(file_.get()) == 0) return Status::OK();
  return Status::IOError("cannot write dead letters to ", path_, ": ", std::strerror(errno));
}

}  // namespace ndr::feature_store
