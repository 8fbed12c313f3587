// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/partition_rows.h"

#include <arrow/array.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/compute/api.h>
#include <arrow/record_batch.h>
#include <arrow/type_traits.h>

#include <algorithm>
#include <map>
#include <optional>

#include "ndr/base/exit_code.h"
#include "ndr/storage/address_text.h"
#include "ndr/storage/hive_path.h"

namespace ndr::storage {
namespace {

using arrow::Type;
using Texts = std::vector<std::shared_ptr<arrow::StringArray>>;

bool CanPartition(const arrow::DataType& type) {
  if (type.id() == Type::DICTIONARY)
    return static_cast<const arrow::DictionaryType&>(type).value_type()->id() == Type::STRING;
  if (type.id() == Type::FIXED_SIZE_BINARY)
    return static_cast<const arrow::FixedSizeBinaryType&>(type).byte_width() == 16;
  return arrow::is_integer(type.id()) || type.id() == Type::STRING || type.id() == Type::LARGE_STRING ||
         type.id() == Type::BOOL || type.id() == Type::DATE32;
}

arrow::Result<std::shared_ptr<arrow::StringArray>> AsText(std::shared_ptr<arrow::Array> array) {
  if (array->type_id() == Type::FIXED_SIZE_BINARY) {
    ARROW_ASSIGN_OR_RAISE(array, AddressesToText(*array));
  }
  if (array->type_id() != Type::STRING) {
    ARROW_ASSIGN_OR_RAISE(array, arrow::compute::Cast(*array, arrow::utf8()));
  }
  return std::static_pointer_cast<arrow::StringArray>(std::move(array));
}

bool SameCell(const arrow::StringArray& text, int64_t a, int64_t b) {
  return text.IsNull(a) == text.IsNull(b) && (text.IsNull(a) || text.GetView(a) == text.GetView(b));
}

std::string FolderOfRow(const std::vector<std::string>& columns, const Texts& texts, int64_t row) {
  std::string folder;
  for (size_t i = 0; i < columns.size(); ++i) {
    std::optional<std::string_view> value;
    if (texts[i]->IsValid(row)) value = texts[i]->GetView(row);
    folder += (i == 0 ? "" : "/") + HivePart(columns[i], value);
  }
  return folder;
}

}  // namespace

arrow::Status CheckPartitions(const arrow::Schema& schema, const std::vector<std::string>& columns) {
  for (const auto& field : schema.fields())
    if (schema.GetAllFieldIndices(field->name()).size() > 1)
      return base::UsageError("the table has two columns '" + field->name() + "'; rename one");
  for (const std::string& name : columns) {
    const auto field = schema.GetFieldByName(name);
    if (field == nullptr) return base::UsageError("partition column '" + name + "' is not in the table");
    if (std::count(columns.begin(), columns.end(), name) != 1)
      return base::UsageError("partition column '" + name + "' is named twice");
    if (!CanPartition(*field->type()))
      return base::UsageError("partition column '" + name + "' has type " + field->type()->ToString() +
                              "; a partition is a text, an integer, a boolean, a date or an address");
  }
  if (static_cast<int>(columns.size()) == schema.num_fields())
    return base::UsageError("all columns are partition columns; a file needs at least one of its own");
  return arrow::Status::OK();
}

std::shared_ptr<arrow::Schema> WithoutPartitions(const arrow::Schema& schema,
                                                 const std::vector<std::string>& columns) {
  arrow::FieldVector fields;
  for (const auto& field : schema.fields())
    if (std::find(columns.begin(), columns.end(), field->name()) == columns.end()) fields.push_back(field);
  return arrow::schema(std::move(fields));
}

arrow::Result<PartitionedRows> PartitionRows(const std::shared_ptr<arrow::RecordBatch>& batch,
                                             const std::vector<std::string>& columns) {
  if (columns.empty()) return PartitionedRows{{"", batch}};
  Texts texts;
  for (const std::string& name : columns) {
    ARROW_ASSIGN_OR_RAISE(texts.emplace_back(), AsText(batch->GetColumnByName(name)));
  }
  std::map<std::string, size_t> places;
  std::vector<std::pair<std::string, std::vector<int64_t>>> groups;
  size_t place = 0;
  for (int64_t row = 0; row < batch->num_rows(); ++row) {
    const bool same = row > 0 && std::all_of(texts.begin(), texts.end(), [row](const auto& text) {
                        return SameCell(*text, row - 1, row);
                      });
    if (!same) {
      const auto [at, is_new] = places.try_emplace(FolderOfRow(columns, texts, row), groups.size());
      if (is_new) groups.emplace_back(at->first, std::vector<int64_t>());
      place = at->second;
    }
    groups[place].second.push_back(row);
  }
  const auto schema = WithoutPartitions(*batch->schema(), columns);
  arrow::ArrayVector kept;
  for (const auto& field : schema->fields()) kept.push_back(batch->GetColumnByName(field->name()));
  const auto rest = arrow::RecordBatch::Make(schema, batch->num_rows(), std::move(kept));
  PartitionedRows rows;
  for (const auto& [folder, indices] : groups) {
    arrow::Int64Builder builder;
    ARROW_RETURN_NOT_OK(builder.AppendValues(indices));
    ARROW_ASSIGN_OR_RAISE(const auto chosen, builder.Finish());
    ARROW_ASSIGN_OR_RAISE(const auto taken, arrow::compute::Take(arrow::Datum(rest), arrow::Datum(chosen)));
    rows.emplace_back(folder, taken.record_batch());
  }
  return rows;
}

}  // namespace ndr::storage
