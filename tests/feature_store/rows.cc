// SPDX-License-Identifier: Apache-2.0
#include "rows.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/type.h>

#include "ndr/base/address.h"
#include "ndr/catalogue/batch.h"

namespace ndr::feature_store::testing {
namespace {

using catalogue::Dataset;

std::string RecordIdOf(Dataset dataset, const Row& row) {
  const std::string end = base::FormatInstant(row.end);
  if (dataset == Dataset::kFgA) return row.host + "|" + row.role + "|" + row.window + "|" + end;
  return row.host + "|" + row.role + "|10.0.0.0/24|WD_NIGHT|" + row.window + "|" +
         base::FormatInstant(row.end - base::kSliceMicros) + "|" + end + "|" + row.horizon;
}

std::string TextOf(const std::string& column, Dataset dataset, const Row& row) {
  if (column == "record_id") return RecordIdOf(dataset, row);
  if (column == "role") return row.role;
  if (column == "window_label") return row.window;
  return "word";
}

template <class T>
void PutNumbers(const std::string& column, const std::vector<Row>& rows, catalogue::BatchBuilder* to) {
  std::vector<T> values;
  std::vector<uint8_t> valid;
  for (const Row& row : rows) {
    const auto set = row.numbers.find(column);
    const bool is_set = set != row.numbers.end();
    valid.push_back(!is_set || set->second.has_value());
    values.push_back(static_cast<T>(is_set ? set->second.value_or(0) : 0));
  }
  to->Put(column, std::move(values), valid);
}

void PutAddresses(const std::string& column, const std::vector<Row>& rows, catalogue::BatchBuilder* to) {
  std::vector<base::Address> values;
  std::vector<uint8_t> valid;
  for (const Row& row : rows) {
    values.push_back(*base::ParseAddress(column == "host_ip" ? row.host : "10.9.9.9"));
    valid.push_back(!row.numbers.contains(column));
  }
  to->PutAddresses(column, values, valid);
}

}  // namespace

std::shared_ptr<const catalogue::Catalogue> Words() {
  static const auto words = catalogue::Catalogue::Make({}).ValueOrDie();
  return words;
}

std::shared_ptr<arrow::RecordBatch> MakeBatch(const catalogue::Catalogue& catalogue, Dataset dataset,
                                              const std::vector<Row>& rows) {
  const auto schema = catalogue.Schema(dataset);
  catalogue::BatchBuilder to(schema, static_cast<int64_t>(rows.size()));
  for (const catalogue::Column& c : catalogue.Columns(dataset)) {
    std::vector<std::string> texts;
    std::vector<int64_t> instants;
    switch (c.type) {
      case catalogue::Type::kText:
        for (const Row& row : rows) texts.push_back(TextOf(c.name, dataset, row));
        to.PutTexts(c.name, texts);
        break;
      case catalogue::Type::kInstant:
        for (const Row& row : rows) instants.push_back(c.name == "window_end_ts" ? row.end : kNoon);
        to.Put(c.name, instants);
        break;
      case catalogue::Type::kAddress:
        PutAddresses(c.name, rows, &to);
        break;
      case catalogue::Type::kInt64:
        PutNumbers<int64_t>(c.name, rows, &to);
        break;
      case catalogue::Type::kInt32:
        PutNumbers<int32_t>(c.name, rows, &to);
        break;
      case catalogue::Type::kUint16:
        PutNumbers<uint16_t>(c.name, rows, &to);
        break;
      case catalogue::Type::kFlag:
        PutNumbers<int8_t>(c.name, rows, &to);
        break;
      case catalogue::Type::kFloat64:
        PutNumbers<double>(c.name, rows, &to);
        break;
      default: {
        const auto type = schema->GetFieldByName(c.name)->type();
        auto lists = arrow::MakeBuilder(type).ValueOrDie();
        (void)lists->AppendEmptyValues(static_cast<int64_t>(rows.size()));
        to.PutArray(c.name, lists->Finish().ValueOrDie());
      }
    }
  }
  return to.Finish().ValueOrDie();
}

}  // namespace ndr::feature_store::testing
