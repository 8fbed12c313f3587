// SPDX-License-Identifier: Apache-2.0
// CSV and JSON Lines of tables.
#include <arrow/buffer.h>
#include <arrow/csv/options.h>
#include <arrow/csv/reader.h>
#include <arrow/io/interfaces.h>
#include <arrow/json/options.h>
#include <arrow/json/reader.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <cstring>

#include "ndr/storage/input.h"
#include "ndr/storage/object_store.h"
#include "ndr/storage/table_source.h"

namespace ndr::storage {
namespace {

using arrow::Status;

constexpr int32_t kTextBlockBytes = 4 << 20;

// A log file's decompressed bytes as Arrow's readers want them.
class InputStreamOfFile : public arrow::io::InputStream {
 public:
  explicit InputStreamOfFile(std::unique_ptr<InputFile> file) : file_(std::move(file)) {}
  Status Close() override {
    closed_ = true;
    return Status::OK();
  }
  bool closed() const override { return closed_; }
  arrow::Result<int64_t> Tell() const override { return position_; }
  arrow::Result<int64_t> Read(int64_t bytes, void* out) override {
    int64_t n = 0;
    while (n < bytes) {
      if (rest_.empty()) {
        ARROW_ASSIGN_OR_RAISE(rest_, file_->Next());
      }
      if (rest_.empty()) break;
      const size_t taken = std::min(rest_.size(), static_cast<size_t>(bytes - n));
      std::memcpy(static_cast<char*>(out) + n, rest_.data(), taken);
      rest_.remove_prefix(taken);
      n += static_cast<int64_t>(taken);
    }
    position_ += n;
    return n;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(int64_t bytes) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateResizableBuffer(bytes));
    ARROW_ASSIGN_OR_RAISE(const int64_t n, Read(bytes, buffer->mutable_data()));
    ARROW_RETURN_NOT_OK(buffer->Resize(n));
    return std::shared_ptr<arrow::Buffer>(std::move(buffer));
  }

 private:
  std::unique_ptr<InputFile> file_;
  std::string_view rest_;
  int64_t position_ = 0;
  bool closed_ = false;
};

class TextSource : public TableSource {
 public:
  explicit TextSource(std::shared_ptr<arrow::RecordBatchReader> reader)
      : reader_(std::move(reader)), schema_(reader_->schema()) {}
  const arrow::Schema& schema() const override { return *schema_; }
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Next() override { return reader_->Next(); }

 private:
  std::shared_ptr<arrow::RecordBatchReader> reader_;
  std::shared_ptr<arrow::Schema> schema_;
};

// A log of no lines has neither header nor keys.
class EmptySource : public TableSource {
 public:
  explicit EmptySource(std::shared_ptr<arrow::Schema> schema) : schema_(std::move(schema)) {}
  const arrow::Schema& schema() const override { return *schema_; }
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Next() override { return nullptr; }

 private:
  std::shared_ptr<arrow::Schema> schema_;
};

arrow::FieldVector FieldsInFiles(const arrow::Schema& schema) {
  arrow::FieldVector fields;
  for (const auto& field : schema.fields())
    fields.push_back(arrow::field(field->name(), TypeInFiles(field->type())));
  return fields;
}

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> OpenCsv(
    std::shared_ptr<arrow::io::InputStream> bytes, const SourceRequest& request) {
  auto read = arrow::csv::ReadOptions::Defaults();
  read.use_threads = false;
  read.block_size = kTextBlockBytes;
  auto convert = arrow::csv::ConvertOptions::Defaults();
  if (request.types != nullptr)
    for (const auto& field : FieldsInFiles(*request.types))
      convert.column_types[field->name()] = field->type();
  convert.include_columns = request.columns;
  return arrow::csv::StreamingReader::Make(arrow::io::default_io_context(), std::move(bytes), read,
                                           arrow::csv::ParseOptions::Defaults(), convert);
}

arrow::Result<std::shared_ptr<arrow::RecordBatchReader>> OpenJson(
    std::shared_ptr<arrow::io::InputStream> bytes, const SourceRequest& request) {
  auto read = arrow::json::ReadOptions::Defaults();
  read.use_threads = false;
  read.block_size = kTextBlockBytes;
  auto parse = arrow::json::ParseOptions::Defaults();
  if (request.types != nullptr) {
    using Behaviour = arrow::json::UnexpectedFieldBehavior;
    parse.explicit_schema = arrow::schema(FieldsInFiles(*request.types));
    parse.unexpected_field_behavior = request.passes_over_keys ? Behaviour::Ignore : Behaviour::Error;
  }
  return arrow::json::StreamingReader::Make(std::move(bytes), read, parse);
}

}  // namespace

arrow::Result<std::unique_ptr<TableSource>> OpenSource(const TableFile& file, const SourceRequest& request) {
  if (file.format == TableFormat::kParquet) return OpenParquetSource(file, request);
  if (file.bytes == 0)
    return std::make_unique<EmptySource>(request.types ? request.types : arrow::schema(arrow::FieldVector()));
  ARROW_ASSIGN_OR_RAISE(auto input, InputFile::Open(file.path, 1 << 20, file.bytes));
  auto bytes = std::make_shared<InputStreamOfFile>(std::move(input));
  const bool csv = file.format == TableFormat::kCsv;
  ARROW_ASSIGN_OR_RAISE(auto reader,
                        csv ? OpenCsv(std::move(bytes), request) : OpenJson(std::move(bytes), request));
  return std::make_unique<TextSource>(std::move(reader));
}

arrow::Result<std::unique_ptr<TableSource>> OpenParquetOrCsv(const std::string& path,
                                                             const std::vector<std::string>& texts,
                                                             std::vector<std::string> columns) {
  ARROW_ASSIGN_OR_RAISE(const StoredObject object, Locate(path));
  ARROW_ASSIGN_OR_RAISE(const auto bytes, object.store->Open(object.name));
  ARROW_ASSIGN_OR_RAISE(const auto head, bytes->Read(4));
  const TableFormat format = head->ToString() == "PAR1" ? TableFormat::kParquet : TableFormat::kCsv;
  arrow::FieldVector types;
  for (const std::string& text : texts) types.push_back(arrow::field(text, arrow::utf8()));
  auto source =
      OpenSource({path, -1, {}, format}, {arrow::schema(std::move(types)), std::move(columns), {}, false});
  // Of a column, not of the file.
  return source.status().IsKeyError() ? Status::Invalid(source.status().message()) : std::move(source);
}

}  // namespace ndr::storage
