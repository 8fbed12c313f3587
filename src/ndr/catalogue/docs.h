// SPDX-License-Identifier: Apache-2.0
// The catalogue in words: what `ndr catalogue` prints, docs/catalogue.md and docs/catalogue.lock
// (specification 6, One catalogue). All of it follows from the declared words.
#pragma once

#include <arrow/result.h>

#include <string>
#include <string_view>

#include "ndr/catalogue/catalogue.h"

namespace ndr::catalogue {

/// `int64`, `address`, `list of int64`, ...
std::string_view ToText(Type type);
/// `distinct(peer where high_risk_port)`: the measure of a metric.
std::string Formula(const Metric& metric);

/// One line a metric, in columns, for people.
std::string ListText(const Catalogue& catalogue);
/// One JSON object a line: name, column, meaning, formula, unit, class, nulls, type, resolution, baselined,
/// ranked.
std::string ListJson(const Catalogue& catalogue);
/// Columns, key and partitions of a dataset as one JSON object. KeyError: no such dataset; names the nearest.
arrow::Result<std::string> SchemaJson(const Catalogue& catalogue, std::string_view dataset);
/// docs/catalogue.md.
std::string DocsMarkdown(const Catalogue& catalogue);
/// docs/catalogue.lock: names, types and units, one a line, so that a rename is seen in review.
std::string LockText(const Catalogue& catalogue);

}  // namespace ndr::catalogue
