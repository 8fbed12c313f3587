// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/open_online.h"

#include "ndr/base/exit_code.h"
#include "ndr/feature_store/embedded_store.h"

namespace ndr::feature_store {

arrow::Result<std::string> EmbeddedStoreFile(const spec::FeatureGroups& settings, const std::string& root) {
  if (!settings.store.empty()) return settings.store;
  if (root.find("://") != std::string::npos)
    return base::UsageError("the embedded store is a file on a disk, and " + root +
                            " is none: give --store, or set feature_groups.online.store");
  return root + "/_features/online.sqlite";
}

arrow::Result<std::unique_ptr<OnlineStore>> OpenOnlineStore(const spec::FeatureGroups& settings,
                                                            const std::string& root) {
  if (settings.sagemaker)
    return base::UsageError("feature_groups.online.kind sagemaker is not in this build; embedded is");
  ARROW_ASSIGN_OR_RAISE(const std::string file, EmbeddedStoreFile(settings, root));
  return EmbeddedStore::Open(file);
}

}  // namespace ndr::feature_store
