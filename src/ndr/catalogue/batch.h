// SPDX-License-Identifier: Apache-2.0
// Record batches by column: typed spans out of one, vectors into one. Stages take Arrow's own arrays only for
// what has no form here: lists, structs, a dictionary's words.
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/address.h"

namespace ndr::catalogue {

/// Which rows of a column are not null.
struct Validity {
  const uint8_t* bits = nullptr;  ///< null pointer: all are
  int64_t offset = 0;
  bool operator[](size_t row) const {
    const size_t i = row + static_cast<size_t>(offset);
    return bits == nullptr || (bits[i >> 3] >> (i & 7) & 1) != 0;
  }
};

/// A text column; views live as long as the batch.
struct Texts {
  const int32_t* offsets = nullptr;
  const char* bytes = nullptr;
  std::string_view operator[](size_t row) const {
    return {bytes + offsets[row], static_cast<size_t>(offsets[row + 1] - offsets[row])};
  }
};

/// A dictionary-encoded text column: row i holds `words[index[i]]`; ask `valid` before `index`.
struct Words {
  std::span<const int32_t> index;
  Validity valid;
  Texts words;
  int32_t count = 0;  ///< of words
  /// The word's number, or -1 for null.
  int32_t operator[](size_t row) const { return valid[row] ? index[row] : -1; }
};

/// Values of a column by name, without copying. T is int64_t (instants too), int32_t, uint16_t, uint8_t,
/// int8_t or double. A column that is absent or of another type is Invalid and named. Null rows hold
/// unspecified values: ask Valid.
template <class T>
arrow::Result<std::span<const T>> Values(const arrow::RecordBatch& batch, std::string_view column);
/// A column of int64 counts of sessions. One below 0 or above kLargestCount ends with 3 and is named: no log
/// makes it, and sums of such would leave int64.
arrow::Result<std::span<const int64_t>> Counts(const arrow::RecordBatch& batch, std::string_view column);
inline constexpr int64_t kLargestCount = (int64_t{1} << 53) - 1;
arrow::Result<Validity> Valid(const arrow::RecordBatch& batch, std::string_view column);
arrow::Result<Texts> TextsOf(const arrow::RecordBatch& batch, std::string_view column);
arrow::Result<Words> WordsOf(const arrow::RecordBatch& batch, std::string_view column);
/// The 16 bytes of row i stand at `[16 i]`.
arrow::Result<const uint8_t*> AddressBytes(const arrow::RecordBatch& batch, std::string_view column);
arrow::Result<std::vector<base::Address>> Addresses(const arrow::RecordBatch& batch, std::string_view column);

/// Fills a batch of a schema column by column. Vectors are moved in, not copied.
class BatchBuilder {
 public:
  BatchBuilder(std::shared_ptr<arrow::Schema> schema, int64_t rows);

  /// `valid`, one byte a row, 0 is null; empty: no nulls.
  template <class T>
  void Put(std::string_view column, std::vector<T> values, const std::vector<uint8_t>& valid = {});
  void PutAddresses(std::string_view column, std::span<const base::Address> values,
                    const std::vector<uint8_t>& valid = {});
  /// Row i gets `words[index[i]]`; an index below 0 is null.
  void PutWords(std::string_view column, std::span<const int32_t> index, std::span<const std::string> words);
  void PutConstant(std::string_view column, std::string_view text);
  void PutTexts(std::string_view column, std::span<const std::string> texts,
                const std::vector<uint8_t>& valid = {});
  /// Row i gets the bytes between `offsets[i]` and `offsets[i + 1]`.
  void PutTextBytes(std::string_view column, std::vector<int32_t> offsets, std::string bytes,
                    const std::vector<uint8_t>& valid = {});
  /// A dictionary-encoded column: row i gets `words[index[i]]`, an index below 0 is null; `words` is an utf8
  /// array.
  void PutDictionary(std::string_view column, std::vector<int32_t> index,
                     const std::shared_ptr<arrow::Array>& words);
  /// For lists and structs, and text built otherwise.
  void PutArray(std::string_view column, std::shared_ptr<arrow::Array> array);
  /// The batch; Invalid names a column that is missing, unknown, too short or null where it must not be.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Finish();

 private:
  void Set(std::string_view column, std::shared_ptr<arrow::Array> array);

  std::shared_ptr<arrow::Schema> schema_;
  int64_t rows_;
  std::vector<std::shared_ptr<arrow::Array>> arrays_;
  arrow::Status status_;
};

/// One batch out of several of one schema (the order kept); an empty one for none.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> Concatenate(
    const std::shared_ptr<arrow::Schema>& schema,
    const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches);

}  // namespace ndr::catalogue
