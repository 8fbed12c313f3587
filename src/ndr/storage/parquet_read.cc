// SPDX-License-Identifier: Apache-2.0
#include <arrow/io/file.h>
#include <arrow/io/memory.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>

#include <algorithm>
#include <numeric>

#include "ndr/storage/address_text.h"
#include "ndr/storage/legacy_delta.h"
#include "ndr/storage/parquet_file.h"

namespace ndr::storage {

using arrow::Status;

struct ParquetReader::State {
  std::string path;
  std::shared_ptr<arrow::Schema> schema;  // of the batches that leave
  std::unique_ptr<parquet::arrow::FileReader> file;
  std::unique_ptr<arrow::RecordBatchReader> batches;
  std::vector<std::string> older_names;  // read besides the schema's

  Status Open(std::shared_ptr<arrow::io::RandomAccessFile> input, const std::shared_ptr<arrow::Schema>& whole,
              const std::vector<std::string>& columns, bool may_be_older);
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Read();
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

// The column that a leaf of the file belongs to.
std::string ColumnOf(const parquet::SchemaDescriptor& file, int leaf) {
  return file.Column(leaf)->path()->ToDotVector().front();
}

std::vector<std::string> ColumnsOf(const parquet::SchemaDescriptor& file) {
  std::vector<std::string> columns;
  for (int i = 0; i < file.num_columns(); ++i) columns.push_back(ColumnOf(file, i));
  return columns;
}

// The file's leaves under the columns wanted, by number.
std::vector<int> Leaves(const std::vector<std::string>& file, const arrow::Schema& wanted,
                        const std::vector<std::string>& besides) {
  std::vector<int> leaves;
  for (size_t i = 0; i < file.size(); ++i)
    if (wanted.GetFieldIndex(file[i]) >= 0 ||
        std::find(besides.begin(), besides.end(), file[i]) != besides.end())
      leaves.push_back(static_cast<int>(i));
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

Status ParquetReader::State::Open(std::shared_ptr<arrow::io::RandomAccessFile> input,
                                  const std::shared_ptr<arrow::Schema>& whole,
                                  const std::vector<std::string>& columns, bool may_be_older) {
  ARROW_ASSIGN_OR_RAISE(schema, Project(whole, columns));
  // On a local disk, or in memory, this thread would only wait for the one that reads ahead.
  const bool far = dynamic_cast<arrow::io::ReadableFile*>(input.get()) == nullptr &&
                   dynamic_cast<arrow::io::BufferReader*>(input.get()) == nullptr;
  parquet::ReaderProperties checked;
  checked.set_page_checksum_verification(true);
  auto parquet = parquet::ParquetFileReader::Open(std::move(input), checked);
  const std::vector<std::string> names = ColumnsOf(*parquet->metadata()->schema());
  if (may_be_older) older_names = OlderNames(names, *schema);
  const std::vector<int> leaves = Leaves(names, *schema, older_names);
  parquet::ArrowReaderProperties properties(/*use_threads=*/false);
  properties.set_batch_size(kRowGroupRows);
  properties.set_pre_buffer(far);
  for (const int leaf : leaves) {
    const auto field = schema->GetFieldByName(names[static_cast<size_t>(leaf)]);
    const bool is_address = field != nullptr && field->type()->id() == arrow::Type::FIXED_SIZE_BINARY;
    properties.set_read_dictionary(leaf, is_address);
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
  ARROW_ASSIGN_OR_RAISE(auto file, arrow::io::ReadableFile::Open(path));
  return Open(std::move(file), path, schema, columns);
}

arrow::Result<std::unique_ptr<ParquetReader>> ParquetReader::Open(
    std::shared_ptr<arrow::io::RandomAccessFile> file, const std::string& origin,
    const std::shared_ptr<arrow::Schema>& schema, const std::vector<std::string>& columns, bool older_names) {
  std::unique_ptr<ParquetReader> reader(new ParquetReader());
  Status status;
  try {
    reader->state_->path = origin;
    status = reader->state_->Open(std::move(file), schema, columns, older_names);
  } catch (const std::exception& e) {
    status = Status::Invalid(e.what());
  }
  if (!status.ok()) return status.WithMessage(origin, ": ", status.message());
  return reader;
}

int64_t ParquetReader::rows() const { return state_->file->parquet_reader()->metadata()->num_rows(); }

arrow::Result<std::shared_ptr<arrow::RecordBatch>> ParquetReader::State::Read() {
  std::shared_ptr<arrow::RecordBatch> batch;
  try {
    ARROW_RETURN_NOT_OK(batches->ReadNext(&batch));
  } catch (const std::exception& e) {
    return Status::Invalid(e.what());
  }
  if (batch == nullptr || older_names.empty()) return batch;
  return AddCurrentNames(std::move(batch));
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> ParquetReader::Next() {
  auto read = state_->Read();
  if (!read.ok()) return read.status().WithMessage(state_->path, ": ", read.status().message());
  const auto batch = *std::move(read);
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
