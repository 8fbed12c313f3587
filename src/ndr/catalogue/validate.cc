// SPDX-License-Identifier: Apache-2.0
#include "ndr/catalogue/validate.h"

#include <arrow/array.h>
#include <arrow/scalar.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "ndr/base/hash.h"

namespace ndr::catalogue {
namespace {

using arrow::Status;
using base::Mix;

// 128 bits of a key: two keys that share them do not occur.
struct KeyHash {
  uint64_t high = 0, low = 0;
  friend auto operator<=>(const KeyHash&, const KeyHash&) = default;

  void Add(uint64_t part) {
    high = Mix(high, part);
    low = Mix(low ^ 0x6a09e667f3bcc908ull, part);
  }
};

uint64_t HashText(std::string_view text) {
  uint64_t hash = text.size();
  for (size_t i = 0; i < text.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + i, std::min<size_t>(8, text.size() - i));
    hash = Mix(hash, word);
  }
  return hash;
}

constexpr uint64_t kNull = 0xbb67ae8584caa73bull;

template <class At>
void AddColumn(const arrow::Array& array, KeyHash* keys, At at) {
  for (int64_t row = 0; row < array.length(); ++row) keys[row].Add(array.IsNull(row) ? kNull : at(row));
}

Status AddKeyColumn(const arrow::Array& array, KeyHash* keys) {
  switch (array.type_id()) {
    case arrow::Type::STRING: {
      const auto& texts = static_cast<const arrow::StringArray&>(array);
      AddColumn(array, keys, [&](int64_t row) { return HashText(texts.GetView(row)); });
      return Status::OK();
    }
    case arrow::Type::DICTIONARY: {
      const auto& words = static_cast<const arrow::DictionaryArray&>(array);
      const auto& texts = static_cast<const arrow::StringArray&>(*words.dictionary());
      std::vector<uint64_t> hashes;
      for (int64_t i = 0; i < texts.length(); ++i) hashes.push_back(HashText(texts.GetView(i)));
      AddColumn(array, keys,
                [&](int64_t row) { return hashes[static_cast<size_t>(words.GetValueIndex(row))]; });
      return Status::OK();
    }
    case arrow::Type::FIXED_SIZE_BINARY: {
      const auto& addresses = static_cast<const arrow::FixedSizeBinaryArray&>(array);
      AddColumn(array, keys,
                [&](int64_t row) { return base::Hash(base::Address::FromBytes(addresses.GetValue(row))); });
      return Status::OK();
    }
    case arrow::Type::UINT16: {
      const auto& ports = static_cast<const arrow::UInt16Array&>(array);
      AddColumn(array, keys, [&](int64_t row) { return uint64_t{ports.Value(row)}; });
      return Status::OK();
    }
    case arrow::Type::TIMESTAMP: {
      const auto& instants = static_cast<const arrow::TimestampArray&>(array);
      AddColumn(array, keys, [&](int64_t row) { return static_cast<uint64_t>(instants.Value(row)); });
      return Status::OK();
    }
    default:
      return Status::Invalid("a key of type ", array.type()->ToString());
  }
}

// Of the first row that has the key.
std::string KeyInWords(const std::vector<std::string>& key,
                       const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches, size_t row) {
  for (const auto& batch : batches) {
    if (row >= static_cast<size_t>(batch->num_rows())) {
      row -= static_cast<size_t>(batch->num_rows());
      continue;
    }
    std::string words;
    for (const std::string& name : key) {
      const auto column = batch->GetColumnByName(name);
      const auto at = static_cast<int64_t>(row);
      if (!words.empty()) words += '|';
      if (column->IsNull(at)) continue;
      if (column->type_id() == arrow::Type::FIXED_SIZE_BINARY)
        words += base::ToText(
            base::Address::FromBytes(static_cast<const arrow::FixedSizeBinaryArray&>(*column).GetValue(at)));
      else if (const auto cell = column->GetScalar(at); cell.ok())
        words += (*cell)->ToString();
    }
    return words;
  }
  return "";
}

}  // namespace

Status CheckSchema(const Catalogue& catalogue, Dataset dataset, const arrow::Schema& schema) {
  const auto expected = catalogue.Schema(dataset);
  for (int i = 0; i < std::max(expected->num_fields(), schema.num_fields()); ++i) {
    const auto want = i < expected->num_fields() ? expected->field(i) : nullptr;
    const auto have = i < schema.num_fields() ? schema.field(i) : nullptr;
    if (want != nullptr && have != nullptr && want->Equals(*have)) continue;
    return Status::Invalid(PathOf(dataset), ": column ", have ? have->ToString() : "none",
                           " where the catalogue has ", want ? want->ToString() : "none");
  }
  return Status::OK();
}

Status CheckUniqueKeys(const Catalogue& catalogue, Dataset dataset,
                       const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches) {
  const std::vector<std::string> key = catalogue.Key(dataset);
  int64_t rows = 0;
  for (const auto& batch : batches) rows += batch->num_rows();
  std::vector<KeyHash> keys(static_cast<size_t>(rows));
  KeyHash* at = keys.data();
  for (const auto& batch : batches) {
    for (const std::string& name : key) {
      const auto column = batch->GetColumnByName(name);
      if (column == nullptr) return Status::Invalid(PathOf(dataset), ": column '", name, "' is missing");
      ARROW_RETURN_NOT_OK(AddKeyColumn(*column, at));
    }
    at += batch->num_rows();
  }
  std::vector<KeyHash> sorted = keys;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice == sorted.end()) return Status::OK();
  const auto row = static_cast<size_t>(std::find(keys.begin(), keys.end(), *twice) - keys.begin());
  return Status::Invalid(PathOf(dataset), ": key ", KeyInWords(key, batches, row), " stands twice");
}

Status CheckTable(const Catalogue& catalogue, Dataset dataset,
                  const std::shared_ptr<arrow::RecordBatch>& batch) {
  ARROW_RETURN_NOT_OK(CheckSchema(catalogue, dataset, *batch->schema()));
  return CheckUniqueKeys(catalogue, dataset, {batch});
}

}  // namespace ndr::catalogue
