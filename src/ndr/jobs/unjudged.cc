// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/unjudged.h"

#include <fmt/format.h>

#include <bitset>

#include "ndr/correlation/levels.h"

namespace ndr::jobs {
namespace {

bool Supported(const reference::Horizon& horizon, base::TimeBand band, int window) {
  for (const auto role : {catalogue::Role::kOutbound, catalogue::Role::kInbound})
    for (const base::TimeBand b : {band, base::OtherDay(band)}) {
      const reference::BaselineRow row = horizon.Global(role, b, window);
      if (row && row.metrics[0].support >= correlation::kBandSupport)
        return true;  // sessions_cnt is always the first
    }
  return false;
}

}  // namespace

std::vector<std::string> WithoutBaseline(const spec::Context& context, const reference::Reference& reference,
                                         base::Micros from, base::Micros to) {
  std::bitset<base::kTimeBands> bands;
  for (base::Micros slice = from; slice < to; slice += base::kSliceMicros)
    bands.set(static_cast<size_t>(context.calendar.At(slice).time_band));
  std::vector<std::string> notes;
  const auto& windows = context.catalogue->windows();
  for (int band = 0; band < base::kTimeBands; ++band) {
    if (!bands.test(static_cast<size_t>(band))) continue;
    std::string missing;
    for (size_t w = 0; w < windows.size(); ++w) {
      bool any = false;
      for (const reference::Horizon& horizon : reference.horizons())
        any = any || Supported(horizon, static_cast<base::TimeBand>(band), static_cast<int>(w));
      if (!any) missing += (missing.empty() ? "" : ", ") + windows[w].label;
    }
    if (!missing.empty())
      notes.push_back(fmt::format("no baseline in {} for {}: the reference saw fewer than {} slices of it",
                                  base::kTimeBandNames[static_cast<size_t>(band)], missing,
                                  correlation::kBandSupport));
  }
  return notes;
}

}  // namespace ndr::jobs
