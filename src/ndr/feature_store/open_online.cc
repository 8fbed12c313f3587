// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/open_online.h"

#include "ndr/base/exit_code.h"
#include "ndr/feature_store/embedded_store.h"
#include "ndr/storage/object_store.h"

namespace ndr::feature_store {

arrow::Result<std::string> EmbeddedStoreFile(const spec::FeatureGroups& settings, const std::string& root) {
  if (!settings.store.empty()) {
    ARROW_RETURN_NOT_OK(storage::CheckOnDisk("--store or feature_groups.online.store", settings.store));
    return settings.store;
  }
  if (storage::IsRemote(root))
    return base::UsageError("the embedded store is a file on a disk, and " + root +
                            " is none: give --store, or set feature_groups.online.store");
  return root + "/_features/online.sqlite";
}

SageMakerOptions SageMakerOptionsOf(const spec::FeatureGroups& settings, const std::string& root) {
  SageMakerOptions options;
  if (!storage::IsRemote(root)) {
    options.ledger = root + "/_features/sagemaker.ledger";
    options.dead_letters = root + "/_features/sagemaker-dead-letters.jsonl";
  }
  options.account = settings.account;
  options.entries_per_request = settings.entries_per_request;
  options.connections = settings.concurrency;
  options.requests_per_second = settings.requests_per_second;
  options.write_units_per_second = settings.write_units_per_second;
  options.max_dead_letter_ratio = settings.max_dead_letter_ratio;
  return options;
}

std::function<aws::Outside()> OutsideOf(const spec::FeatureGroups& settings) {
  return [region = settings.region] {
    aws::Outside outside = aws::RealOutside();
    if (!region.empty())
      outside.variable = [region, inner = outside.variable](const std::string& name) {
        return name == "AWS_REGION" ? region : inner(name);
      };
    return outside;
  };
}

arrow::Result<std::unique_ptr<OnlineStore>> OpenOnlineStore(const spec::FeatureGroups& settings,
                                                            const std::string& root) {
  if (settings.sagemaker)
    return SageMakerStore::Open(SageMakerOptionsOf(settings, root), OutsideOf(settings));
  ARROW_ASSIGN_OR_RAISE(const std::string file, EmbeddedStoreFile(settings, root));
  return EmbeddedStore::Open(file);
}

}  // namespace ndr::feature_store
