// SPDX-License-Identifier: Apache-2.0
// The metrics of FG-A rows, column by column, filled from several threads at different rows.
#pragma once

#include <cstdint>
#include <vector>

#include "ndr/base/address.h"
#include "ndr/catalogue/batch.h"
#include "ndr/catalogue/catalogue.h"

namespace ndr::windows {

/// Metrics go by their index in Catalogue::metrics(). What is not set is null, and a metric that is never
/// null must be set: the batch is refused otherwise.
class FeatureColumns {
 public:
  FeatureColumns(const catalogue::Catalogue& catalogue, size_t rows);

  void Set(size_t metric, size_t row, int64_t value) {
    Column& c = columns_[metric];
    c.numbers[row] = value;
    c.valid[row] = 1;
  }
  void SetReal(size_t metric, size_t row, double value) {
    Column& c = columns_[metric];
    c.reals[row] = value + 0.0;  // no negative zeros
    c.valid[row] = 1;
  }
  void SetFlag(size_t metric, size_t row, bool value) {
    columns_[metric].flags[row] = value;
    columns_[metric].valid[row] = 1;
  }
  void SetPort(size_t metric, size_t row, uint16_t value) {
    columns_[metric].ports[row] = value;
    columns_[metric].valid[row] = 1;
  }
  void SetAddress(size_t metric, size_t row, base::Address value) {
    columns_[metric].addresses[row] = value;
    columns_[metric].valid[row] = 1;
  }

  /// A number that was set.
  double Number(size_t metric, size_t row) const {
    const Column& c = columns_[metric];
    return c.reals.empty() ? static_cast<double>(c.numbers[row]) : c.reals[row];
  }

  /// Moves every column into the batch.
  void MoveTo(catalogue::BatchBuilder* batch);

 private:
  struct Column {
    const catalogue::ProjectMetric* metric;
    std::vector<int64_t> numbers;
    std::vector<double> reals;
    std::vector<int8_t> flags;
    std::vector<uint16_t> ports;
    std::vector<base::Address> addresses;
    std::vector<uint8_t> valid;
  };
  std::vector<Column> columns_;
};

}  // namespace ndr::windows
