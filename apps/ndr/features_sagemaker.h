// SPDX-License-Identifier: Apache-2.0
// What `ndr features` does with SageMaker's online store.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "features_verbs.h"
#include "ndr/feature_store/sagemaker_store.h"
#include "ndr/spec/project.h"

namespace ndr::app {

class StopRequest;

/// Flags of `ndr features ingest`.
struct SageMakerFlags {
  std::string online;  ///< over feature_groups.online.kind; empty: that
  std::string ledger, dead_letters;
  std::vector<std::string> features;
  bool history = false, dry_run = false;

  void Add(CLI::App* ingest);
  /// --online over the settings. UsageError: flags of SageMaker's with the embedded store.
  arrow::Status Apply(spec::FeatureGroups* settings) const;
  /// Leaves the features that --features names, and groups that have one. UsageError: none has such a
  /// feature.
  arrow::Status Choose(std::vector<feature_store::Group>* groups) const;
  /// Opens the store, lets it be filled, finishes it, and prints the report or the forecast.
  arrow::Status Ingest(const spec::FeatureGroups& settings, const std::string& root,
                       const std::function<arrow::Status(feature_store::OnlineStore*)>& hand_over) const;

 private:
  arrow::Result<std::unique_ptr<feature_store::SageMakerStore>> Open(const spec::FeatureGroups& settings,
                                                                     const std::string& root,
                                                                     const StopRequest* stop) const;
};

/// How many records each group's online store has, as it lists them itself.
arrow::Status PrintRemoteStatus(const spec::FeatureGroups& settings,
                                const std::vector<feature_store::Group>& groups);

}  // namespace ndr::app
