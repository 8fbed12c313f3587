// SPDX-License-Identifier: Apache-2.0
// What two engines' tables are compared by: rows, and of each numeric column its values and their sum.
#pragma once

#include <arrow/record_batch.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace ndr::bench {

class TableSums {
 public:
  /// Instants count in microseconds, lists of integers by their elements; texts and addresses are passed
  /// over.
  void Add(const arrow::RecordBatch& batch);
  /// {"rows": n, "columns": {name: [values, sum]}}
  nlohmann::ordered_json ToJson() const;

 private:
  struct Column {
    int64_t values = 0;
    __int128 whole = 0;
    long double real = 0;
  };
  int64_t rows_ = 0;
  std::map<std::string, Column> columns_;
};

}  // namespace ndr::bench
