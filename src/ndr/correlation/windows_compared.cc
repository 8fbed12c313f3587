// SPDX-License-Identifier: Apache-2.0
#include "ndr/correlation/windows_compared.h"

namespace ndr::correlation {

void CompareWindows(const Setup& setup, const Rows& rows, HostRole host_role, Frame* frame) {
  size_t quarter = rows.size, hour = rows.size;
  for (size_t r = host_role.begin; r < host_role.end; ++r) {
    if (rows.window[r] == setup.w_15m) quarter = r;
    if (rows.window[r] == setup.w_1h) hour = r;
  }
  if (quarter == rows.size || hour == rows.size) return;
  for (size_t c = 0; c < setup.compared.size(); ++c) {
    if (setup.compared[c] < 0) continue;
    const double* z = frame->z.Of(static_cast<size_t>(setup.compared[c]));
    const double difference = z[quarter - frame->first] - z[hour - frame->first];
    for (size_t r = host_role.begin; r < host_role.end; ++r)
      frame->window_disagreement.At(c, r - frame->first) = difference;
  }
}

void CompareHorizons(const Setup& setup, size_t from, size_t to, std::vector<Frame>* frames) {
  if (frames->size() < 2) return;
  const Frame& s = (*frames)[setup.reference->shortest()];
  const Frame& l = (*frames)[setup.reference->longest()];
  for (size_t c = 0; c < setup.compared.size(); ++c) {
    if (setup.compared[c] < 0) continue;
    const auto slot = static_cast<size_t>(setup.compared[c]);
    const double r = setup.metric_of(setup.compared[c]).resolution;
    for (size_t i = from; i < to; ++i) {
      const double short_median = s.median.At(slot, i), long_median = l.median.At(slot, i);
      for (Frame& frame : *frames) {
        frame.drift_ratio.At(c, i) = (short_median + r) / (long_median + r);
        frame.drift_z.At(c, i) = (short_median - long_median) / l.scale.At(slot, i);
      }
    }
  }
}

}  // namespace ndr::correlation
