// SPDX-License-Identifier: Apache-2.0
// The online store that a project has.
#pragma once

#include <arrow/result.h>

#include <functional>
#include <memory>
#include <string>

#include "ndr/feature_store/sagemaker_store.h"
#include "ndr/spec/project.h"

namespace ndr::feature_store {

/// The file of the embedded store: feature_groups.online.store, else `_features/online.sqlite` below the
/// root. Usage error where the root is no folder and none is named.
arrow::Result<std::string> EmbeddedStoreFile(const spec::FeatureGroups& settings, const std::string& root);

/// What the settings say of SageMaker's store. Ledger and dead letters: `_features/sagemaker.ledger` and
/// `_features/sagemaker-dead-letters.jsonl` below the root; empty where the root is no folder.
SageMakerOptions SageMakerOptionsOf(const spec::FeatureGroups& settings, const std::string& root);
/// A connection's surroundings: the process's own, in the region that the settings name.
std::function<aws::Outside()> OutsideOf(const spec::FeatureGroups& settings);

/// By feature_groups.online.kind.
arrow::Result<std::unique_ptr<OnlineStore>> OpenOnlineStore(const spec::FeatureGroups& settings,
                                                            const std::string& root);

}  // namespace ndr::feature_store
