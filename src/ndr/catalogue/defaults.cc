// SPDX-License-Identifier: Apache-2.0
#include "ndr/catalogue/defaults.h"

namespace ndr::catalogue {

std::vector<Window> DefaultWindows() {
  std::vector<Window> windows;
  for (const DefaultWindow& w : kDefaultWindows) windows.push_back({std::string(w.label), w.slices});
  return windows;
}

std::vector<std::string> DefaultBaselinedMetrics() {
  std::vector<std::string> names;
  for (size_t i = 0; i < kDefaultBaselined; ++i) names.emplace_back(kMetrics[i].name);
  return names;
}

std::vector<std::string> DefaultRankMetrics() {
  std::vector<std::string> names;
  for (size_t i = 0; i < kDefaultRanked; ++i)
    if (i != MetricAt("allow_cnt") && i != MetricAt("traffic_cnt")) names.emplace_back(kMetrics[i].name);
  return names;
}

std::vector<std::string> DefaultTransforms() {
  std::vector<std::string> names;
  for (const TransformWord& t : kTransforms)
    if (t.by_default) names.emplace_back(t.name);
  return names;
}

std::vector<std::string> DefaultKeyMetrics() {
  return {kDefaultKeyMetrics.begin(), kDefaultKeyMetrics.end()};
}

}  // namespace ndr::catalogue
