// SPDX-License-Identifier: Apache-2.0
// Committed rows on their way to an online store.
#pragma once

#include <arrow/result.h>

#include <map>
#include <string>
#include <vector>

#include "ndr/feature_store/online_store.h"
#include "ndr/spec/project.h"
#include "ndr/storage/commit.h"

namespace ndr::feature_store {

/// The groups of each of these datasets under the names that `settings` has for them. Usage errors: see
/// GroupsOf.
arrow::Result<std::vector<Group>> ChosenGroups(const spec::Context& context,
                                               const spec::FeatureGroups& settings,
                                               const std::vector<catalogue::Dataset>& datasets);

/// Commits of a dataset's family whose rows end within [since, until].
arrow::Result<std::vector<storage::CommitRecord>> CommitsBetween(const std::string& root,
                                                                 const spec::Context& context,
                                                                 catalogue::Dataset dataset,
                                                                 base::Micros since, base::Micros until);

/// Hands the committed rows of these commits, in their order, to the store. Units that its ledger has as done
/// are not read. The caller finishes the store.
arrow::Status IngestCommits(const std::string& root, const spec::Context& context,
                            const std::vector<Group>& groups,
                            const std::vector<storage::CommitRecord>& commits, OnlineStore* store);

}  // namespace ndr::feature_store
