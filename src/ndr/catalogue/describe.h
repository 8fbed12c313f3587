// SPDX-License-Identifier: Apache-2.0
// Columns of datasets apart into those declared one by one and those made of words.
#pragma once

#include <string>
#include <vector>

#include "ndr/catalogue/catalogue.h"

namespace ndr::catalogue {

/// A family of columns: `<metric>_<statistic>` for each baselined metric and statistic.
struct ColumnFamily {
  std::string pattern;
  std::vector<std::string> names;  ///< in no order
};
/// The families of a dataset; none for most.
std::vector<ColumnFamily> FamiliesOf(const Catalogue& catalogue, Dataset dataset);
/// The columns of a dataset that belong to no family, in order.
std::vector<Column> OwnColumns(const Catalogue& catalogue, Dataset dataset);
/// Columns that stand in the path only: feature_spec_version, dt, ...
std::vector<std::string> Partitions(Dataset dataset);

}  // namespace ndr::catalogue
