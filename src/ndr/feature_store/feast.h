// SPDX-License-Identifier: Apache-2.0
// A Feast repository over the Parquet datasets, for people who have Feast (0.67).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ndr/feature_store/group.h"

namespace ndr::feature_store {

struct FeastOptions {
  std::string project;  ///< of Feast: letters, digits and underscores; others become underscores
  std::string root;     ///< of the datasets, absolute or s3://
  std::string version;  ///< feature_spec_version
  std::vector<std::string> horizons;  ///< fg_c becomes one view for each
};

/// The files of the repository by name: feature_store.yaml (DuckDB reads the history, SQLite serves) and
/// features.py (entities host, role and window, a source and a view for each group and horizon; the join keys
/// are the columns host_ip, role and window_label, which the datasets have).
std::map<std::string, std::string> FeastRepository(const std::vector<Group>& groups,
                                                   const FeastOptions& options);

}  // namespace ndr::feature_store
