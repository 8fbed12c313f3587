// SPDX-License-Identifier: Apache-2.0
// Feature groups: the features of one dataset under names that a feature store takes (specification 4,
// Feature store). They follow from the catalogue; nothing is listed twice.
#pragma once

#include <arrow/result.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/catalogue/catalogue.h"
#include "ndr/catalogue/store_name.h"

namespace ndr::feature_store {

/// SageMaker's limit, which holds for every store here: what fits one fits all.
inline constexpr size_t kMaxFeatures = 2'500;

/// Columns that every group has besides its features, all of them text to SageMaker.
inline constexpr std::string_view kEntityId = "entity_id";       ///< record identifier: the newest replaces
inline constexpr std::string_view kEventTime = "window_end_ts";  ///< event time
inline constexpr std::string_view kRecordId = "record_id";       ///< names the row for ever, offline
inline constexpr size_t kOwnColumns = 3;
/// A feature of fg_c/host that stands in the dataset's path and at the end of record_id, in no column.
inline constexpr std::string_view kHorizon = "baseline_horizon";

enum class FeatureType : uint8_t { kIntegral, kFractional, kString };
/// `Integral`, ...
std::string_view ToText(FeatureType type);

struct Feature {
  std::string name;  ///< the dataset's column, or kHorizon
  FeatureType type = FeatureType::kString;
  catalogue::Type column = catalogue::Type::kText;  ///< of the column
  std::string meaning;
};

/// One group, or one part of a dataset that has more features than a group holds.
struct Group {
  std::string name;
  catalogue::Dataset dataset = catalogue::Dataset::kFgA;
  std::vector<Feature> features;  ///< in the dataset's order, without the three columns above
  int part = 1, parts = 1;
};

/// The datasets that have groups: fg_a, fg_a_wide, fg_c/host.
const std::vector<catalogue::Dataset>& GroupedDatasets();
/// `fg_a`, `fg_a_wide`, `fg_c`: what people call them, in flags, specs and names. UsageError names the three.
arrow::Result<catalogue::Dataset> FindGrouped(std::string_view name);
std::string_view NameOf(catalogue::Dataset dataset);

/// `<project>-<version>-<dataset>` with hyphens for dots and underscores: where nobody chose another name.
std::string DefaultGroupName(std::string_view project, std::string_view version, catalogue::Dataset dataset);

/// The groups of a dataset: one, or parts `<name>-1`, `<name>-2`, ... of at most kMaxFeatures columns in the
/// catalogue's order. Lists and structs are left out, flags are Integral, instants and addresses String.
/// UsageError: the name or a feature's has more than 64 characters, or is none that a store takes.
arrow::Result<std::vector<Group>> GroupsOf(const catalogue::Catalogue& catalogue, catalogue::Dataset dataset,
                                           const std::string& name, size_t max_features = kMaxFeatures);

/// SQL of the view that joins the parts of one dataset again; empty where there is one part.
std::string JoinView(const std::vector<Group>& parts);

}  // namespace ndr::feature_store
