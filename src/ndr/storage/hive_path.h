// SPDX-License-Identifier: Apache-2.0
// Hive's partitions in paths: `dt=2024-04-20/segment=a%2Fb/part-0a1b2c3d.parquet`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ndr::storage {

/// Stands for a null and, as in Hive, for the empty text.
inline constexpr std::string_view kHiveNull = "__HIVE_DEFAULT_PARTITION__";

/// `column=value`; in both, the characters that Hive escapes become %XX: control characters and any of
/// " # % ' * / : = ? \ { [ ] ^
std::string HivePart(std::string_view column, const std::optional<std::string_view>& value);

/// Column and value, null where it is kHiveNull.
using HiveParts = std::vector<std::pair<std::string, std::optional<std::string>>>;
/// The partitions of a file's path or key, in its order; the file's own name is none.
HiveParts HivePartsOf(std::string_view path);

/// Whether readers pass over a file, by its path below a table: a part begins with a dot or, unless it is a
/// partition, with '_'.
bool IsHiddenPath(std::string_view path);

}  // namespace ndr::storage
