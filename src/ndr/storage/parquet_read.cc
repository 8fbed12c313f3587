// SPDX-License-Identifier: Apache-2.0
#include <arrow/io/file.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>

#include <algorithm>
#include <numeric>

#include "ndr/storage/address_text.h"
#include "ndr/storage/parquet_file.h"

namespace ndr::storage {

using arrow::Status;

struct ParquetReader::State {
  std::string path;
  std::shared_ptr<arrow::Schema> schema;  // of the batches that leave
  std::unique_ptr<parquet::arrow::FileReader> file;
  std::unique_ptr<arrow::RecordBatchReader> batches;

  Status Open(const std::shared_ptr<arrow::Schema>& whole, const std::vector<std::string>& columns);
};

namespace {

arrow::Result<std::shared_ptr<arrow::Schema>> Project(const std::shared_ptr<arrow::Schema>& schema,
                                                      const std::vector<std::string>& columns) {
  if (columns.empty()) return schema;
  for (const std::string& name : columns)
    if (schema->GetFieldIndex(name) < 0) return Status::Invalid("no column '", name, "' in the dataset");
  arrow::FieldVector fields;
  for (const auto& field : schema->fields())
    if (std::find(columns.begin(), columns.end(), field->name()) != columns.end()) fields.push_back(field);
  return arrow::schema(std::move(fields));
}

// The file's leaves under the columns wanted, by number.
std::vector<int> Leaves(const parquet::SchemaDescriptor& file, const arrow::Schema& wanted) {
  std::vector<int> leaves;
  for (int i = 0; i < file.num_columns(); ++i)
    if (wanted.GetFieldIndex(file.Column(i)->path()->ToDotVector().front()) >= 0) leaves.push_back(i);
  return leaves;
}

// Nested types read back with other names of their inner fields: the same arrays under the catalogue's type.
std::shared_ptr<arrow::ArrayData> Renamed(const arrow::ArrayData& data,
                                          const std::shared_ptr<arrow::DataType>& type) {
  auto copy = data.Copy();
  copy->type = type;
  for (size_t i = 0; i < copy->child_data.size(); ++i)
    copy->child_data[i] = Renamed(*copy->child_data[i], type->field(static_cast<int>(i))->type());
  return copy;
}

arrow::Result<std::shared_ptr<arrow::Array>> ToColumn(const std::shared_ptr<arrow::Array>& array,
                                                      const arrow::Field& field) {
  if (field.type()->id() == arrow::Type::FIXED_SIZE_BINARY) return TextToAddresses(*array);
  if (!array->type()->Equals(*field.type()))
    return Status::Invalid("has type ", array->type()->ToString(), ", not ", field.type()->ToString());
  if (field.type()->num_fields() == 0) return array;
  return arrow::MakeArray(Renamed(*array->data(), field.type()));
}

}  // namespace

Status ParquetReader::State::Open(const std::shared_ptr<arrow::Schema>& whole,
                                  const std::vector<std::string>& columns) {
  ARROW_ASSIGN_OR_RAISE(schema, Project(whole, columns));
  ARROW_ASSIGN_OR_RAISE(auto input, arrow::io::ReadableFile::Open(path));
  auto parquet = parquet::ParquetFileReader::Open(std::move(input));
  const auto* file_schema = parquet->metadata()->schema();
  const std::vector<int> leaves = Leaves(*file_schema, *schema);
  parquet::ArrowReaderProperties properties(/*use_threads=*/false);
  properties.set_batch_size(kRowGroupRows);
  properties.set_pre_buffer(
      false);  // on a local disk this thread would only wait for the one that reads ahead
  for (const int leaf : leaves) {
    const auto field = schema->GetFieldByName(file_schema->Column(leaf)->path()->ToDotVector().front());
    properties.set_read_dictionary(leaf, field->type()->id() == arrow::Type::FIXED_SIZE_BINARY);
  }
  ARROW_ASSIGN_OR_RAISE(
      file, parquet::arrow::FileReader::Make(arrow::default_memory_pool(), std::move(parquet), properties));
  std::vector<int> groups(static_cast<size_t>(file->num_row_groups()));
  std::iota(groups.begin(), groups.end(), 0);
  ARROW_ASSIGN_OR_RAISE(batches, file->GetRecordBatchReader(groups, leaves));
  return Status::OK();
}

ParquetReader::ParquetReader() : state_(std::make_unique<State>()) {}
ParquetReader::~ParquetReader() = default;

arrow::Result<std::unique_ptr<ParquetReader>> ParquetReader::Open(
    const std::string& path, const std::shared_ptr<arrow::Schema>& schema,
    const std::vector<std::string>& columns) {
  std::unique_ptr<ParquetReader> reader(new ParquetReader());
  Status status;
  try {
    reader->state_->path = path;
    status = reader->state_->Open(schema, columns);
  } catch (const std::exception& e) {
    status = Status::Invalid(e.what());
  }
  if (!status.ok()) return status.WithMessage(path, ": ", status.message());
  return reader;
}

int64_t ParquetReader::rows() const { return state_->file->parquet_reader()->metadata()->num_rows(); }

arrow::Result<std::shared_ptr<arrow::RecordBatch>> ParquetReader::Next() {
  std::shared_ptr<arrow::RecordBatch> batch;
  Status status;
  try {
    status = state_->batches->ReadNext(&batch);
  } catch (const std::exception& e) {
    status = Status::Invalid(e.what());
  }
  if (!status.ok()) return status.WithMessage(state_->path, ": ", status.message());
  if (batch == nullptr) return nullptr;
  arrow::ArrayVector arrays;
  for (const auto& field : state_->schema->fields()) {
    const auto array = batch->GetColumnByName(field->name());
    if (array == nullptr) return Status::Invalid(state_->path, ": column '", field->name(), "' is missing");
    const auto column = ToColumn(array, *field);
    if (!column.ok())
      return Status::Invalid(state_->path, ": column '", field->name(), "' ", column.status().message());
    arrays.push_back(*column);
  }
  return arrow::RecordBatch::Make(state_->schema, batch->num_rows(), std::move(arrays));
}

}  // namespace ndr::storage
