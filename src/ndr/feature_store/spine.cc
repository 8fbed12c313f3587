// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/spine.h"

#include <arrow/array.h>
#include <arrow/compute/cast.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <optional>

#include "ndr/base/address.h"
#include "ndr/base/exit_code.h"
#include "ndr/feature_store/group.h"
#include "ndr/storage/table_source.h"

namespace ndr::feature_store {

using arrow::Status;
using base::Micros;

struct SpineReader::State {
  std::string path, entity_tail;
  int64_t pass_rows = 0, rows_read = 0;
  std::string id_column;  ///< kEntityId or kSpineHost
  std::unique_ptr<storage::TableSource> table;
  std::shared_ptr<arrow::RecordBatch> rest;  ///< what the last pass left

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

Status SpineReader::State::CheckColumns() {
  const arrow::Schema& schema = table->schema();
  id_column = schema.GetFieldIndex(std::string(kEntityId)) >= 0 ? kEntityId : kSpineHost;
  const auto id = schema.GetFieldByName(id_column);
  const auto time = schema.GetFieldByName(std::string(kSpineTime));
  if (id == nullptr || !IsText(*id->type()))
    return base::UsageError(path + " has no text column host_ip or entity_id");
  if (time == nullptr || (!IsText(*time->type()) && !IsZoned(*time->type())))
    return base::UsageError(
        path + " has no column time with a zone: a timestamp of UTC, or text such as 2026-03-10T14:15:00Z");
  return Status::OK();
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> SpineReader::State::NextBatch() {
  // Row groups and blocks of text may be small: a pass reads the store's keys anew.
  arrow::RecordBatchVector parts;
  for (int64_t rows = 0; rows < pass_rows; rows += parts.back()->num_rows()) {
    while (rest == nullptr || rest->num_rows() == 0) {
      ARROW_ASSIGN_OR_RAISE(rest, table->Next());
      if (rest == nullptr) break;
    }
    if (rest == nullptr) break;
    parts.push_back(rest->Slice(0, pass_rows - rows));
    rest = rest->Slice(parts.back()->num_rows());
  }
  if (parts.size() < 2) return parts.empty() ? nullptr : parts.front();
  return arrow::ConcatenateRecordBatches(parts);
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
  auto opened = storage::OpenParquetOrCsv(
      path, {std::string(kSpineHost), std::string(kSpineTime), std::string(kEntityId)});
  if (!opened.ok()) return base::UsageError("the spine " + path + ": " + opened.status().message());
  reader->state_->table = *std::move(opened);
  ARROW_RETURN_NOT_OK(reader->state_->CheckColumns());
  return reader;
}

std::shared_ptr<arrow::Schema> SpineReader::schema() const {
  return std::make_shared<arrow::Schema>(state_->table->schema());
}

arrow::Result<std::unique_ptr<SpineRows>> SpineReader::Next() {
  auto rows = std::make_unique<SpineRows>();
  auto batch = state_->NextBatch();
  if (!batch.ok()) return batch.status().WithMessage(state_->path, ": ", batch.status().message());
  if (*batch == nullptr) return nullptr;
  rows->batch = *std::move(batch);
  ARROW_RETURN_NOT_OK(state_->Fill(rows.get()));
  state_->rows_read += rows->batch->num_rows();
  return rows;
}

}  // namespace ndr::feature_store
