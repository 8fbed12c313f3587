// SPDX-License-Identifier: Apache-2.0
// Batches of the grouped datasets: every column has a plain value but those that a test sets.
#pragma once

#include <arrow/record_batch.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ndr/base/time.h"
#include "ndr/catalogue/catalogue.h"

namespace ndr::feature_store::testing {

inline constexpr base::Micros kNoon = 1'713'614'400'000'000;  ///< 2024-04-20T12:00:00Z

/// One row. Numbers by column; a name that stands here without a value is null.
struct Row {
  std::string host = "10.0.0.1";
  std::string role = "outbound", window = "w_15m", horizon = "7d";
  base::Micros end = kNoon;
  std::map<std::string, std::optional<double>> numbers = {};
};

/// Columns without a value of their own: 0, `10.9.9.9`, noon, an empty list, `word`.
std::shared_ptr<arrow::RecordBatch> MakeBatch(const catalogue::Catalogue& catalogue,
                                              catalogue::Dataset dataset, const std::vector<Row>& rows);

/// The catalogue with its defaults.
std::shared_ptr<const catalogue::Catalogue> Words();

}  // namespace ndr::feature_store::testing
