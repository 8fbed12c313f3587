// SPDX-License-Identifier: Apache-2.0
// Records that the rules refuse, one file for each input file that has any (specification 1, Data-quality
// rules).
#pragma once

#include <arrow/result.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "ndr/storage/input.h"
#include "ndr/storage/publication.h"

namespace ndr::storage {

/// Columns: file, byte_offset, rule, reason, first_bytes.
std::shared_ptr<arrow::Schema> QuarantineColumns();

/// Collects the refused records of one input file in bounded memory; nothing is visible before Finish.
/// Not thread-safe.
class QuarantineFile {
 public:
  explicit QuarantineFile(Writer* writer);
  ~QuarantineFile();

  /// `bytes`: the beginning of the record; at most 4,096 are kept.
  arrow::Status Add(int64_t byte_offset, std::string_view rule, std::string_view reason,
                    std::string_view bytes);
  int64_t rows() const;
  /// Puts the rows, by byte_offset, at the input's own path, replacing what stood there, so
  /// running again never doubles them. Without rows nothing is written, and what an earlier run wrote for
  /// this input is removed.
  arrow::Status Finish(std::string_view version, const InputIdentity& input);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ndr::storage
