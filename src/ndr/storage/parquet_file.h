// SPDX-License-Identifier: Apache-2.0
// Record batches as Parquet bytes and back. Addresses are 16 bytes in batches and canonical text in files.
// Every page carries a checksum, which is compared when it is read.
#pragma once

#include <arrow/buffer.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/catalogue/catalogue.h"

namespace arrow::io {
class RandomAccessFile;
}  // namespace arrow::io

namespace ndr::storage {

using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

/// A whole Parquet file in memory.
struct EncodedFile {
  std::shared_ptr<arrow::Buffer> bytes;
  int64_t rows = 0;
  std::string sha256;

  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes->data()), static_cast<size_t>(bytes->size())};
  }
};

/// Rows per row group.
inline constexpr int64_t kRowGroupRows = 1 << 18;

/// Rows in, one Zstd Parquet file out. The bytes depend on the rows alone, not on how they are cut into
/// batches. Of rows not yet compressed it holds at most one row group. One thread at a time.
class ParquetEncoder {
 public:
  /// `all_statistics`: smallest and largest values of every column, not only of texts and instants.
  static arrow::Result<std::unique_ptr<ParquetEncoder>> Make(const std::shared_ptr<arrow::Schema>& schema,
                                                             int64_t row_group_rows = kRowGroupRows,
                                                             bool all_statistics = false);
  ~ParquetEncoder();
  /// Invalid where the batch is of another schema.
  arrow::Status Append(std::shared_ptr<arrow::RecordBatch> batch);
  arrow::Result<EncodedFile> Finish();

 private:
  ParquetEncoder();
  struct State;
  std::unique_ptr<State> state_;
};

/// The rows of `batches`, in order. Thread-safe.
arrow::Result<EncodedFile> EncodeParquet(std::span<const std::shared_ptr<arrow::RecordBatch>> batches,
                                         const std::shared_ptr<arrow::Schema>& schema);
arrow::Result<EncodedFile> EncodeParquet(const std::shared_ptr<arrow::RecordBatch>& batch);

/// Reads the named columns of one file (all of `schema` where none is named), in `schema`'s order, as batches
/// of at most kRowGroupRows rows. `schema` is a catalogue schema. Invalid names the file and the column that
/// is missing or of another type.
class ParquetReader {
 public:
  /// A local file.
  static arrow::Result<std::unique_ptr<ParquetReader>> Open(const std::string& path,
                                                            const std::shared_ptr<arrow::Schema>& schema,
                                                            const std::vector<std::string>& columns = {});
  /// Any file; `origin` names it in errors. `older_names`: those of host partials count too (legacy_delta.h).
  static arrow::Result<std::unique_ptr<ParquetReader>> Open(std::shared_ptr<arrow::io::RandomAccessFile> file,
                                                            const std::string& origin,
                                                            const std::shared_ptr<arrow::Schema>& schema,
                                                            const std::vector<std::string>& columns = {},
                                                            bool older_names = false);
  ~ParquetReader();
  int64_t rows() const;
  /// The next batch, or null at the end.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Next();

 private:
  ParquetReader();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ndr::storage
