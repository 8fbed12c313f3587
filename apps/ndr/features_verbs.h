// SPDX-License-Identifier: Apache-2.0
// The verbs below `ndr features`, by what they do.
#pragma once

#include <arrow/result.h>

#include <memory>
#include <string>
#include <vector>

#include "flags.h"
#include "ndr/catalogue/catalogue.h"
#include "verbs.h"

namespace ndr::app {

/// groups.
void AddFeatureGroups(CLI::App* features, Action* action);
/// ingest.
void AddFeaturesIngest(CLI::App* features, Action* action);
/// get, status.
void AddFeaturesOnline(CLI::App* features, Action* action);
/// offline, join.
void AddFeaturesOffline(CLI::App* features, Action* action);

/// What acts on a dataset's groups: the project, with what the spec of the job that makes it says.
struct ServedProject {
  std::shared_ptr<const spec::Context> context;
  spec::FeatureGroups settings;
};

/// A project, and which of its datasets.
struct FeatureFlags {
  ProjectFlags project;
  std::vector<std::string> datasets;

  void Add(CLI::App* verb);
  arrow::Result<ServedProject> Load(catalogue::Dataset dataset) const;
  /// In the order given; none given: `by_default`.
  arrow::Result<std::vector<catalogue::Dataset>> Datasets(
      const std::vector<catalogue::Dataset>& by_default) const;
};

/// Where the newest records are.
struct OnlineFlags {
  FeatureFlags features;
  std::string root, store;

  void AddStore(CLI::App* verb);
  /// The project's, unless the flags name a store. UsageError: nothing says where it is.
  arrow::Result<spec::FeatureGroups> Settings(spec::FeatureGroups settings) const;
};

}  // namespace ndr::app
