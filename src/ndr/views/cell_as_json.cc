// SPDX-License-Identifier: Apache-2.0
#include <arrow/array.h>

#include <nlohmann/json.hpp>

#include "ndr/views/show.h"

namespace ndr::views {
namespace {

using nlohmann::ordered_json;

ordered_json StructAsJson(const arrow::StructArray& array, int64_t row) {
  ordered_json json = ordered_json::object();
  for (int i = 0; i < array.num_fields(); ++i)
    json[array.struct_type()->field(i)->name()] = CellAsJson(*array.field(i), row);
  return json;
}

ordered_json ListAsJson(const arrow::ListArray& array, int64_t row) {
  ordered_json json = ordered_json::array();
  for (int32_t i = array.value_offset(row); i < array.value_offset(row + 1); ++i)
    json.push_back(CellAsJson(*array.values(), i));
  return json;
}

}  // namespace

ordered_json CellAsJson(const arrow::Array& array, int64_t row) {
  if (array.IsNull(row)) return nullptr;
  switch (array.type_id()) {
    case arrow::Type::INT8:
      return static_cast<const arrow::Int8Array&>(array).Value(row);
    case arrow::Type::UINT16:
      return static_cast<const arrow::UInt16Array&>(array).Value(row);
    case arrow::Type::INT32:
      return static_cast<const arrow::Int32Array&>(array).Value(row);
    case arrow::Type::INT64:
      return static_cast<const arrow::Int64Array&>(array).Value(row);
    case arrow::Type::DOUBLE:
      return static_cast<const arrow::DoubleArray&>(array).Value(row);
    case arrow::Type::TIMESTAMP:
      return base::FormatInstant(static_cast<const arrow::TimestampArray&>(array).Value(row));
    case arrow::Type::STRING:
      return std::string(static_cast<const arrow::StringArray&>(array).GetView(row));
    case arrow::Type::FIXED_SIZE_BINARY:
      return base::ToText(
          base::Address::FromBytes(static_cast<const arrow::FixedSizeBinaryArray&>(array).GetValue(row)));
    case arrow::Type::LIST:
      return ListAsJson(static_cast<const arrow::ListArray&>(array), row);
    case arrow::Type::STRUCT:
      return StructAsJson(static_cast<const arrow::StructArray&>(array), row);
    default:
      return array.type()->ToString();
  }
}

}  // namespace ndr::views
