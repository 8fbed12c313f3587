// SPDX-License-Identifier: Apache-2.0
// Parquet files of tables: one row group at a time, and those alone that their statistics do not exclude.
#include <arrow/io/interfaces.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/statistics.h>

#include <algorithm>
#include <compare>

#include "ndr/base/exit_code.h"
#include "ndr/storage/object_store.h"
#include "ndr/storage/parquet_file.h"
#include "ndr/storage/table_source.h"

namespace ndr::storage {
namespace {

using arrow::Scalar;
using arrow::Status;
using arrow::Type;

template <class T>
std::partial_ordering OrderOf(const Scalar& a, const Scalar& b) {
  return static_cast<const T&>(a).value <=> static_cast<const T&>(b).value;
}

// Unordered where the types differ or are none that are compared: nothing follows from it.
std::partial_ordering OrderOfScalars(const Scalar& a, const Scalar& b) {
  const auto is_text = [](const Scalar& s) {
    return s.type->id() == Type::STRING || s.type->id() == Type::BINARY;
  };
  if (is_text(a) && is_text(b))
    return static_cast<const arrow::BaseBinaryScalar&>(a).view() <=>
           static_cast<const arrow::BaseBinaryScalar&>(b).view();
  if (a.type->id() != b.type->id()) return std::partial_ordering::unordered;
  switch (a.type->id()) {
    case Type::INT8:
      return OrderOf<arrow::Int8Scalar>(a, b);
    case Type::INT16:
      return OrderOf<arrow::Int16Scalar>(a, b);
    case Type::INT32:
      return OrderOf<arrow::Int32Scalar>(a, b);
    case Type::INT64:
      return OrderOf<arrow::Int64Scalar>(a, b);
    case Type::UINT8:
      return OrderOf<arrow::UInt8Scalar>(a, b);
    case Type::UINT16:
      return OrderOf<arrow::UInt16Scalar>(a, b);
    case Type::UINT32:
      return OrderOf<arrow::UInt32Scalar>(a, b);
    case Type::UINT64:
      return OrderOf<arrow::UInt64Scalar>(a, b);
    case Type::FLOAT:
      return OrderOf<arrow::FloatScalar>(a, b);
    case Type::DOUBLE:
      return OrderOf<arrow::DoubleScalar>(a, b);
    case Type::DATE32:
      return OrderOf<arrow::Date32Scalar>(a, b);
    case Type::TIMESTAMP: {
      const bool same = static_cast<const arrow::TimestampType&>(*a.type).unit() ==
                        static_cast<const arrow::TimestampType&>(*b.type).unit();
      return same ? OrderOf<arrow::TimestampScalar>(a, b) : std::partial_ordering::unordered;
    }
    default:
      return std::partial_ordering::unordered;
  }
}

bool Excluded(const Scalar& smallest, const Scalar& largest, TableComparison op, const Scalar& value) {
  const auto low = OrderOfScalars(smallest, value), high = OrderOfScalars(largest, value);
  switch (op) {
    case TableComparison::kEqual:
      return low > 0 || high < 0;
    case TableComparison::kBelow:
      return low >= 0;
    case TableComparison::kUpTo:
      return low > 0;
    case TableComparison::kAbove:
      return high <= 0;
    case TableComparison::kFrom:
      return high < 0;
  }
  return false;
}

// A condition on a leaf of the file, its value as one of the column's type.
struct LeafCondition {
  int leaf = 0;
  TableComparison op;
  std::shared_ptr<Scalar> value;
};

class ParquetSource : public TableSource {
 public:
  Status Open(const TableFile& file, const SourceRequest& request);
  const arrow::Schema& schema() const override { return *schema_; }
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Next() override {
    try {
      return ReadOn();
    } catch (const std::exception& e) {
      return Status::Invalid(e.what());
    }
  }

 private:
  Status AddConditions(const std::vector<TableCondition>& conditions);
  arrow::Result<bool> Skips(int group) const;
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> ReadOn();
  int LeafOf(const std::string& column) const;

  std::unique_ptr<parquet::arrow::FileReader> file_;
  std::shared_ptr<parquet::FileMetaData> metadata_;
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<int> leaves_;
  std::vector<LeafCondition> conditions_;
  int next_group_ = 0;
  std::unique_ptr<arrow::RecordBatchReader> group_;
};

Status ParquetSource::Open(const TableFile& file, const SourceRequest& request) {
  ARROW_ASSIGN_OR_RAISE(const StoredObject object, Locate(file.path));
  ARROW_ASSIGN_OR_RAISE(auto bytes, object.store->Open(object.name, file.bytes));
  parquet::ReaderProperties checked;
  checked.set_page_checksum_verification(true);
  auto parquet = parquet::ParquetFileReader::Open(std::move(bytes), checked);
  metadata_ = parquet->metadata();
  parquet::ArrowReaderProperties properties(/*use_threads=*/false);
  properties.set_batch_size(kRowGroupRows);
  properties.set_pre_buffer(IsRemote(file.path));
  ARROW_ASSIGN_OR_RAISE(
      file_, parquet::arrow::FileReader::Make(arrow::default_memory_pool(), std::move(parquet), properties));
  ARROW_RETURN_NOT_OK(file_->GetSchema(&schema_));
  for (int leaf = 0; leaf < metadata_->num_columns(); ++leaf) {
    const std::string column = metadata_->schema()->Column(leaf)->path()->ToDotVector().front();
    if (request.columns.empty() ||
        std::find(request.columns.begin(), request.columns.end(), column) != request.columns.end())
      leaves_.push_back(leaf);
  }
  return AddConditions(request.row_groups);
}

int ParquetSource::LeafOf(const std::string& column) const {
  for (int leaf = 0; leaf < metadata_->num_columns(); ++leaf)
    if (metadata_->schema()->Column(leaf)->path()->ToDotString() == column) return leaf;
  return -1;
}

Status ParquetSource::AddConditions(const std::vector<TableCondition>& conditions) {
  for (const TableCondition& condition : conditions) {
    const int leaf = LeafOf(condition.column);
    const auto field = schema_->GetFieldByName(condition.column);
    if (leaf < 0 || field == nullptr) continue;
    const auto type = PlainType(field->type());
    auto value = Scalar::Parse(type, condition.value);
    if (!value.ok())
      return base::UsageError("'" + condition.value + "' is no value of column '" + condition.column +
                              "', which has type " + type->ToString());
    conditions_.push_back({leaf, condition.op, *std::move(value)});
  }
  return Status::OK();
}

arrow::Result<bool> ParquetSource::Skips(int group) const {
  const auto row_group = metadata_->RowGroup(group);
  for (const LeafCondition& condition : conditions_) {
    const auto statistics = row_group->ColumnChunk(condition.leaf)->statistics();
    if (statistics == nullptr || !statistics->HasMinMax()) continue;
    std::shared_ptr<Scalar> smallest, largest;
    // Of a type without bounds that Arrow reads, nothing follows.
    if (!parquet::arrow::StatisticsAsScalars(*statistics, &smallest, &largest).ok()) continue;
    if (Excluded(*smallest, *largest, condition.op, *condition.value)) return true;
  }
  return false;
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> ParquetSource::ReadOn() {
  while (true) {
    std::shared_ptr<arrow::RecordBatch> batch;
    if (group_ != nullptr) ARROW_RETURN_NOT_OK(group_->ReadNext(&batch));
    if (batch != nullptr) return batch;
    group_.reset();
    while (next_group_ < metadata_->num_row_groups()) {
      ARROW_ASSIGN_OR_RAISE(const bool skipped, Skips(next_group_));
      if (!skipped) break;
      ++next_group_;
    }
    if (next_group_ == metadata_->num_row_groups()) return nullptr;
    ARROW_ASSIGN_OR_RAISE(group_, file_->GetRecordBatchReader({next_group_++}, leaves_));
  }
}

}  // namespace

arrow::Result<std::unique_ptr<TableSource>> OpenParquetSource(const TableFile& file,
                                                              const SourceRequest& request) {
  auto source = std::make_unique<ParquetSource>();
  try {
    ARROW_RETURN_NOT_OK(source->Open(file, request));
  } catch (const std::exception& e) {
    return Status::Invalid(e.what());
  }
  return source;
}

}  // namespace ndr::storage
