// SPDX-License-Identifier: Apache-2.0
#include "ndr/views/quarantine_view.h"

#include <arrow/array.h>
#include <arrow/io/interfaces.h>

#include <nlohmann/json.hpp>

#include "ndr/base/exit_code.h"
#include "ndr/storage/layout.h"
#include "ndr/storage/object_store.h"
#include "ndr/storage/parquet_file.h"
#include "ndr/storage/quarantine.h"

namespace ndr::views {
namespace {

using arrow::Status;
using nlohmann::ordered_json;

// As text that every JSON reader takes.
ordered_json BytesAsJson(const arrow::BinaryArray& array, int64_t row) {
  const ordered_json bytes = std::string(array.GetView(row));
  return ordered_json::parse(bytes.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

Status CheckNames(const std::vector<std::string>& columns) {
  const auto schema = storage::QuarantineColumns();
  for (const std::string& name : columns)
    if (schema->GetFieldIndex(name) < 0)
      return base::UsageError("--columns: quarantine has no column '" + name +
                              "'; it has file, byte_offset, rule, reason, first_bytes");
  return Status::OK();
}

}  // namespace

std::vector<std::string> QuarantineShown(const std::vector<std::string>& wanted) {
  std::vector<std::string> names = storage::QuarantineColumns()->field_names();
  std::erase_if(names, [&](const std::string& name) { return !IsWanted(wanted, name); });
  return names;
}

Status ShowQuarantine(const std::string& root, const std::string& version,
                      const std::vector<std::string>& columns, const RowCallback& row) {
  ARROW_RETURN_NOT_OK(CheckNames(columns));
  ARROW_ASSIGN_OR_RAISE(const auto store, storage::OpenStore(root));
  const std::string any = storage::QuarantinePath(version, "x"), folder = any.substr(0, any.rfind('/'));
  ARROW_ASSIGN_OR_RAISE(const auto objects, store->List(folder));
  for (const storage::ObjectInfo& object : objects) {
    if (!object.name.ends_with(".parquet")) continue;
    ARROW_ASSIGN_OR_RAISE(auto file, store->Open(object.name, object.bytes));
    ARROW_ASSIGN_OR_RAISE(const auto reader,
                          storage::ParquetReader::Open(std::move(file), root + "/" + object.name,
                                                       storage::QuarantineColumns(), columns));
    for (;;) {
      ARROW_ASSIGN_OR_RAISE(const auto batch, reader->Next());
      if (batch == nullptr) break;
      for (int64_t i = 0; i < batch->num_rows(); ++i) {
        ordered_json json;
        for (int c = 0; c < batch->num_columns(); ++c) {
          const arrow::Array& column = *batch->column(c);
          json[batch->column_name(c)] = column.type_id() == arrow::Type::BINARY
                                            ? BytesAsJson(static_cast<const arrow::BinaryArray&>(column), i)
                                            : CellAsJson(column, i);
        }
        ARROW_RETURN_NOT_OK(row(json));
      }
    }
  }
  return Status::OK();
}

}  // namespace ndr::views
