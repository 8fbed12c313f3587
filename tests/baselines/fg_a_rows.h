// SPDX-License-Identifier: Apache-2.0
// FG-A rows for the tests of FG-B, made from the few values that a test is about.
#pragma once

#include <arrow/record_batch.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ndr/baselines/plan.h"

namespace ndr::baselines {

struct FgARow {
  std::string host = "10.0.0.1";
  int64_t end = 0;                       ///< window end, in slices since the epoch
  std::map<std::string, double> values;  ///< by metric; NaN is null, what is absent is 0
  catalogue::Role role = catalogue::Role::kOutbound;
  base::TimeBand band = base::TimeBand::kWdNight;
  std::string window = "w_15m";
  std::string segment = "10.0.0.0/24";
  int covered = 1;
};

constexpr base::Micros AtSlice(int64_t slice) { return slice * base::kSliceMicros; }

/// A context with three baselined metrics (sessions_cnt, bytes_src_sum, deny_ratio), of which sessions_cnt
/// and deny_ratio are key metrics; `project` may say otherwise.
std::shared_ptr<const spec::Context> MakeTestContext(spec::Project project = {});

/// All columns of FG-A.
std::shared_ptr<arrow::RecordBatch> FgABatch(const catalogue::Catalogue& catalogue,
                                             const std::vector<FgARow>& rows);

/// Row `row` of a double, int64, int8 or text column as text; null: "null".
std::string Cell(const arrow::RecordBatch& batch, int64_t row, const std::string& column);
/// A number of such a column; null: NaN.
double Number(const arrow::RecordBatch& batch, int64_t row, const std::string& column);

}  // namespace ndr::baselines
