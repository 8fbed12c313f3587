// SPDX-License-Identifier: Apache-2.0
#include <arrow/io/memory.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <algorithm>

#include "ndr/base/address.h"
#include "ndr/base/hash.h"
#include "ndr/catalogue/batch.h"
#include "ndr/storage/address_text.h"
#include "ndr/storage/parquet_file.h"

namespace ndr::storage {
namespace {

using arrow::Status;

bool IsAddress(const arrow::DataType& type) {
  return type.id() == arrow::Type::FIXED_SIZE_BINARY &&
         static_cast<const arrow::FixedSizeBinaryType&>(type).byte_width() == base::kAddressBytes;
}

// The same columns with dictionaries of text for addresses: Arrow writes those without looking at each cell.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> ToStorage(const arrow::RecordBatch& batch) {
  arrow::ArrayVector arrays = batch.columns();
  arrow::FieldVector fields = batch.schema()->fields();
  for (size_t i = 0; i < arrays.size(); ++i) {
    if (!IsAddress(*fields[i]->type())) continue;
    ARROW_ASSIGN_OR_RAISE(arrays[i], AddressesToText(*arrays[i]));
    fields[i] = fields[i]->WithType(arrays[i]->type());
  }
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), batch.num_rows(), std::move(arrays));
}

// Dictionaries where texts repeat; plain numbers under Zstd are as small and quicker. Smallest and largest
// values only of what readers select by: of every metric they would be a third of a small file.
std::shared_ptr<parquet::WriterProperties> Properties(const arrow::Schema& schema, bool all_statistics) {
  parquet::WriterProperties::Builder builder;
  builder.compression(arrow::Compression::ZSTD)->compression_level(1)->disable_dictionary();
  if (!all_statistics) builder.disable_statistics();
  builder.max_row_group_length(kRowGroupRows)->dictionary_pagesize_limit(4 << 20)->data_pagesize(1 << 20);
  builder.enable_page_checksum();
  builder.set_size_statistics_level(parquet::SizeStatisticsLevel::None);
  for (const auto& field : schema.fields()) {
    const bool text = field->type()->id() == arrow::Type::STRING || IsAddress(*field->type());
    if (text || field->type()->id() == arrow::Type::TIMESTAMP) builder.enable_statistics(field->name());
    // One text a row: nothing repeats.
    const bool unique = field->name() == "record_id" || field->name() == "pair_key";
    if (text && !unique) builder.enable_dictionary(field->name());
  }
  return builder.build();
}

}  // namespace

struct ParquetEncoder::State {
  std::shared_ptr<arrow::Schema> schema;
  int64_t row_group_rows = 0;
  std::shared_ptr<arrow::io::BufferOutputStream> sink;
  std::unique_ptr<parquet::arrow::FileWriter> writer;
  Batches pending;  // of the next row group
  int64_t pending_rows = 0;
  int64_t rows = 0;

  Status Flush() {
    if (pending_rows == 0) return Status::OK();
    ARROW_ASSIGN_OR_RAISE(const auto group, catalogue::Concatenate(schema, pending));
    pending.clear();
    pending_rows = 0;
    ARROW_ASSIGN_OR_RAISE(const auto stored, ToStorage(*group));
    ARROW_ASSIGN_OR_RAISE(const auto table, arrow::Table::FromRecordBatches({stored}));
    return writer->WriteTable(*table, row_group_rows);
  }
};

ParquetEncoder::ParquetEncoder() : state_(std::make_unique<State>()) {}
ParquetEncoder::~ParquetEncoder() = default;

arrow::Result<std::unique_ptr<ParquetEncoder>> ParquetEncoder::Make(
    const std::shared_ptr<arrow::Schema>& schema, int64_t row_group_rows, bool all_statistics) {
  std::unique_ptr<ParquetEncoder> encoder(new ParquetEncoder());
  State& state = *encoder->state_;
  state.schema = schema;
  state.row_group_rows = row_group_rows;
  ARROW_ASSIGN_OR_RAISE(state.sink, arrow::io::BufferOutputStream::Create());
  ARROW_ASSIGN_OR_RAISE(const auto none, arrow::RecordBatch::MakeEmpty(schema));
  ARROW_ASSIGN_OR_RAISE(const auto stored, ToStorage(*none));
  // No copy of the Arrow schema in the file: its types follow from Parquet's own.
  ARROW_ASSIGN_OR_RAISE(state.writer,
                        parquet::arrow::FileWriter::Open(*stored->schema(), arrow::default_memory_pool(),
                                                         state.sink, Properties(*schema, all_statistics),
                                                         parquet::default_arrow_writer_properties()));
  return encoder;
}

Status ParquetEncoder::Append(std::shared_ptr<arrow::RecordBatch> batch) {
  State& state = *state_;
  if (!batch->schema()->Equals(*state.schema, /*check_metadata=*/false))
    return Status::Invalid("a batch of other columns: ", batch->schema()->ToString());
  state.rows += batch->num_rows();
  // Row groups and pages end at fixed rows, wherever the batches do.
  while (batch->num_rows() > 0) {
    const int64_t taken = std::min(state.row_group_rows - state.pending_rows, batch->num_rows());
    state.pending.push_back(batch->Slice(0, taken));
    state.pending_rows += taken;
    batch = batch->Slice(taken);
    if (state.pending_rows == state.row_group_rows) ARROW_RETURN_NOT_OK(state.Flush());
  }
  return Status::OK();
}

arrow::Result<EncodedFile> ParquetEncoder::Finish() {
  ARROW_RETURN_NOT_OK(state_->Flush());
  ARROW_RETURN_NOT_OK(state_->writer->Close());
  EncodedFile file;
  ARROW_ASSIGN_OR_RAISE(file.bytes, state_->sink->Finish());
  file.rows = state_->rows;
  file.sha256 = base::Sha256Hex(file.view());
  return file;
}

arrow::Result<EncodedFile> EncodeParquet(std::span<const std::shared_ptr<arrow::RecordBatch>> batches,
                                         const std::shared_ptr<arrow::Schema>& schema) {
  ARROW_ASSIGN_OR_RAISE(const auto encoder, ParquetEncoder::Make(schema));
  for (const auto& batch : batches) ARROW_RETURN_NOT_OK(encoder->Append(batch));
  return encoder->Finish();
}

arrow::Result<EncodedFile> EncodeParquet(const std::shared_ptr<arrow::RecordBatch>& batch) {
  return EncodeParquet(std::span(&batch, 1), batch->schema());
}

}  // namespace ndr::storage
