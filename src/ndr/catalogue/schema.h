// SPDX-License-Identifier: Apache-2.0
// The columns of each dataset, made from the catalogue's words (specifications 1 to 3).
#pragma once

#include <vector>

#include "ndr/catalogue/catalogue.h"

namespace ndr::catalogue {

// Each function gives the columns of one dataset in their order, addresses as Type::kAddress, without those
// that stand in the path only. No errors: Catalogue::Make has checked what they are made of.

/// Partials of a host and role in a slice; `counts` are Catalogue::delta_counts().
std::vector<Column> DeltaHostColumns(const std::vector<std::string>& counts);
/// Partials of a pair in a slice; its port is null where the transport has none.
std::vector<Column> DeltaPairColumns();
/// Sessions of a pair in a slice.
std::vector<Column> PairCountsColumns();
/// Sessions of a pair on a day.
std::vector<Column> LookbackColumns();
/// A row is a host, role, window and end; `metrics` are Catalogue::metrics().
std::vector<Column> FgAColumns(const std::vector<ProjectMetric>& metrics);
/// The same with all windows in one row: a column for each metric and window.
std::vector<Column> FgAWideColumns(const std::vector<ProjectMetric>& metrics,
                                   const std::vector<Window>& windows);
/// Statistics of the metrics whose indices are `baselined`; `table` is kFgBHost, kFgBSegment or kFgBGlobal.
std::vector<Column> FgBColumns(Dataset table, const std::vector<ProjectMetric>& metrics,
                               const std::vector<int>& baselined);
/// What a horizon knows of a host: its sessions, and whether it is cold.
std::vector<Column> IpMetadataColumns();
/// How often a pair was seen in a horizon; `table` is kPairHost or kPairSegment.
std::vector<Column> PairRarityColumns(Dataset table);
/// A row of FG-A against a horizon: transforms of the baselined metrics, scores, what is compared between
/// windows.
std::vector<Column> FgCHostColumns(const std::vector<ProjectMetric>& metrics,
                                   const std::vector<int>& baselined,
                                   const std::vector<Transform>& transforms,
                                   const std::vector<std::string>& extra_scores);
/// The pairs of a row of fg_c/host that are shown.
std::vector<Column> FgCPairColumns();
/// One end of one host: evidence by kind, and reasons.
std::vector<Column> EvidenceColumns();

}  // namespace ndr::catalogue
