// SPDX-License-Identifier: Apache-2.0
// The column segment_id, each segment's text made once.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ndr/base/network.h"
#include "ndr/catalogue/batch.h"

namespace ndr::delta {

class SegmentWords {
 public:
  explicit SegmentWords(const base::Network& network) : network_(network) {}

  /// The next row's address.
  void Append(base::Address address) {
    const base::SegmentKey key = network_.SegmentOf(address);
    const auto [entry, added] = numbers_.try_emplace(key, static_cast<int32_t>(words_.size()));
    if (added) words_.push_back(network_.SegmentId(key));
    rows_.push_back(entry->second);
  }
  void Put(catalogue::BatchBuilder* batch) const { batch->PutWords("segment_id", rows_, words_); }

 private:
  const base::Network& network_;
  std::map<base::SegmentKey, int32_t> numbers_;
  std::vector<std::string> words_;
  std::vector<int32_t> rows_;
};

}  // namespace ndr::delta
