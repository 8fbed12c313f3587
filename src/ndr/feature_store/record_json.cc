// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/record_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace ndr::feature_store {
namespace {

using Json = nlohmann::ordered_json;

Json JsonOf(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kIntegral:
      return value.integral;
    case Value::Kind::kFractional:
      return value.fractional;
    case Value::Kind::kString:
      return value.text;
    case Value::Kind::kAbsent:
      return nullptr;
  }
  return nullptr;
}

std::string TextOf(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kIntegral:
      return fmt::format("{}", value.integral);
    case Value::Kind::kFractional:
      return fmt::format("{}", value.fractional);
    default:
      return std::string(value.text);
  }
}

}  // namespace

std::string ToJson(const OnlineRecord& record) {
  Json features = Json::object();
  for (size_t f = 0; f < record.values.size(); ++f)
    if (record.values[f].kind != Value::Kind::kAbsent)
      features[record.schema->features[f].name] = JsonOf(record.values[f]);
  const Json line = {{"feature_group", record.group},
                     {kEntityId, record.entity_id},
                     {kRecordId, record.record_id},
                     {kEventTime, base::FormatInstant(record.event_time)},
                     {"features", std::move(features)}};
  // Bytes that are no UTF-8 are replaced: segments are the project's own texts.
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string ToTable(const OnlineRecord& record) {
  std::string text =
      fmt::format("{}  {}  {}\n", record.entity_id, base::FormatInstant(record.event_time), record.group);
  for (size_t f = 0; f < record.values.size(); ++f)
    if (record.values[f].kind != Value::Kind::kAbsent)
      text += fmt::format("  {:<44} {}\n", record.schema->features[f].name, TextOf(record.values[f]));
  return text;
}

std::string ToText(const IngestReport& report) {
  std::string text = fmt::format(
      "attempted      {}\naccepted       {}\nretried        {}\ndead-lettered  {}\nknown          {}\n"
      "p50            {:.3f} ms\np99            {:.3f} ms\n",
      report.attempted, report.accepted, report.retried, report.dead_lettered, report.known,
      report.p50_millis, report.p99_millis);
  if (report.requests == 0) return text;
  const double seconds = std::max(report.seconds, 1e-6);
  text += fmt::format(
      "superseded     {}\nrequests       {}\nthrottled      {}\nunanswered     {}\n"
      "requests/s     {:.1f}\nrecords/s      {:.1f}\n",
      report.superseded, report.requests, report.throttled, report.lost,
      static_cast<double>(report.requests) / seconds, static_cast<double>(report.accepted) / seconds);
  return text;
}

std::string ToText(const std::vector<GroupStatus>& groups) {
  std::string text = fmt::format("{:<40} {:>10} {:>14} {:>8} {:>10}  {:<20} {:<20}\n", "feature group",
                                 "records", "bytes", "files", "unfinished", "oldest", "newest");
  for (const GroupStatus& g : groups)
    text += fmt::format("{:<40} {:>10} {:>14} {:>8} {:>10}  {:<20} {:<20}\n", g.group, g.records, g.bytes,
                        g.files, g.unfinished_files, base::FormatInstant(g.oldest),
                        base::FormatInstant(g.newest));
  return text;
}

}  // namespace ndr::feature_store
