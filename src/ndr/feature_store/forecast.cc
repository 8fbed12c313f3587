// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/forecast.h"

#include <fmt/format.h>

#include <algorithm>

namespace ndr::feature_store {

Forecast MakeForecast(int64_t records, int64_t too_large, double write_units, int entries,
                      double requests_per_second, double write_units_per_second) {
  const int64_t requests = (records - too_large + entries - 1) / entries;
  const double seconds =
      std::max(static_cast<double>(requests) / requests_per_second, write_units / write_units_per_second);
  return {records, too_large, requests, write_units, seconds / 3600};
}

std::string ToText(const Forecast& forecast) {
  return fmt::format(
      "records        {}\ntoo large      {}\nrequests       {}\nwrite units    {:.0f}\nhours          "
      "{:.3f}\n",
      forecast.records, forecast.too_large, forecast.requests, forecast.write_units, forecast.hours);
}

}  // namespace ndr::feature_store
