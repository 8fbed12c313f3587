// SPDX-License-Identifier: Apache-2.0
// Records that a store refuses for good, with their reason, as JSON Lines (specification 4, Feature store).
#pragma once

#include <arrow/status.h>

#include <string>

#include "ndr/disk/descriptor.h"
#include "ndr/feature_store/record.h"

namespace ndr::feature_store {

/// Made with the first of its letters; later runs append. One thread at a time.
class DeadLetters {
 public:
  explicit DeadLetters(std::string path) : path_(std::move(path)) {}

  /// One line: record_id, feature_group, reason {error, message}, values (all texts, as they were sent).
  arrow::Status Add(const Group& group, const Records& records, size_t row, const std::string& error,
                    const std::string& message);
  /// To the disk.
  arrow::Status Sync();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  disk::Descriptor file_;
};

}  // namespace ndr::feature_store
