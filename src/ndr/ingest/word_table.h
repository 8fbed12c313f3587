// SPDX-License-Identifier: Apache-2.0
// The distinct texts of one column of a block, each normalised once.
#pragma once

#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ndr::ingest {

class WordTable {
 public:
  /// `normalise`: words are compared and kept in lower case, spaces and underscores as hyphens.
  explicit WordTable(bool normalise) : normalise_(normalise) {}

  /// The number of the text's word, by first appearance; -1 for the empty text.
  int32_t Number(std::string_view raw) {
    if (raw.empty()) return -1;
    const Recent& recent = recent_[SlotOf(raw)];
    return recent.number >= 0 && recent.raw == raw ? recent.number : Find(raw);
  }
  /// The words in order of their numbers, as an utf8 array.
  arrow::Result<std::shared_ptr<arrow::Array>> Finish() const;

 private:
  struct Recent {
    std::string raw;
    int32_t number = -1;
  };
  static size_t SlotOf(std::string_view raw) {
    return (raw.size() * 7 + static_cast<uint8_t>(raw.front()) + static_cast<uint8_t>(raw.back()) * 3u) & 31;
  }
  int32_t Find(std::string_view raw);

  bool normalise_;
  std::array<Recent, 32> recent_;  // logs repeat a handful of words
  boost::unordered_flat_map<std::string, int32_t> numbers_;
  std::vector<std::string> words_;
};

}  // namespace ndr::ingest
