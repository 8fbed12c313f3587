// SPDX-License-Identifier: Apache-2.0
// The session batches of one mini-batch as columns, with the fate of each row.
#pragma once

#include <arrow/result.h>

#include <array>
#include <cstdint>
#include <vector>

#include "ndr/catalogue/sessions.h"
#include "ndr/delta/delta.h"

namespace ndr::delta {

/// What became of a row; rows begin as used.
enum class Fate : uint8_t { kUsed, kOutside, kDuplicate, kSuperseded };

/// What a word counts as, by number in a batch's dictionary: bits of the enumerations below.
struct WordClasses {
  enum Action : uint8_t { kAllow = 1, kDeny = 2, kAlert = 4 };
  enum Reason : uint8_t { kReset = 1, kAgedOut = 2 };
  enum Subtype : uint8_t { kSession = 1, kEnd = 2, kVulnerability = 4 };
  std::array<std::vector<uint8_t>, catalogue::kSessionWords> bits;

  uint8_t Of(catalogue::SessionWord kind, int32_t word, uint8_t absent = 0) const {
    return word < 0 ? absent : bits[kind][static_cast<size_t>(word)];
  }
};

struct InputBatch {
  catalogue::SessionColumns columns;
  WordClasses classes;
  std::vector<Fate> fates;
  int32_t file = 0;
  bool key_alone_identifies = false;
};

/// Each distinct word is classified once. The batches must outlive the result.
arrow::Result<std::vector<InputBatch>> ReadInput(const spec::SessionRules& rules,
                                                 const std::vector<SessionBatch>& batches);

}  // namespace ndr::delta
