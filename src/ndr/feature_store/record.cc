// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/record.h"

#include <arrow/record_batch.h>

#include <algorithm>
#include <cmath>

namespace ndr::feature_store {
namespace {

using catalogue::Dataset;
using catalogue::Type;

// The horizon is the last part of record_id, and no label holds a '|'.
std::string_view HorizonOf(std::string_view record_id) { return record_id.substr(record_id.rfind('|') + 1); }

void AppendAddress(const uint8_t* bytes, std::string* out) {
  char text[base::kAddressTextMax];
  out->append(text, base::FormatAddress(base::Address::FromBytes(bytes), text));
}

void AppendInstant(base::Micros t, std::string* out) {
  char text[32];
  out->append(text, base::FormatInstant(t, text));
}

// Makes `text(row)` once for each row; rows that are null are empty.
template <class Append>
std::shared_ptr<const TextColumn> MakeTexts(size_t rows, const catalogue::Validity& valid, Append append) {
  auto made = std::make_shared<TextColumn>();
  made->offsets.reserve(rows + 1);
  for (size_t i = 0; i < rows; ++i) {
    if (valid[i]) append(i, &made->bytes);
    made->Close();
  }
  return made;
}

std::vector<std::string> KeyColumns(Dataset dataset) {
  if (dataset == Dataset::kFgAWide) return {"host_ip", std::string(kEventTime)};
  return {std::string(kRecordId), "host_ip", "role", "window_label", std::string(kEventTime)};
}

}  // namespace

std::vector<std::string> Records::ColumnsFor(const Group& group) {
  std::vector<std::string> columns = KeyColumns(group.dataset);
  const size_t keys = columns.size();
  for (const Feature& f : group.features) {
    const auto end = columns.begin() + static_cast<std::ptrdiff_t>(keys);
    if (f.name != kHorizon && std::find(columns.begin(), end, f.name) == end) columns.push_back(f.name);
  }
  return columns;
}

arrow::Result<Records> Records::Make(const Group& group, std::shared_ptr<arrow::RecordBatch> batch) {
  Records out;
  out.batch_ = std::move(batch);
  ARROW_ASSIGN_OR_RAISE(const auto times, catalogue::Values<int64_t>(*out.batch_, kEventTime));
  ARROW_ASSIGN_OR_RAISE(const uint8_t* hosts, catalogue::AddressBytes(*out.batch_, "host_ip"));
  out.event_times_.assign(times.begin(), times.end());
  const bool wide = group.dataset == Dataset::kFgAWide, horizons = group.dataset == Dataset::kFgCHost;
  catalogue::Texts roles, windows, ids;
  if (!wide) {
    ARROW_ASSIGN_OR_RAISE(roles, catalogue::TextsOf(*out.batch_, "role"));
    ARROW_ASSIGN_OR_RAISE(windows, catalogue::TextsOf(*out.batch_, "window_label"));
    ARROW_ASSIGN_OR_RAISE(ids, catalogue::TextsOf(*out.batch_, kRecordId));
  }
  for (size_t i = 0; i < times.size(); ++i) {
    std::string& entity = out.entity_ids_.bytes;
    const size_t host = entity.size();
    AppendAddress(hosts + i * base::kAddressBytes, &entity);
    if (wide) {
      out.record_ids_.bytes.append(entity, host).append("|");
      AppendInstant(times[i], &out.record_ids_.bytes);
    } else {
      entity.append("|").append(roles[i]).append("|").append(windows[i]);
      if (horizons) entity.append("|").append(HorizonOf(ids[i]));
      out.record_ids_.bytes.append(ids[i]);
    }
    out.entity_ids_.Close(), out.record_ids_.Close();
  }
  for (const Feature& feature : group.features) {
    ARROW_ASSIGN_OR_RAISE(Column column, out.Bind(feature));
    out.columns_.push_back(std::move(column));
  }
  return out;
}

arrow::Result<Records::Column> Records::Bind(const Feature& feature) const {
  Column column;
  column.type = feature.column;
  if (feature.name == kHorizon) {
    column.made = MakeTexts(rows(), column.valid,
                            [&](size_t i, std::string* out) { out->append(HorizonOf(record_ids_[i])); });
    return column;
  }
  ARROW_ASSIGN_OR_RAISE(column.valid, catalogue::Valid(*batch_, feature.name));
  auto numbers = [&](auto zero) -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(const auto values, catalogue::Values<decltype(zero)>(*batch_, feature.name));
    column.numbers = values.data();
    return arrow::Status::OK();
  };
  switch (feature.column) {
    case Type::kText: {
      ARROW_ASSIGN_OR_RAISE(column.texts, catalogue::TextsOf(*batch_, feature.name));
      break;
    }
    case Type::kAddress: {
      ARROW_ASSIGN_OR_RAISE(const uint8_t* bytes, catalogue::AddressBytes(*batch_, feature.name));
      column.made = MakeTexts(rows(), column.valid, [&](size_t i, std::string* out) {
        AppendAddress(bytes + i * base::kAddressBytes, out);
      });
      break;
    }
    case Type::kInstant: {
      ARROW_ASSIGN_OR_RAISE(const auto times, catalogue::Values<int64_t>(*batch_, feature.name));
      column.made =
          MakeTexts(rows(), column.valid, [&](size_t i, std::string* out) { AppendInstant(times[i], out); });
      break;
    }
    case Type::kInt64:
      ARROW_RETURN_NOT_OK(numbers(int64_t{}));
      break;
    case Type::kInt32:
      ARROW_RETURN_NOT_OK(numbers(int32_t{}));
      break;
    case Type::kUint16:
      ARROW_RETURN_NOT_OK(numbers(uint16_t{}));
      break;
    case Type::kFlag:
      ARROW_RETURN_NOT_OK(numbers(int8_t{}));
      break;
    case Type::kFloat64:
      ARROW_RETURN_NOT_OK(numbers(double{}));
      break;
    default:
      return arrow::Status::Invalid("feature '", feature.name, "': lists and structs are no features");
  }
  return column;
}

Value Records::value(size_t row, size_t feature) const {
  const Column& column = columns_[feature];
  if (!column.valid[row]) return {};
  auto integral = [](int64_t value) { return Value{Value::Kind::kIntegral, value, 0, {}}; };
  switch (column.type) {
    case Type::kInt64:
      return integral(static_cast<const int64_t*>(column.numbers)[row]);
    case Type::kInt32:
      return integral(static_cast<const int32_t*>(column.numbers)[row]);
    case Type::kUint16:
      return integral(static_cast<const uint16_t*>(column.numbers)[row]);
    case Type::kFlag:
      return integral(static_cast<const int8_t*>(column.numbers)[row]);
    case Type::kFloat64: {
      const double x = static_cast<const double*>(column.numbers)[row];
      if (!std::isfinite(x)) return {};
      return {Value::Kind::kFractional, 0, x, {}};
    }
    default:
      return {Value::Kind::kString, 0, 0, column.made ? (*column.made)[row] : column.texts[row]};
  }
}

}  // namespace ndr::feature_store
