// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/legacy_delta.h"

#include <arrow/array.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/type.h>

#include <algorithm>

#include "ndr/catalogue/words.h"

namespace ndr::storage {
namespace {

using arrow::Result;
using arrow::Status;
using Counts = std::shared_ptr<arrow::Int64Array>;

constexpr const char* kSent = "bytes_sent_sum";
constexpr const char* kReceived = "bytes_recv_sum";
constexpr const char* kDropped = "drop_cnt";
constexpr const char* kSource = "bytes_src_sum";
constexpr const char* kDestination = "bytes_dst_sum";
constexpr const char* kDenied = "deny_cnt";
constexpr const char* kRole = "role";

// Null where there is no such column.
Result<Counts> CountsOf(const arrow::RecordBatch& batch, const char* name) {
  const auto column = batch.GetColumnByName(name);
  if (column == nullptr) return nullptr;
  if (column->type_id() != arrow::Type::INT64 || column->null_count() > 0)
    return Status::Invalid("column '", name, "' is of type ", column->type()->ToString(), " with ",
                           column->null_count(), " nulls, not int64 without nulls");
  return std::static_pointer_cast<arrow::Int64Array>(column);
}

Result<std::shared_ptr<arrow::StringArray>> RolesOf(const arrow::RecordBatch& batch) {
  const auto column = batch.GetColumnByName(kRole);
  if (column == nullptr || column->type_id() != arrow::Type::STRING)
    return Status::Invalid("column 'role', by which ", kSent, " and ", kReceived,
                           " are told apart, is missing or no text");
  return std::static_pointer_cast<arrow::StringArray>(column);
}

// `outbound` in outbound rows, `inbound` in the others.
Result<Counts> ByRole(const arrow::StringArray& roles, const arrow::Int64Array& outbound,
                      const arrow::Int64Array& inbound) {
  arrow::Int64Builder builder;
  ARROW_RETURN_NOT_OK(builder.Reserve(roles.length()));
  for (int64_t row = 0; row < roles.length(); ++row) {
    const std::string_view role = roles.GetView(row);
    const bool out = role == catalogue::kRoleNames[static_cast<size_t>(catalogue::Role::kOutbound)];
    if (!out && role != catalogue::kRoleNames[static_cast<size_t>(catalogue::Role::kInbound)])
      return Status::Invalid("row ", row, " has the role '", role, "'");
    builder.UnsafeAppend(out ? outbound.Value(row) : inbound.Value(row));
  }
  std::shared_ptr<arrow::Array> column;
  ARROW_RETURN_NOT_OK(builder.Finish(&column));
  return std::static_pointer_cast<arrow::Int64Array>(column);
}

Status Add(const char* name, const char* older, const Counts& values,
           std::shared_ptr<arrow::RecordBatch>* batch) {
  ARROW_ASSIGN_OR_RAISE(const Counts present, CountsOf(**batch, name));
  if (present == nullptr)
    return (*batch)
        ->AddColumn((*batch)->num_columns(), arrow::field(name, arrow::int64(), false), values)
        .Value(batch);
  for (int64_t row = 0; row < values->length(); ++row)
    if (present->Value(row) != values->Value(row))
      return Status::Invalid("column '", name, "' is ", present->Value(row), " in row ", row, ", and ", older,
                             " makes it ", values->Value(row), "; only one of them can be right");
  return Status::OK();
}

Status AddBytes(std::shared_ptr<arrow::RecordBatch>* batch) {
  ARROW_ASSIGN_OR_RAISE(const Counts sent, CountsOf(**batch, kSent));
  ARROW_ASSIGN_OR_RAISE(const Counts received, CountsOf(**batch, kReceived));
  if (sent == nullptr && received == nullptr) return Status::OK();
  if (sent == nullptr || received == nullptr)
    return Status::Invalid("column '", sent == nullptr ? kSent : kReceived, "' is missing beside '",
                           sent == nullptr ? kReceived : kSent, "'");
  ARROW_ASSIGN_OR_RAISE(const auto roles, RolesOf(**batch));
  ARROW_ASSIGN_OR_RAISE(const Counts source, ByRole(*roles, *sent, *received));
  ARROW_ASSIGN_OR_RAISE(const Counts destination, ByRole(*roles, *received, *sent));
  ARROW_RETURN_NOT_OK(Add(kSource, "bytes_sent_sum with bytes_recv_sum", source, batch));
  return Add(kDestination, "bytes_sent_sum with bytes_recv_sum", destination, batch);
}

}  // namespace

std::vector<std::string> OlderNames(const std::vector<std::string>& file, const arrow::Schema& wanted) {
  const auto has = [&](const char* name) { return std::find(file.begin(), file.end(), name) != file.end(); };
  const auto wants = [&](const char* name) { return wanted.GetFieldIndex(name) >= 0; };
  std::vector<std::string> names;
  if ((wants(kSource) || wants(kDestination)) && (has(kSent) || has(kReceived)))
    // Both of the current names too, so that each can be compared.
    for (const char* name : {kSent, kReceived, kRole, kSource, kDestination}) names.emplace_back(name);
  if (wants(kDenied) && has(kDropped)) names.emplace_back(kDropped);
  return names;
}

Result<std::shared_ptr<arrow::RecordBatch>> AddCurrentNames(std::shared_ptr<arrow::RecordBatch> batch) {
  ARROW_RETURN_NOT_OK(AddBytes(&batch));
  ARROW_ASSIGN_OR_RAISE(const Counts dropped, CountsOf(*batch, kDropped));
  if (dropped != nullptr) ARROW_RETURN_NOT_OK(Add(kDenied, kDropped, dropped, &batch));
  return batch;
}

}  // namespace ndr::storage
