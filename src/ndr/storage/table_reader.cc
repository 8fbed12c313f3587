// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/table_reader.h"

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>

#include "ndr/base/exit_code.h"
#include "ndr/storage/table_files.h"
#include "ndr/storage/table_schema.h"
#include "ndr/storage/table_source.h"

namespace ndr::storage {
namespace {

using arrow::Status;

Status InFile(const TableFile& file, const Status& status) {
  const std::string& message = status.message();
  return message.find(file.path) == std::string::npos ? status.WithMessage(file.path, ": ", message) : status;
}

// A partition's value as a column.
arrow::Result<std::shared_ptr<arrow::Array>> Repeated(const TableFile& file, const arrow::Field& field,
                                                      int64_t rows) {
  const std::optional<std::string>& value = *file.Partition(field.name());
  if (!value) return arrow::MakeArrayOfNull(field.type(), rows);
  const auto one = arrow::Scalar::Parse(TypeInFiles(field.type()), *value);
  if (!one.ok())
    return base::ContractViolation(file.path + ": partition '" + field.name() + "' is '" + *value +
                                   "', which is no value of type " + field.type()->ToString());
  ARROW_ASSIGN_OR_RAISE(const auto column, arrow::MakeArrayFromScalar(**one, rows));
  return ToTableColumn(column, field.type());
}

}  // namespace

struct TableReader::State {
  explicit State(TableOptions o) : options(std::move(o)), table(options.schema, options.union_schemas) {}

  Status Infer();
  Status Project();
  Status OpenNext();
  Status WhyNot(const TableFile& file, const Status& status) const;
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Shape(const arrow::RecordBatch& batch) const;

  TableOptions options;
  std::vector<TableFile> files;
  TableSchema table;
  std::shared_ptr<arrow::Schema> whole, out;
  SourceRequest request;
  std::unique_ptr<TableSource> source;  // of the file before `next`
  size_t next = 0;
};

Status TableReader::State::Infer() {
  if (options.schema == nullptr)
    for (const TableFile& file : files) {
      if (file.bytes == 0 && file.format != TableFormat::kParquet) continue;
      const auto opened = OpenSource(file, {});
      if (!opened.ok()) return InFile(file, opened.status());
      ARROW_RETURN_NOT_OK(table.Merge(file, (*opened)->schema()));
      if (!options.union_schemas) break;
    }
  table.Close(files);
  whole = table.schema();
  return Status::OK();
}

Status TableReader::State::Project() {
  out = whole;
  const bool known = !files.empty() || options.schema != nullptr;
  for (const TableCondition& condition : options.row_groups)
    if (known && whole->GetFieldIndex(condition.column) < 0)
      return base::UsageError("no column '" + condition.column +
                              "' in the table, whose row groups it is to choose");
  if (!options.columns.empty() && known) {
    arrow::FieldVector fields;
    for (const std::string& column : options.columns) {
      fields.push_back(whole->GetFieldByName(column));
      if (fields.back() == nullptr) return base::UsageError("no column '" + column + "' in the table");
    }
    out = arrow::schema(std::move(fields));
  }
  request = {whole, out->field_names(), options.row_groups, table.passes_over()};
  return Status::OK();
}

Status TableReader::State::WhyNot(const TableFile& file, const Status& status) const {
  if (file.format != TableFormat::kParquet && status.IsInvalid())
    if (const auto inferred = OpenSource(file, {}); inferred.ok())
      ARROW_RETURN_NOT_OK(table.Explain(file, (*inferred)->schema()));
  return InFile(file, status);
}

Status TableReader::State::OpenNext() {
  const TableFile& file = files[next++];
  SourceRequest own = request;
  // All are looked at: another file's may lack one, or have one more.
  if (file.format != TableFormat::kParquet) own.columns.clear();
  auto opened = OpenSource(file, own);
  if (!opened.ok()) return WhyNot(file, opened.status());
  source = *std::move(opened);
  return table.Check(file, source->schema());
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> TableReader::State::Shape(
    const arrow::RecordBatch& batch) const {
  const TableFile& file = files[next - 1];
  arrow::ArrayVector columns;
  for (const auto& field : out->fields()) {
    const auto own = batch.GetColumnByName(field->name());
    auto column = file.Partition(field->name()) != nullptr ? Repeated(file, *field, batch.num_rows())
                  : own == nullptr ? arrow::MakeArrayOfNull(field->type(), batch.num_rows())
                                   : ToTableColumn(own, field->type());
    if (!column.ok()) return InFile(file, column.status());
    columns.push_back(*std::move(column));
  }
  return arrow::RecordBatch::Make(out, batch.num_rows(), std::move(columns));
}

TableReader::TableReader() = default;
TableReader::~TableReader() = default;
const std::shared_ptr<arrow::Schema>& TableReader::schema() const { return state_->out; }

arrow::Result<std::unique_ptr<TableReader>> TableReader::Open(const std::vector<std::string>& inputs,
                                                              TableOptions options) {
  std::unique_ptr<TableReader> reader(new TableReader());
  reader->state_ = std::make_unique<State>(std::move(options));
  State& state = *reader->state_;
  ARROW_ASSIGN_OR_RAISE(state.files, FilesOfTable(inputs, state.options));
  ARROW_RETURN_NOT_OK(state.Infer());
  ARROW_RETURN_NOT_OK(state.Project());
  return reader;
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> TableReader::Next() {
  State& state = *state_;
  while (true) {
    if (state.source == nullptr && state.next == state.files.size()) return nullptr;
    if (state.source == nullptr) ARROW_RETURN_NOT_OK(state.OpenNext());
    const auto read = state.source->Next();
    if (!read.ok()) return state.WhyNot(state.files[state.next - 1], read.status());
    const auto& batch = *read;
    if (batch == nullptr) {
      state.source.reset();
      continue;
    }
    if (batch->num_rows() > 0) return state.Shape(*batch);
  }
}

}  // namespace ndr::storage
