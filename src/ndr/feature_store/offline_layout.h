// SPDX-License-Identifier: Apache-2.0
// Where offline files lie and what columns they have: SageMaker's Glue layout (specification 4, Feature
// store).
#pragma once

#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ndr/base/time.h"
#include "ndr/feature_store/group.h"
#include "ndr/spec/project.h"
#include "ndr/storage/object_store.h"

namespace ndr::feature_store {

/// The columns that follow a group's own and its features.
inline constexpr std::string_view kWriteTime = "write_time";                ///< timestamp, milliseconds UTC
inline constexpr std::string_view kInvocationTime = "api_invocation_time";  ///< the same
inline constexpr std::string_view kIsDeleted = "is_deleted";                ///< boolean

/// entity_id, window_end_ts, record_id, the features, and the three above. Texts, int64 and float64; features
/// may be null, and none is NaN.
std::shared_ptr<arrow::Schema> OfflineSchema(const Group& group);

/// The place named by `settings.offline_prefix`, a folder or s3://. Usage error: there is none.
arrow::Result<std::shared_ptr<storage::ObjectStore>> OpenOffline(const spec::FeatureGroups& settings);
/// What a reader opens.
inline std::string PathIn(const storage::ObjectStore& files, const std::string& name) {
  return files.location() + "/" + name;
}

/// `<account>/sagemaker/<region>/offline-store/<group>-<created>/data`, below the prefix.
std::string OfflineFolder(const spec::FeatureGroups& settings, std::string_view group);
/// `year=2024/month=04/day=20/hour=12`, below that.
std::string HourFolder(base::Micros event_time);
/// `20240420T121500Z_0123456789abcdef.parquet`: the latest event time and 16 characters of the hash of the
/// content. The content is the rows and the schema, not when they were written: a run again finds its file.
std::string OfflineFileName(base::Micros latest, std::string_view source_sha256, const Group& group);
/// The latest event time of a file's name; nullopt where it is no such name.
std::optional<base::Micros> EventTimeOfName(std::string_view name);

}  // namespace ndr::feature_store
