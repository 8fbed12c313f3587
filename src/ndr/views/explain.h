// SPDX-License-Identifier: Apache-2.0
// Everything behind one host's rows at one end: each metric, its baseline and where that came from, its
// pairs, its evidence (specification 4, ndr explain).
#pragma once

#include <arrow/result.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "ndr/base/address.h"
#include "ndr/spec/project.h"

namespace ndr::views {

struct ExplainedMetric {
  std::string name;
  nlohmann::ordered_json value;  ///< null where the metric is
  std::string level;             ///< HOST, SEGMENT, GLOBAL, NONE; empty: not baselined
  std::optional<double> median, p95, p99, mad, z;
  int64_t support = 0;
  bool cold = false;
};

/// One row of FG-A and, where the end was judged, of FG-C in one horizon.
struct ExplainedRow {
  std::string role, window, horizon;     ///< horizon empty: the end was not judged
  nlohmann::ordered_json fg_c;           ///< the whole row; null when not judged
  std::vector<ExplainedMetric> metrics;  ///< in catalogue order
};

struct Explanation {
  base::Address host;
  base::Micros at = 0;  ///< the end
  std::string segment;
  std::vector<ExplainedRow> rows;
  std::vector<nlohmann::ordered_json> pairs;  ///< rows of fg_c/pair, horizon first
  nlohmann::ordered_json evidence;            ///< the row of fg_c/evidence; null without any
};

/// `at` is an end; an empty `window` means all of them. A usage error where the end is not committed, or the
/// host has no row there (with the nearest ends at which it has one).
arrow::Result<Explanation> Explain(const std::string& root, const spec::Context& context, base::Address host,
                                   base::Micros at, const std::string& window);

}  // namespace ndr::views
