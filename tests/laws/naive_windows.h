// SPDX-License-Identifier: Apache-2.0
// FG-A straight from the definitions of specification 2: no state, no merging, plain maps over the records
// themselves.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "windows/window_case.h"

namespace ndr::laws {

/// A row's metrics: integers, addresses and nulls as text, the rest as numbers.
struct NaiveRow {
  std::map<std::string, std::string> exact;
  std::map<std::string, double> real;
};
/// By (host_ip, role, window index), ordered as FG-A is.
using NaiveRows = std::map<std::tuple<base::Address, int, int>, NaiveRow>;

/// The windows that end after slice `end - 1` (slices counted from the dataset's first).
NaiveRows NaiveWindows(const spec::Context& context, const std::vector<windows::testing::Record>& records,
                       int end);

}  // namespace ndr::laws
