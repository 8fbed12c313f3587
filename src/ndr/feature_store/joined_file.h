// SPDX-License-Identifier: Apache-2.0
// The file that a join writes: Parquet or CSV, by its name.
#pragma once

#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include <memory>
#include <string>

namespace ndr::feature_store {

class JoinedFile {
 public:
  /// Usage error where the name ends neither with .parquet nor with .csv. Nothing stands under the name
  /// before Close.
  static arrow::Result<std::unique_ptr<JoinedFile>> Open(const std::string& path,
                                                         const std::shared_ptr<arrow::Schema>& schema);
  virtual ~JoinedFile() = default;
  virtual arrow::Status Append(const std::shared_ptr<arrow::RecordBatch>& batch) = 0;
  virtual arrow::Status Close() = 0;
};

}  // namespace ndr::feature_store
