// SPDX-License-Identifier: Apache-2.0
// A file of lines that grows, and that one process has at a time.
#pragma once

#include <arrow/result.h>

#include <string>

#include "ndr/disk/descriptor.h"

namespace ndr::feature_store {

/// IOError, with the path: what the disk refuses.
class LedgerFile {
 public:
  /// Makes the file and its folder where they are missing, holds it until the end, and gives its whole lines:
  /// one without its end is of a process that was killed, and is cut off. A usage error where another process
  /// holds it. `only_look`: makes, holds and changes nothing, now or later; a missing file is an empty one.
  arrow::Result<std::string> Open(const std::string& path, bool only_look);
  /// One write.
  arrow::Status Append(const std::string& lines);
  /// All at once: whoever reads it sees the old lines or the new ones.
  arrow::Status Replace(const std::string& lines);
  /// To the disk.
  arrow::Status Sync();

 private:
  arrow::Status Hold(int fd);
  arrow::Status Failed(const char* action) const;

  std::string path_;
  disk::Descriptor file_;
  bool only_look_ = false;
};

}  // namespace ndr::feature_store
