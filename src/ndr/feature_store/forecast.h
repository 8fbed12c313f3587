// SPDX-License-Identifier: Apache-2.0
// What an ingestion into a remote store will take, before anything is sent.
#pragma once

#include <cstdint>
#include <string>

namespace ndr::feature_store {

struct Forecast {
  int64_t records = 0;
  int64_t too_large = 0;  ///< of them, which go to the dead letters instead
  int64_t requests = 0;
  double write_units = 0;
  double hours = 0;  ///< at the configured rates
};

/// `records` records of `write_units` in requests of `entries` at most; the slower of both rates decides.
Forecast MakeForecast(int64_t records, int64_t too_large, double write_units, int entries,
                      double requests_per_second, double write_units_per_second);
/// One count a line.
std::string ToText(const Forecast& forecast);

}  // namespace ndr::feature_store
