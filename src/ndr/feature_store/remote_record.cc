// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/remote_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

namespace ndr::feature_store {
namespace {

bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

}  // namespace

std::string JsonText(std::string_view text) {
  if (IsPlain(text)) return fmt::format("\"{}\"", text);
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void ForEachValue(const Group& group, const Records& records, size_t row,
                  const std::function<void(std::string_view, std::string_view)>& call) {
  call(kEntityId, records.entity_id(row));
  call(kEventTime, base::FormatInstant(records.event_time(row)));
  call(kRecordId, records.record_id(row));
  fmt::memory_buffer number;
  for (size_t f = 0; f < group.features.size(); ++f) {
    const Value value = records.value(row, f);
    number.clear();
    switch (value.kind) {
      case Value::Kind::kAbsent:
        continue;
      case Value::Kind::kString:
        call(group.features[f].name, value.text);
        continue;
      case Value::Kind::kIntegral:
        fmt::format_to(std::back_inserter(number), "{}", value.integral);
        break;
      case Value::Kind::kFractional:
        fmt::format_to(std::back_inserter(number), "{}", value.fractional);
        break;
    }
    call(group.features[f].name, {number.data(), number.size()});
  }
}

arrow::Result<RemoteRecord> MakeRemoteRecord(const Group& group, const Records& records, size_t row) {
  const size_t id_bytes = records.entity_id(row).size();
  if (id_bytes > kMaxIdBytes)
    return arrow::Status::Invalid("the identifier has ", id_bytes, " bytes, and SageMaker takes ",
                                  kMaxIdBytes);
  RemoteRecord record;
  record.json = "[";
  ForEachValue(group, records, row, [&](std::string_view name, std::string_view value) {
    record.bytes += name.size() + value.size();
    record.json += record.json.size() > 1 ? ",{\"FeatureName\":" : "{\"FeatureName\":";
    record.json += JsonText(name);
    record.json += ",\"ValueAsString\":";
    record.json += JsonText(value);
    record.json += '}';
  });
  record.json += ']';
  if (record.bytes > kMaxRecordBytes)
    return arrow::Status::Invalid("the record has ", record.bytes, " bytes, and SageMaker takes ",
                                  kMaxRecordBytes);
  return record;
}

}  // namespace ndr::feature_store
