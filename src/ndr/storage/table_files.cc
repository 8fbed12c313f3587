// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/table_files.h"

#include <algorithm>
#include <charconv>
#include <compare>
#include <filesystem>

#include "ndr/base/exit_code.h"
#include "ndr/storage/input.h"
#include "ndr/storage/object_store.h"

namespace ndr::storage {
namespace {

template <class Number>
std::optional<Number> WholeNumber(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

std::partial_ordering Order(std::string_view a, std::string_view b) {
  // Integers apart: a double does not tell the large ones apart.
  const auto i = WholeNumber<int64_t>(a), j = WholeNumber<int64_t>(b);
  if (i && j) return *i <=> *j;
  const auto x = WholeNumber<double>(a), y = WholeNumber<double>(b);
  return x && y ? *x <=> *y : std::partial_ordering(a <=> b);
}

bool Meets(std::string_view text, const TableCondition& condition) {
  const auto order = Order(text, condition.value);
  switch (condition.op) {
    case TableComparison::kEqual:
      return order == 0;
    case TableComparison::kBelow:
      return order < 0;
    case TableComparison::kUpTo:
      return order <= 0;
    case TableComparison::kAbove:
      return order > 0;
    case TableComparison::kFrom:
      return order >= 0;
  }
  return false;
}

TableFormat FormatOfName(const std::string& path) {
  std::filesystem::path name = std::filesystem::path(path).filename();
  for (const char* packed : {".gz", ".zst", ".zstd"})
    if (name.extension() == packed) {
      name = name.stem();
      break;
    }
  const std::string extension = name.extension().string();
  if (extension == ".parquet") return TableFormat::kParquet;
  if (extension == ".csv") return TableFormat::kCsv;
  const bool json = extension == ".json" || extension == ".jsonl" || extension == ".ndjson";
  return json ? TableFormat::kJsonLines : TableFormat::kByName;
}

// The end of what an input says by itself: the rest of a path was found.
size_t NamedBytes(const std::string& input) {
  const std::string named =
      IsRemote(input) ? input : std::filesystem::path(input).lexically_normal().string();
  std::error_code error;
  if (!IsRemote(input) && std::filesystem::exists(input, error)) return named.size();
  const size_t glob = named.find_first_of("*?[");
  return glob == std::string::npos ? named.size() : named.rfind('/', glob) + 1;
}

arrow::Result<bool> Keep(const TableFile& file, const std::vector<TableCondition>& conditions) {
  bool kept = true;
  for (const TableCondition& condition : conditions) {
    const auto* value = file.Partition(condition.column);
    if (value == nullptr)
      return base::UsageError(file.path + " has no partition '" + condition.column +
                              "' in its path; a condition on a column of the file is one on row groups");
    kept = kept && value->has_value() && Meets(**value, condition);
  }
  return kept;
}

}  // namespace

const std::optional<std::string>* TableFile::Partition(std::string_view column) const {
  for (const auto& [name, value] : partitions)
    if (name == column) return &value;
  return nullptr;
}

arrow::Result<std::vector<TableFile>> FilesOfTable(const std::vector<std::string>& inputs,
                                                   const TableOptions& options) {
  std::vector<TableFile> files;
  for (const std::string& input : inputs) {
    ARROW_ASSIGN_OR_RAISE(const auto found, ExpandInputs({input}));
    const size_t named = NamedBytes(input);
    for (const InputPath& path : found) {
      std::string_view rest = path.path;
      rest.remove_prefix(std::min(named, rest.size()));
      while (rest.starts_with('/')) rest.remove_prefix(1);
      if (IsHiddenPath(rest)) continue;
      TableFile file{path.path, path.bytes, HivePartsOf(path.path), options.format};
      ARROW_ASSIGN_OR_RAISE(const bool kept, Keep(file, options.partitions));
      if (!kept) continue;
      if (file.format == TableFormat::kByName) file.format = FormatOfName(file.path);
      if (file.format == TableFormat::kByName)
        return base::UsageError(file.path +
                                " is of no known format (.parquet, .csv, .json, .jsonl, .ndjson, the " +
                                "text ones also with .gz or .zst); name files by a glob, or say the format");
      files.push_back(std::move(file));
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  const auto same = [](const auto& a, const auto& b) { return a.path == b.path; };
  files.erase(std::unique(files.begin(), files.end(), same), files.end());
  return files;
}

}  // namespace ndr::storage
