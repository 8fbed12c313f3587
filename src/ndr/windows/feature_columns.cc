// SPDX-License-Identifier: Apache-2.0
#include "ndr/windows/feature_columns.h"

namespace ndr::windows {

using catalogue::Type;

FeatureColumns::FeatureColumns(const catalogue::Catalogue& catalogue, size_t rows) {
  for (const catalogue::ProjectMetric& metric : catalogue.metrics()) {
    Column& c = columns_.emplace_back();
    c.metric = &metric;
    c.valid.resize(rows);
    if (metric.type == Type::kInt64)
      c.numbers.resize(rows);
    else if (metric.type == Type::kFloat64)
      c.reals.resize(rows);
    else if (metric.type == Type::kFlag)
      c.flags.resize(rows);
    else if (metric.type == Type::kUint16)
      c.ports.resize(rows);
    else
      c.addresses.resize(rows);
  }
}

void FeatureColumns::MoveTo(catalogue::BatchBuilder* batch) {
  for (Column& c : columns_) {
    const std::string& name = c.metric->column;
    if (c.metric->type == Type::kInt64)
      batch->Put(name, std::move(c.numbers), c.valid);
    else if (c.metric->type == Type::kFloat64)
      batch->Put(name, std::move(c.reals), c.valid);
    else if (c.metric->type == Type::kFlag)
      batch->Put(name, std::move(c.flags), c.valid);
    else if (c.metric->type == Type::kUint16)
      batch->Put(name, std::move(c.ports), c.valid);
    else
      batch->PutAddresses(name, c.addresses, c.valid);
  }
}

}  // namespace ndr::windows
