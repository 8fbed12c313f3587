// SPDX-License-Identifier: Apache-2.0
// Rows of any dataset for someone who looks: read by commit records, filtered, as JSON values (specification
// 4, ndr show).
#pragma once

#include <arrow/record_batch.h>
#include <arrow/result.h>

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "ndr/base/address.h"
#include "ndr/base/time.h"
#include "ndr/spec/project.h"

namespace ndr::views {

/// Takes one row; an error ends the reading.
using RowCallback = std::function<arrow::Status(const nlohmann::ordered_json&)>;

struct ShowFilter {
  std::optional<base::Address> host;  ///< host_ip, or src_ip or dst_ip of datasets of pairs
  std::string window;                 ///< window_label
  std::string horizon;                ///< baseline_horizon
  std::optional<base::Micros>
      at;  ///< the batch whose slice ends there (or holds it); FG-B: the newest reference not after it
  std::optional<base::Micros> since, until;  ///< batches whose slices end in [since, until)
  std::vector<std::string> columns;          ///< empty: all
};

/// Whether a column is among those that were named; where none was, all are.
bool IsWanted(const std::vector<std::string>& wanted, const std::string& name);
/// Names of the members of a row, in order; `wanted`: some only, empty: all.
std::vector<std::string> ColumnsShown(const spec::Context& context, catalogue::Dataset dataset,
                                      const std::vector<std::string>& wanted);

/// Calls `row` with each row in the order of the files, columns of the path (baseline_horizon, reference_ts
/// of FG-B) first. Texts of addresses and instants as in the files, instants as `2024-04-20T12:00:00Z`,
/// absent values null. Without `at`, `since` and `until`: the newest batch. A usage error names an unknown
/// column or horizon, and what there is when nothing is committed.
arrow::Status Show(const std::string& root, const spec::Context& context, catalogue::Dataset dataset,
                   const ShowFilter& filter, const RowCallback& row);

/// One cell as JSON; addresses (16 bytes) as text.
nlohmann::ordered_json CellAsJson(const arrow::Array& array, int64_t row);

}  // namespace ndr::views
