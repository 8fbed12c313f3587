// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/columns.h"

#include <arrow/buffer.h>
#include <arrow/util/bit_util.h>

namespace ndr::correlation {
namespace {

std::shared_ptr<arrow::Buffer> Bits(const std::vector<uint8_t>& valid) {
  std::vector<uint8_t> bits((valid.size() + 7) / 8);
  for (size_t i = 0; i < valid.size(); ++i)
    if (valid[i] != 0) arrow::bit_util::SetBit(bits.data(), static_cast<int64_t>(i));
  return arrow::Buffer::FromVector(std::move(bits));
}

// Copies, with 0 in the place of nulls; `valid` stays empty where there are none.
template <class T, class IsNull>
std::vector<T> Split(std::span<const T> values, IsNull is_null, std::vector<uint8_t>* valid) {
  std::vector<T> out(values.begin(), values.end());
  for (size_t i = 0; i < out.size(); ++i) {
    if (!is_null(out[i])) continue;
    if (valid->empty()) valid->assign(out.size(), 1);
    (*valid)[i] = 0;
    out[i] = 0;
  }
  return out;
}

constexpr auto kIsNaN = [](double v) { return v != v; };

}  // namespace

void PutNullable(catalogue::BatchBuilder* to, std::string_view column, std::span<const double> values) {
  std::vector<uint8_t> valid;
  std::vector<double> out = Split(values, kIsNaN, &valid);
  to->Put(column, std::move(out), valid);
}

template <class T>
void PutNullable(catalogue::BatchBuilder* to, std::string_view column, std::span<const T> values) {
  std::vector<uint8_t> valid;
  std::vector<T> out = Split(
      values, [](T v) { return v < 0; }, &valid);
  to->Put(column, std::move(out), valid);
}
template void PutNullable<int64_t>(catalogue::BatchBuilder*, std::string_view, std::span<const int64_t>);
template void PutNullable<int8_t>(catalogue::BatchBuilder*, std::string_view, std::span<const int8_t>);

std::shared_ptr<arrow::Array> TextColumn::Finish() {
  std::shared_ptr<arrow::Buffer> bits;
  if (!nulls_.empty()) {
    std::vector<uint8_t> valid(rows(), 1);
    for (const size_t row : nulls_) valid[row] = 0;
    bits = Bits(valid);
  }
  const auto count = static_cast<int64_t>(rows());
  return std::make_shared<arrow::StringArray>(count, arrow::Buffer::FromVector(std::move(offsets_)),
                                              arrow::Buffer::FromString(std::move(bytes_)), bits,
                                              static_cast<int64_t>(nulls_.size()));
}

std::shared_ptr<arrow::Array> NumberArray(std::span<const double> values) {
  std::vector<uint8_t> valid;
  std::vector<double> out = Split(values, kIsNaN, &valid);
  const auto count = static_cast<int64_t>(out.size());
  return std::make_shared<arrow::DoubleArray>(count, arrow::Buffer::FromVector(std::move(out)),
                                              valid.empty() ? nullptr : Bits(valid));
}

std::shared_ptr<arrow::Array> ListArray(std::vector<int32_t> offsets, std::shared_ptr<arrow::Array> items) {
  const auto rows = static_cast<int64_t>(offsets.size()) - 1;
  return std::make_shared<arrow::ListArray>(arrow::list(items->type()), rows,
                                            arrow::Buffer::FromVector(std::move(offsets)), std::move(items));
}

}  // namespace ndr::correlation
