// SPDX-License-Identifier: Apache-2.0
// Names that stand in paths.
#pragma once

#include <string>
#include <string_view>

namespace ndr::base {

/// 1 to 128 characters of [A-Za-z0-9._-], not beginning with a dot: projects, versions, mini-batches, labels
/// of horizons.
bool IsName(std::string_view text);
/// Why a text is not one.
std::string NoName(std::string_view text);

}  // namespace ndr::base
