// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/spine.h"

#include <arrow/array.h>
#include <arrow/compute/cast.h>
#include <arrow/csv/api.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>

#include <numeric>
#include <optional>

#include "ndr/base/address.h"
#include "ndr/base/exit_code.h"
#include "ndr/feature_store/group.h"

namespace ndr::feature_store {

using arrow::Status;
using base::Micros;

struct SpineReader::State {
  std::string path, entity_tail;
  int64_t pass_rows = 0, rows_read = 0;
  std::string id_column;                             ///< kEntityId or kSpineHost
  std::unique_ptr<parquet::arrow::FileReader> file;  ///< outlives its batches
  std::shared_ptr<arrow::RecordBatchReader> batches;
  std::shared_ptr<arrow::RecordBatch> rest;  ///< what the last pass left

  Status OpenFile();
  Status CheckColumns();
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> NextBatch();
  Status Fill(SpineRows* rows) const;
};

namespace {

// `row` from 0.
Status WrongSpineRow(const std::string& path, int64_t row, std::string_view said) {
  return base::UsageError(path + ": row " + std::to_string(row + 1) + ": " + std::string(said));
}

Micros MicrosOf(const arrow::Array& times, int64_t row) {
  const int64_t value = static_cast<const arrow::TimestampArray&>(times).Value(row);
  switch (static_cast<const arrow::TimestampType&>(*times.type()).unit()) {
    case arrow::TimeUnit::SECOND:
      return value * base::kMicrosPerSecond;
    case arrow::TimeUnit::MILLI:
      return value * 1'000;
    case arrow::TimeUnit::MICRO:
      return value;
    case arrow::TimeUnit::NANO:
      return base::FloorTo(value, 1'000) / 1'000;
  }
  return value;
}

std::optional<Micros> InstantAt(const arrow::Array& times, int64_t row) {
  if (times.IsNull(row)) return std::nullopt;
  if (times.type_id() == arrow::Type::TIMESTAMP) return MicrosOf(times, row);
  const auto civil = base::ParseCivil(static_cast<const arrow::StringArray&>(times).GetView(row));
  if (!civil || !civil->offset_seconds) return std::nullopt;
  return civil->micros - *civil->offset_seconds * base::kMicrosPerSecond;
}

// However the writer kept its texts.
bool IsText(const arrow::DataType& type) {
  if (type.id() == arrow::Type::DICTIONARY)
    return IsText(*static_cast<const arrow::DictionaryType&>(type).value_type());
  return type.id() == arrow::Type::STRING || type.id() == arrow::Type::LARGE_STRING;
}

// Texts as plain ones; instants as they are.
arrow::Result<std::shared_ptr<arrow::Array>> Plain(const arrow::RecordBatch& batch, std::string_view column) {
  const auto array = batch.GetColumnByName(std::string(column));
  if (!IsText(*array->type()) || array->type_id() == arrow::Type::STRING) return array;
  return arrow::compute::Cast(*array, arrow::utf8());
}

bool IsZoned(const arrow::DataType& type) {
  return type.id() == arrow::Type::TIMESTAMP &&
         !static_cast<const arrow::TimestampType&>(type).timezone().empty();
}

}  // namespace

Status SpineReader::State::OpenFile() {
  ARROW_ASSIGN_OR_RAISE(const auto input, arrow::io::ReadableFile::Open(path));
  ARROW_ASSIGN_OR_RAISE(const auto magic, input->Read(4));
  ARROW_RETURN_NOT_OK(input->Seek(0));
  if (magic->ToString() == "PAR1") {
    ARROW_ASSIGN_OR_RAISE(file, parquet::arrow::OpenFile(input, arrow::default_memory_pool()));
    file->set_batch_size(pass_rows);
    std::vector<int> groups(static_cast<size_t>(file->num_row_groups()));
    std::iota(groups.begin(), groups.end(), 0);
    ARROW_ASSIGN_OR_RAISE(batches, file->GetRecordBatchReader(groups));
    return Status::OK();
  }
  auto convert = arrow::csv::ConvertOptions::Defaults();
  for (const std::string_view name : {kSpineHost, kSpineTime, kEntityId})
    convert.column_types[std::string(name)] = arrow::utf8();
  ARROW_ASSIGN_OR_RAISE(batches,
                        arrow::csv::StreamingReader::Make(arrow::io::default_io_context(), input,
                                                          arrow::csv::ReadOptions::Defaults(),
                                                          arrow::csv::ParseOptions::Defaults(), convert));
  return Status::OK();
}

Status SpineReader::State::CheckColumns() {
  const auto schema = batches->schema();
  id_column = schema->GetFieldIndex(std::string(kEntityId)) >= 0 ? kEntityId : kSpineHost;
  const auto id = schema->GetFieldByName(id_column);
  const auto time = schema->GetFieldByName(std::string(kSpineTime));
  if (id == nullptr || !IsText(*id->type()))
    return base::UsageError(path + " has no text column host_ip or entity_id");
  if (time == nullptr || (!IsText(*time->type()) && !IsZoned(*time->type())))
    return base::UsageError(
        path + " has no column time with a zone: a timestamp of UTC, or text such as 2026-03-10T14:15:00Z");
  return Status::OK();
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> SpineReader::State::NextBatch() {
  while (rest == nullptr || rest->num_rows() == 0) {
    ARROW_RETURN_NOT_OK(batches->ReadNext(&rest));
    if (rest == nullptr) return nullptr;
  }
  auto batch = rest->Slice(0, pass_rows);
  rest = rest->Slice(batch->num_rows());
  return batch;
}

Status SpineReader::State::Fill(SpineRows* rows) const {
  ARROW_ASSIGN_OR_RAISE(const auto texts, Plain(*rows->batch, id_column));
  ARROW_ASSIGN_OR_RAISE(const auto times, Plain(*rows->batch, kSpineTime));
  const auto* ids = static_cast<const arrow::StringArray*>(texts.get());
  for (int64_t i = 0; i < ids->length(); ++i) {
    const auto time = InstantAt(*times, i);
    if (!time) return WrongSpineRow(path, rows_read + i, "time is no instant with a zone");
    rows->times.push_back(*time);
    const std::string_view id = ids->IsNull(i) ? std::string_view() : ids->GetView(i);
    if (id_column == kEntityId) {
      rows->entities.emplace_back(id);
      continue;
    }
    const auto address = base::ParseAddress(id);
    if (!address)
      return WrongSpineRow(path, rows_read + i, "host_ip '" + std::string(id) + "' is no address");
    rows->entities.push_back(base::ToText(*address) + entity_tail);
  }
  return Status::OK();
}

SpineReader::SpineReader() : state_(std::make_unique<State>()) {}
SpineReader::~SpineReader() = default;

arrow::Result<std::unique_ptr<SpineReader>> SpineReader::Open(const std::string& path,
                                                              std::string entity_tail, int64_t pass_rows) {
  std::unique_ptr<SpineReader> reader(new SpineReader());
  reader->state_->path = path;
  reader->state_->entity_tail = std::move(entity_tail);
  reader->state_->pass_rows = pass_rows;
  const Status opened = reader->state_->OpenFile();
  if (!opened.ok()) return base::UsageError("the spine " + path + ": " + opened.message());
  ARROW_RETURN_NOT_OK(reader->state_->CheckColumns());
  return reader;
}

std::shared_ptr<arrow::Schema> SpineReader::schema() const { return state_->batches->schema(); }

arrow::Result<std::unique_ptr<SpineRows>> SpineReader::Next() {
  auto rows = std::make_unique<SpineRows>();
  ARROW_ASSIGN_OR_RAISE(rows->batch, state_->NextBatch());
  if (rows->batch == nullptr) return nullptr;
  ARROW_RETURN_NOT_OK(state_->Fill(rows.get()));
  state_->rows_read += rows->batch->num_rows();
  return rows;
}

}  // namespace ndr::feature_store
