// SPDX-License-Identifier: Apache-2.0
// Where results lie below a folder of logs: they are no logs.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "ndr/storage/object_store.h"

namespace ndr::storage {

/// A root of results, or a folder that a root keeps for itself: those begin with an underscore.
bool HoldsResults(const std::filesystem::path& folder);

/// The objects that were listed below `folder` (its name in the store; empty: the whole store), without those
/// in such folders below it.
std::vector<ObjectInfo> WithoutResults(std::vector<ObjectInfo> objects, std::string_view folder);

}  // namespace ndr::storage
