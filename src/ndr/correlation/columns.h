// SPDX-License-Identifier: Apache-2.0
// From numbers with NaN for null, and from words, to the columns of record batches.
#pragma once

#include <arrow/array.h>
#include <arrow/result.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/catalogue/batch.h"

namespace ndr::correlation {

/// A NaN becomes a null (and 0 underneath, so that equal columns have equal bytes).
void PutNullable(catalogue::BatchBuilder* to, std::string_view column, std::span<const double> values);
/// A negative number becomes a null. T is int64_t or int8_t.
template <class T>
void PutNullable(catalogue::BatchBuilder* to, std::string_view column, std::span<const T> values);

/// A text column written row by row.
class TextColumn {
 public:
  void Reserve(size_t rows, size_t bytes) { offsets_.reserve(rows + 1), bytes_.reserve(bytes); }
  void Append(std::string_view part) { bytes_ += part; }
  void EndRow() { offsets_.push_back(static_cast<int32_t>(bytes_.size())); }
  /// Ends a null row, to which nothing was appended.
  void EndNull() { nulls_.push_back(offsets_.size() - 1), EndRow(); }
  size_t rows() const { return offsets_.size() - 1; }
  std::shared_ptr<arrow::Array> Finish();

 private:
  std::vector<int32_t> offsets_{0};
  std::vector<size_t> nulls_;
  std::string bytes_;
};

/// A double column; NaN becomes null.
std::shared_ptr<arrow::Array> NumberArray(std::span<const double> values);
/// Lists over `items`: list i holds [offsets[i], offsets[i + 1]).
std::shared_ptr<arrow::Array> ListArray(std::vector<int32_t> offsets, std::shared_ptr<arrow::Array> items);

}  // namespace ndr::correlation
