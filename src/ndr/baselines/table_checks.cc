// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/table_checks.h"

#include <arrow/array.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "ndr/base/address.h"

namespace ndr::baselines {
namespace {

using arrow::Status;
using catalogue::Dataset;

// The fields behind the key: those that all three tables share.
arrow::FieldVector SharedFields(const catalogue::Catalogue& catalogue, Dataset table,
                                const arrow::Schema& schema) {
  const std::vector<std::string> key = catalogue.Key(table);
  arrow::FieldVector fields;
  for (const auto& field : schema.fields())
    if (field->name() != "hosts_cnt" && std::find(key.begin(), key.end(), field->name()) == key.end())
      fields.push_back(field);
  return fields;
}

Status AppendKeyPart(const arrow::Array& array, int64_t row, std::string* key) {
  switch (array.type_id()) {
    case arrow::Type::STRING:
      key->append(static_cast<const arrow::StringArray&>(array).GetView(row));
      break;
    case arrow::Type::FIXED_SIZE_BINARY:
      key->append(base::ToText(
          base::Address::FromBytes(static_cast<const arrow::FixedSizeBinaryArray&>(array).GetValue(row))));
      break;
    case arrow::Type::UINT16:
      key->append(std::to_string(static_cast<const arrow::UInt16Array&>(array).Value(row)));
      break;
    default:
      return Status::Invalid("a key of type ", array.type()->ToString());
  }
  key->push_back('|');
  return Status::OK();
}

}  // namespace

Status CheckParity(const catalogue::Catalogue& catalogue, const arrow::Schema& host, Dataset table,
                   const arrow::Schema& schema) {
  const arrow::FieldVector expected = SharedFields(catalogue, Dataset::kFgBHost, host);
  const arrow::FieldVector found = SharedFields(catalogue, table, schema);
  for (size_t i = 0; i < std::max(expected.size(), found.size()); ++i) {
    if (i < expected.size() && i < found.size() && expected[i]->Equals(found[i])) continue;
    return Status::Invalid(catalogue::PathOf(table), ": column ",
                           i < found.size() ? found[i]->ToString() : "none", " where ",
                           catalogue::PathOf(Dataset::kFgBHost), " has ",
                           i < expected.size() ? expected[i]->ToString() : "none");
  }
  return Status::OK();
}

Status CheckUniqueKeys(const catalogue::Catalogue& catalogue, Dataset table,
                       const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches) {
  std::string bytes;  // all keys, one behind the other
  std::vector<size_t> ends{0};
  for (const auto& batch : batches) {
    arrow::ArrayVector columns;
    for (const std::string& name : catalogue.Key(table)) {
      columns.push_back(batch->GetColumnByName(name));
      if (columns.back() == nullptr)
        return Status::Invalid(catalogue::PathOf(table), ": column '", name, "' is missing");
    }
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      for (const auto& column : columns) ARROW_RETURN_NOT_OK(AppendKeyPart(*column, row, &bytes));
      ends.push_back(bytes.size());
    }
  }
  std::vector<std::string_view> keys;
  for (size_t i = 1; i < ends.size(); ++i)
    keys.push_back(std::string_view(bytes).substr(ends[i - 1], ends[i] - ends[i - 1]));
  std::sort(keys.begin(), keys.end());
  const auto twice = std::adjacent_find(keys.begin(), keys.end());
  if (twice == keys.end()) return Status::OK();
  return Status::Invalid(catalogue::PathOf(table), ": key ", twice->substr(0, twice->size() - 1),
                         " stands twice");
}

}  // namespace ndr::baselines
