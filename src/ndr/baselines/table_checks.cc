// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/table_checks.h"

#include <algorithm>
#include <string>
#include <vector>

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

}  // namespace ndr::baselines
