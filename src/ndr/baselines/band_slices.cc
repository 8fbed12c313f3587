// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/band_slices.h"

#include "ndr/baselines/plan.h"

namespace ndr::baselines {

BandSlices::BandSlices(const base::Calendar& calendar, const std::vector<catalogue::Window>& windows,
                       std::span<const base::Micros> committed, base::Micros start, base::Micros end)
    : windows_(windows.size()),
      counts_(base::kTimeBands * windows.size()),
      possible_((end - start) / base::kSliceMicros) {
  std::vector<size_t> first(windows.size());  // of each window ending at the slice: its first committed slice
  for (size_t i = 0; i < committed.size() && committed[i] < end; ++i) {
    const bool inside = committed[i] >= start;
    const size_t band = inside ? static_cast<size_t>(calendar.At(committed[i]).time_band) : 0;
    committed_ += inside;
    for (size_t w = 0; w < windows.size(); ++w) {
      while (committed[first[w]] <= committed[i] - windows[w].slices * base::kSliceMicros) ++first[w];
      if (inside && windows[w].IsCoveredBy(static_cast<int64_t>(i - first[w] + 1)))
        ++counts_[band * windows_ + w];
    }
  }
}

}  // namespace ndr::baselines
