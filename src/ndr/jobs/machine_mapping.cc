// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/machine_mapping.h"

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/array/util.h>
#include <arrow/chunked_array.h>
#include <arrow/csv/api.h>
#include <arrow/io/interfaces.h>
#include <arrow/table.h>
#include <parquet/arrow/reader.h>

#include "ndr/base/exit_code.h"
#include "ndr/storage/input.h"
#include "ndr/storage/object_store.h"

namespace ndr::jobs {
namespace {

using arrow::Status;

arrow::Result<std::shared_ptr<arrow::Table>> ReadTable(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto object, storage::Locate(path));
  ARROW_ASSIGN_OR_RAISE(const auto file, object.store->Open(object.name));
  ARROW_ASSIGN_OR_RAISE(const auto magic, file->Read(4));
  ARROW_RETURN_NOT_OK(file->Seek(0));
  std::shared_ptr<arrow::Table> table;
  if (magic->ToString() == "PAR1") {
    ARROW_ASSIGN_OR_RAISE(const auto reader, parquet::arrow::OpenFile(file, arrow::default_memory_pool()));
    ARROW_ASSIGN_OR_RAISE(table, reader->ReadTable());
    return table;
  }
  auto convert = arrow::csv::ConvertOptions::Defaults();
  convert.column_types = {{"ip_address", arrow::utf8()}, {"machine_name", arrow::utf8()}};
  convert.include_columns = {"ip_address", "machine_name"};
  ARROW_ASSIGN_OR_RAISE(const auto reader,
                        arrow::csv::TableReader::Make(arrow::io::default_io_context(), file,
                                                      arrow::csv::ReadOptions::Defaults(),
                                                      arrow::csv::ParseOptions::Defaults(), convert));
  return reader->Read();
}

arrow::Result<std::shared_ptr<arrow::StringArray>> TextColumn(const arrow::Table& table,
                                                              const std::string& path, const char* name) {
  const auto column = table.GetColumnByName(name);
  if (column == nullptr || column->type()->id() != arrow::Type::STRING)
    return base::ContractViolation("ip_machine_mapping.path: " + path + " has no text column '" + name +
                                   "'; it needs ip_address and machine_name");
  if (column->num_chunks() == 0)
    return std::static_pointer_cast<arrow::StringArray>(*arrow::MakeEmptyArray(arrow::utf8()));
  ARROW_ASSIGN_OR_RAISE(const auto whole, arrow::Concatenate(column->chunks()));
  return std::static_pointer_cast<arrow::StringArray>(whole);
}

}  // namespace

arrow::Result<MachineMapping> ReadMachineMapping(const spec::Project& project) {
  MachineMapping mapping{baselines::MachineNames(project.non_persistent_machine_prefixes), std::nullopt, 0};
  const std::string& path = project.ip_machine_mapping.path;
  if (path.empty() && !project.ip_machine_mapping.required) return mapping;
  auto table = ReadTable(path);
  if (table.status().IsKeyError()) {
    if (!project.ip_machine_mapping.required) return mapping;
    return base::ContractViolation(
        "ip_machine_mapping.path: '" + path +
        "' does not exist; put the snapshot there, or set ip_machine_mapping.required to false");
  }
  if (!table.ok())
    return base::ContractViolation("ip_machine_mapping.path: " + path + ": " + table.status().message());
  ARROW_ASSIGN_OR_RAISE(const auto addresses, TextColumn(**table, path, "ip_address"));
  ARROW_ASSIGN_OR_RAISE(const auto names, TextColumn(**table, path, "machine_name"));
  for (int64_t i = 0; i < addresses->length(); ++i) {
    if (addresses->IsNull(i) || names->IsNull(i)) continue;
    const auto address = base::ParseAddress(addresses->GetView(i));
    if (address)
      mapping.names.Add(*address, names->GetView(i));
    else
      ++mapping.malformed;
  }
  ARROW_ASSIGN_OR_RAISE(const auto file, storage::InputFile::Open(path));
  ARROW_ASSIGN_OR_RAISE(const auto identity, file->Identity());
  mapping.input = storage::InputEntry{identity.name, identity.bytes, identity.sha256};
  return mapping;
}

}  // namespace ndr::jobs
