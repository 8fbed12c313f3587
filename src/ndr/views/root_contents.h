// SPDX-License-Identifier: Apache-2.0
// What someone who looks at a root can look at.
#pragma once

#include <arrow/result.h>

#include <string>
#include <string_view>
#include <vector>

namespace ndr::views {

/// Versions of a family that have commits, sorted.
arrow::Result<std::vector<std::string>> VersionsOf(const std::string& root, std::string_view family);
/// The usage error for a family and version without commits: names the versions that have some, or what to
/// run first.
arrow::Status NothingThere(const std::string& root, std::string_view family, const std::string& version);

}  // namespace ndr::views
