// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/machine_mapping.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include "ndr/base/exit_code.h"
#include "ndr/storage/input.h"
#include "ndr/storage/table_schema.h"
#include "ndr/storage/table_source.h"

namespace ndr::jobs {
namespace {

using arrow::Status;

constexpr const char* kAddress = "ip_address";
constexpr const char* kName = "machine_name";

Status AddMachines(storage::TableSource* table, MachineMapping* mapping) {
  for (const char* name : {kAddress, kName}) {
    const auto field = table->schema().GetFieldByName(name);
    if (field == nullptr || storage::PlainType(field->type())->id() != arrow::Type::STRING)
      return Status::Invalid("no text column '", name, "'; it needs ", kAddress, " and ", kName);
  }
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const auto batch, table->Next());
    if (batch == nullptr) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(const auto ips,
                          storage::ToTableColumn(batch->GetColumnByName(kAddress), arrow::utf8()));
    ARROW_ASSIGN_OR_RAISE(const auto names,
                          storage::ToTableColumn(batch->GetColumnByName(kName), arrow::utf8()));
    for (int64_t i = 0; i < batch->num_rows(); ++i) {
      if (ips->IsNull(i) || names->IsNull(i)) continue;
      const auto address = base::ParseAddress(static_cast<const arrow::StringArray&>(*ips).GetView(i));
      if (address)
        mapping->names.Add(*address, static_cast<const arrow::StringArray&>(*names).GetView(i));
      else
        ++mapping->malformed;
    }
  }
}

}  // namespace

arrow::Result<MachineMapping> ReadMachineMapping(const spec::Project& project) {
  MachineMapping mapping{baselines::MachineNames(project.non_persistent_machine_prefixes), std::nullopt, 0};
  const std::string& path = project.ip_machine_mapping.path;
  if (path.empty() && !project.ip_machine_mapping.required) return mapping;
  const auto table = storage::OpenParquetOrCsv(path, {kAddress, kName}, {kAddress, kName});
  if (table.status().IsKeyError()) {
    if (!project.ip_machine_mapping.required) return mapping;
    return base::ContractViolation(
        "ip_machine_mapping.path: '" + path +
        "' does not exist; put the snapshot there, or set ip_machine_mapping.required to false");
  }
  const Status read = table.ok() ? AddMachines(table->get(), &mapping) : table.status();
  if (!read.ok()) return base::ContractViolation("ip_machine_mapping.path: " + path + ": " + read.message());
  ARROW_ASSIGN_OR_RAISE(const auto file, storage::InputFile::Open(path));
  ARROW_ASSIGN_OR_RAISE(const auto identity, file->Identity());
  mapping.input = storage::InputEntry{identity.name, identity.bytes, identity.sha256};
  return mapping;
}

}  // namespace ndr::jobs
