// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/offline_layout.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include "ndr/base/exit_code.h"
#include "ndr/base/hash.h"
#include "ndr/feature_store/encoding.h"

namespace ndr::feature_store {
namespace {

constexpr size_t kHashCharacters = 16;

std::shared_ptr<arrow::DataType> OfflineType(FeatureType type) {
  switch (type) {
    case FeatureType::kIntegral:
      return arrow::int64();
    case FeatureType::kFractional:
      return arrow::float64();
    case FeatureType::kString:
      return arrow::utf8();
  }
  return arrow::utf8();
}

}  // namespace

std::shared_ptr<arrow::Schema> OfflineSchema(const Group& group) {
  arrow::FieldVector fields;
  for (const std::string_view own : {kEntityId, kEventTime, kRecordId})
    fields.push_back(arrow::field(std::string(own), arrow::utf8(), false));
  for (const Feature& f : group.features) fields.push_back(arrow::field(f.name, OfflineType(f.type)));
  const auto time = arrow::timestamp(arrow::TimeUnit::MILLI, "UTC");
  fields.push_back(arrow::field(std::string(kWriteTime), time, false));
  fields.push_back(arrow::field(std::string(kInvocationTime), time, false));
  fields.push_back(arrow::field(std::string(kIsDeleted), arrow::boolean(), false));
  return arrow::schema(std::move(fields));
}

arrow::Result<std::shared_ptr<storage::ObjectStore>> OpenOffline(const spec::FeatureGroups& settings) {
  if (settings.offline_prefix.empty())
    return base::UsageError(
        "nothing says where the offline store is: give --prefix, or set feature_groups.offline.prefix");
  auto files = storage::OpenStore(settings.offline_prefix);
  if (files.status().IsInvalid()) return base::UsageError(files.status().message());
  return files;
}

std::string OfflineFolder(const spec::FeatureGroups& settings, std::string_view group) {
  const auto created = settings.created.find(std::string(group));
  return fmt::format("{}/sagemaker/{}/offline-store/{}-{}/data", settings.account,
                     settings.region.empty() ? "local" : settings.region, group,
                     created == settings.created.end() ? 0 : created->second);
}

std::string HourFolder(base::Micros event_time) {
  const std::string text = base::FormatCompact(event_time);  // 20240420T120000Z
  return fmt::format("year={}/month={}/day={}/hour={}", text.substr(0, 4), text.substr(4, 2),
                     text.substr(6, 2), text.substr(9, 2));
}

std::string OfflineFileName(base::Micros latest, std::string_view source_sha256, const Group& group) {
  base::Sha256 hash;
  hash.Update(source_sha256);
  hash.Update(RecordSchema::Of(group).text);
  return fmt::format("{}_{}.parquet", base::FormatCompact(latest), hash.Hex().substr(0, kHashCharacters));
}

std::optional<base::Micros> EventTimeOfName(std::string_view name) {
  const size_t end = name.find('_');
  if (end == std::string_view::npos || !name.ends_with(".parquet")) return std::nullopt;
  return base::ParseCompact(name.substr(0, end));
}

}  // namespace ndr::feature_store
