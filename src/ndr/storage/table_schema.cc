// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/table_schema.h"

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/compute/cast.h>
#include <arrow/type.h>

#include <algorithm>

#include "ndr/base/address.h"
#include "ndr/base/exit_code.h"
#include "ndr/storage/address_text.h"
#include "ndr/storage/table_source.h"

namespace ndr::storage {
namespace {

using arrow::Status;
using arrow::Type;

bool IsAddressType(const arrow::DataType& type) {
  return type.id() == Type::FIXED_SIZE_BINARY &&
         static_cast<const arrow::FixedSizeBinaryType&>(type).byte_width() == base::kAddressBytes;
}

bool Fits(const std::shared_ptr<arrow::DataType>& type, const std::shared_ptr<arrow::DataType>& agreed) {
  const auto plain = PlainType(type);
  return plain->id() == Type::NA || plain->Equals(agreed) || plain->Equals(PlainType(agreed)) ||
         plain->Equals(TypeInFiles(agreed));
}

// What a text of one inferred type may well be read as.
bool ReadsAs(const arrow::DataType& inferred, const arrow::DataType& agreed, TableFormat format) {
  const Type::type from = inferred.id(), to = agreed.id();
  return from == to || from == Type::NA ||
         (arrow::is_integer(from) && (arrow::is_integer(to) || arrow::is_floating(to))) ||
         (format == TableFormat::kCsv && to == Type::STRING);
}

}  // namespace

std::shared_ptr<arrow::DataType> PlainType(const std::shared_ptr<arrow::DataType>& type) {
  if (type->id() == Type::LARGE_STRING || type->id() == Type::STRING_VIEW) return arrow::utf8();
  if (type->id() == Type::DICTIONARY)
    return PlainType(static_cast<const arrow::DictionaryType&>(*type).value_type());
  return type;
}

std::shared_ptr<arrow::DataType> TypeInFiles(const std::shared_ptr<arrow::DataType>& type) {
  return IsAddressType(*type) ? arrow::utf8() : PlainType(type);
}

arrow::Result<std::shared_ptr<arrow::Array>> ToTableColumn(const std::shared_ptr<arrow::Array>& array,
                                                           const std::shared_ptr<arrow::DataType>& type) {
  if (array->type()->Equals(type)) return array;
  if (array->type_id() == Type::NA) return arrow::MakeArrayOfNull(type, array->length());
  if (!IsAddressType(*type)) return arrow::compute::Cast(*array, type);
  ARROW_ASSIGN_OR_RAISE(const auto text, ToTableColumn(array, arrow::utf8()));
  return TextToAddresses(*text);
}

TableSchema::TableSchema(const std::shared_ptr<arrow::Schema>& given, bool union_schemas)
    : given_(given != nullptr), union_(union_schemas) {
  if (given_) fields_ = given->fields();
}

const std::shared_ptr<arrow::Field>* TableSchema::Find(const std::string& column) const {
  const auto at =
      std::find_if(fields_.begin(), fields_.end(), [&](const auto& f) { return f->name() == column; });
  return at == fields_.end() ? nullptr : &*at;
}

Status TableSchema::Conflict(const TableFile& file, const std::string& column, const arrow::DataType& type,
                             const arrow::DataType& agreed) const {
  const auto origin = origins_.find(column);
  return base::ContractViolation(file.path + ": column '" + column + "' has type " + type.ToString() +
                                 ", but " + agreed.ToString() + " in " +
                                 (origin == origins_.end() ? "the schema that is given" : origin->second));
}

Status TableSchema::Unknown(const TableFile& file, const std::string& what) const {
  return base::ContractViolation(file.path + ": " + what +
                                 "; ask for the union of schemas if files may differ");
}

Status TableSchema::Merge(const TableFile& file, const arrow::Schema& columns) {
  for (const auto& field : columns.fields()) {
    if (file.Partition(field->name()) != nullptr) continue;  // the path says it
    const auto type = PlainType(field->type());
    const auto* known = Find(field->name());
    if (known == nullptr) {
      fields_.push_back(arrow::field(field->name(), type));
      origins_[field->name()] = file.path;
    } else if ((*known)->type()->id() == Type::NA) {
      fields_[static_cast<size_t>(known - fields_.data())] = arrow::field(field->name(), type);
      origins_[field->name()] = file.path;
    } else if (!Fits(type, (*known)->type())) {
      return Conflict(file, field->name(), *type, *(*known)->type());
    }
  }
  return Status::OK();
}

void TableSchema::Close(const std::vector<TableFile>& files) {
  for (auto& field : fields_)
    if (!given_ && field->type()->id() == Type::NA) field = field->WithType(arrow::utf8());
  const size_t used = union_ ? files.size() : std::min<size_t>(files.size(), 1);
  for (size_t i = 0; i < used; ++i)
    for (const auto& [column, value] : files[i].partitions)
      if (Find(column) == nullptr) fields_.push_back(arrow::field(column, arrow::utf8()));
}

Status TableSchema::Check(const TableFile& file, const arrow::Schema& columns) const {
  for (const auto& [column, value] : file.partitions)
    if (Find(column) == nullptr && !passes_over())
      return Unknown(file, "no other file has the partition '" + column + "'");
  for (const auto& field : columns.fields()) {
    if (file.Partition(field->name()) != nullptr) continue;
    const auto* known = Find(field->name());
    if (known == nullptr && passes_over()) continue;
    if (known == nullptr)
      return Unknown(
          file, "column '" + field->name() + "' (" + field->type()->ToString() + ") is not in the table");
    if (!Fits(field->type(), (*known)->type()))
      return Conflict(file, field->name(), *field->type(), *(*known)->type());
  }
  if (union_) return Status::OK();
  for (const auto& field : fields_)
    if (file.Partition(field->name()) == nullptr && columns.GetFieldIndex(field->name()) < 0)
      return Unknown(file, "column '" + field->name() + "' (" + field->type()->ToString() + ") is missing");
  return Status::OK();
}

Status TableSchema::Explain(const TableFile& file, const arrow::Schema& inferred) const {
  for (const auto& field : inferred.fields()) {
    if (file.Partition(field->name()) != nullptr) continue;
    const auto* known = Find(field->name());
    if (known == nullptr && !passes_over())
      return Unknown(
          file, "column '" + field->name() + "' (" + field->type()->ToString() + ") is not in the table");
    if (known != nullptr && !ReadsAs(*field->type(), *TypeInFiles((*known)->type()), file.format))
      return Conflict(file, field->name(), *field->type(), *(*known)->type());
  }
  return Status::OK();
}

std::shared_ptr<arrow::Schema> TableSchema::schema() const { return arrow::schema(fields_); }

}  // namespace ndr::storage
