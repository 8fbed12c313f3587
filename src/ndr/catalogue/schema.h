// SPDX-License-Identifier: Apache-2.0
// The columns of each dataset, made from the catalogue's words (specifications 1 to 3).
#pragma once

#include <vector>

#include "ndr/catalogue/catalogue.h"

namespace ndr::catalogue {

std::vector<Column> DeltaHostColumns(const std::vector<std::string>& counts);
std::vector<Column> DeltaPairColumns();
std::vector<Column> PairCountsColumns();
std::vector<Column> LookbackColumns();
std::vector<Column> FgAColumns(const std::vector<ProjectMetric>& metrics);
std::vector<Column> FgAWideColumns(const std::vector<ProjectMetric>& metrics,
                                   const std::vector<Window>& windows);
/// `table` is kFgBHost, kFgBSegment or kFgBGlobal.
std::vector<Column> FgBColumns(Dataset table, const std::vector<ProjectMetric>& metrics,
                               const std::vector<int>& baselined);
std::vector<Column> IpMetadataColumns();
/// `table` is kPairHost or kPairSegment.
std::vector<Column> PairRarityColumns(Dataset table);
std::vector<Column> FgCHostColumns(const std::vector<ProjectMetric>& metrics,
                                   const std::vector<int>& baselined,
                                   const std::vector<Transform>& transforms,
                                   const std::vector<std::string>& extra_scores);
std::vector<Column> FgCPairColumns();
std::vector<Column> EvidenceColumns();

}  // namespace ndr::catalogue
