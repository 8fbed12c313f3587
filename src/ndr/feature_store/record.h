// SPDX-License-Identifier: Apache-2.0
// Records: rows of a dataset as a feature store sees them, column by column, without a copy of the numbers.
#pragma once

#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/time.h"
#include "ndr/catalogue/batch.h"
#include "ndr/feature_store/group.h"

namespace ndr::feature_store {

/// One feature of one record. Nulls and numbers that are not finite are absent: no store takes them.
struct Value {
  enum class Kind : uint8_t { kAbsent, kIntegral, kFractional, kString };
  Kind kind = Kind::kAbsent;
  int64_t integral = 0;
  double fractional = 0;
  std::string_view text;  ///< lives as long as the Records
};

/// Texts of a column, one after the other in one buffer.
struct TextColumn {
  std::vector<uint32_t> offsets{0};
  std::string bytes;
  void Close() { offsets.push_back(static_cast<uint32_t>(bytes.size())); }
  std::string_view operator[](size_t row) const {
    return std::string_view(bytes).substr(offsets[row], offsets[row + 1] - offsets[row]);
  }
};

/// The records of one batch of a group's dataset. Immutable once made, so many threads may read it.
class Records {
 public:
  /// `batch`: of the catalogue's schema (DatasetReader), with the key's columns and those of the group's
  /// features. Invalid names a column that is missing or of another type.
  static arrow::Result<Records> Make(const Group& group, std::shared_ptr<arrow::RecordBatch> batch);
  /// The columns of the dataset that Make needs, for readers that read no others.
  static std::vector<std::string> ColumnsFor(const Group& group);

  size_t rows() const { return event_times_.size(); }
  size_t features() const { return columns_.size(); }
  /// `host_ip|role|window_label`, of fg_c with `|baseline_horizon`; of fg_a_wide `host_ip`.
  std::string_view entity_id(size_t row) const { return entity_ids_[row]; }
  /// The dataset's own; of fg_a_wide `host_ip|window_end_ts`.
  std::string_view record_id(size_t row) const { return record_ids_[row]; }
  base::Micros event_time(size_t row) const { return event_times_[row]; }
  /// Of the group's feature with that index. Instants are texts such as `2024-04-20T12:00:00Z`, addresses
  /// canonical text, flags 0 or 1.
  Value value(size_t row, size_t feature) const;

 private:
  struct Column {
    catalogue::Type type = catalogue::Type::kText;
    const void* numbers = nullptr;  ///< of the column's own type
    catalogue::Validity valid;
    catalogue::Texts texts;
    std::shared_ptr<const TextColumn> made;  ///< texts of addresses, instants and horizons
  };

  arrow::Result<Column> Bind(const Feature& feature) const;

  std::shared_ptr<arrow::RecordBatch> batch_;
  TextColumn entity_ids_, record_ids_;
  std::vector<base::Micros> event_times_;
  std::vector<Column> columns_;
};

}  // namespace ndr::feature_store
