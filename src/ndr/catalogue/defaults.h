// SPDX-License-Identifier: Apache-2.0
// What a project's lists of words hold where it leaves them out (specification 2, fg_a; specification 3,
// Terms).
#pragma once

#include <string>
#include <vector>

#include "ndr/catalogue/catalogue.h"

namespace ndr::catalogue {

std::vector<Window> DefaultWindows();
/// The first kDefaultBaselined metrics.
std::vector<std::string> DefaultBaselinedMetrics();
/// The first kDefaultRanked metrics but allow_cnt and traffic_cnt; of a project's own baselined metrics those
/// among them.
std::vector<std::string> DefaultRankMetrics();
std::vector<std::string> DefaultTransforms();
std::vector<std::string> DefaultKeyMetrics();

}  // namespace ndr::catalogue
