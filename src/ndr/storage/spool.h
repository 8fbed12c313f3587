// SPDX-License-Identifier: Apache-2.0
// Batches kept apart by slice while a history is read, in bounded memory (specification 1, a replay of a
// history).
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ndr/base/time.h"

namespace arrow::io {
class FileOutputStream;
class RandomAccessFile;
}  // namespace arrow::io

namespace ndr::storage {

/// In: batches of any slices, in input order. Out: of one slice at a time its batches, in input order. Beyond
/// `budget_bytes` in memory everything held goes to one file in `folder`. Not thread-safe.
class SliceSpool {
 public:
  SliceSpool(std::string folder, int64_t budget_bytes);
  ~SliceSpool();

  arrow::Status Add(base::Micros slice_start, std::shared_ptr<arrow::RecordBatch> batch);
  /// Slices that hold batches and were not taken, earliest first.
  std::vector<base::Micros> Slices() const;
  /// The batches of a slice, which is then forgotten; none for a slice without any.
  arrow::Result<std::vector<std::shared_ptr<arrow::RecordBatch>>> Take(base::Micros slice_start);

  int64_t memory_bytes() const { return memory_bytes_; }

 private:
  struct Extent {
    int64_t offset = 0, length = 0;
  };
  struct Slice {
    std::vector<Extent> extents;  // earlier than `batches`
    std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
    int64_t bytes = 0;
  };
  arrow::Status Spill();

  std::string path_;
  int64_t budget_bytes_, memory_bytes_ = 0;
  std::map<base::Micros, Slice> slices_;
  std::shared_ptr<arrow::io::FileOutputStream> out_;
  std::shared_ptr<arrow::io::RandomAccessFile> in_;
};

}  // namespace ndr::storage
