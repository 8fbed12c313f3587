// SPDX-License-Identifier: Apache-2.0
// The online store that a project has.
#pragma once

#include <arrow/result.h>

#include <memory>
#include <string>

#include "ndr/feature_store/online_store.h"
#include "ndr/spec/project.h"

namespace ndr::feature_store {

/// The file of the embedded store: feature_groups.online.store, else `_features/online.sqlite` below the
/// root. Usage error where the root is no folder and none is named.
arrow::Result<std::string> EmbeddedStoreFile(const spec::FeatureGroups& settings, const std::string& root);

/// By feature_groups.online.kind.
arrow::Result<std::unique_ptr<OnlineStore>> OpenOnlineStore(const spec::FeatureGroups& settings,
                                                            const std::string& root);

}  // namespace ndr::feature_store
