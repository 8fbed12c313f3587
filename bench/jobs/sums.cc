// SPDX-License-Identifier: Apache-2.0
#include "jobs/sums.h"

#include <arrow/array.h>
#include <arrow/type.h>

namespace ndr::bench {
namespace {

template <class Array, class Sum>
int64_t SumOf(const arrow::Array& array, Sum* sum) {
  const auto& values = static_cast<const Array&>(array);
  int64_t count = 0;
  for (int64_t i = 0; i < values.length(); ++i)
    if (values.IsValid(i)) {
      *sum += values.Value(i);
      ++count;
    }
  return count;
}

}  // namespace

void TableSums::Add(const arrow::RecordBatch& batch) {
  rows_ += batch.num_rows();
  for (int c = 0; c < batch.num_columns(); ++c) {
    const arrow::Array* array = batch.column(c).get();
    if (array->type_id() == arrow::Type::LIST)
      array = static_cast<const arrow::ListArray*>(array)->values().get();
    Column sum, *const column = &sum;
    switch (array->type_id()) {
      case arrow::Type::INT8:
        sum.values = SumOf<arrow::Int8Array>(*array, &column->whole);
        break;
      case arrow::Type::INT32:
        sum.values = SumOf<arrow::Int32Array>(*array, &column->whole);
        break;
      case arrow::Type::INT64:
        sum.values = SumOf<arrow::Int64Array>(*array, &column->whole);
        break;
      case arrow::Type::UINT16:
        sum.values = SumOf<arrow::UInt16Array>(*array, &column->whole);
        break;
      case arrow::Type::TIMESTAMP:
        sum.values = SumOf<arrow::TimestampArray>(*array, &column->whole);
        break;
      case arrow::Type::DOUBLE:
        sum.values = SumOf<arrow::DoubleArray>(*array, &column->real);
        break;
      default:
        continue;
    }
    Column& total = columns_[batch.column_name(c)];
    total.values += sum.values, total.whole += sum.whole, total.real += sum.real;
  }
}

nlohmann::ordered_json TableSums::ToJson() const {
  nlohmann::ordered_json columns = nlohmann::ordered_json::object();
  for (const auto& [name, column] : columns_)
    columns[name] = {column.values,
                     static_cast<double>(static_cast<long double>(column.whole) + column.real)};
  return {{"rows", rows_}, {"columns", std::move(columns)}};
}

}  // namespace ndr::bench
