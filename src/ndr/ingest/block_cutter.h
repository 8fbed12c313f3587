// SPDX-License-Identifier: Apache-2.0
// Cuts the decompressed bytes of one file into blocks of whole lines.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "ndr/ingest/parser.h"

namespace ndr::ingest {

/// A block that owns its bytes, padding included.
struct OwnedBlock {
  std::string storage;
  int64_t offset = 0;
  Block view() const { return {std::string_view(storage).substr(0, storage.size() - kBlockPadding), offset}; }
};

/// Bytes in, blocks out, in bounded memory: of a line longer than kMaxLineBytes only the first kMaxLineBytes
/// + 1 bytes are kept, enough to be found unparsable.
class BlockCutter {
 public:
  explicit BlockCutter(size_t block_bytes = 4 << 20) : block_bytes_(block_bytes) {}

  /// The next bytes of the file, of any size.
  void Append(std::string_view bytes);
  /// A block once enough bytes are there; call until nullopt after each Append.
  std::optional<OwnedBlock> Next();
  /// After the last Append: what is left; call until nullopt.
  std::optional<OwnedBlock> Finish();

 private:
  void Cut(size_t size);
  void SkipRestOfLine(std::string_view* bytes);

  size_t block_bytes_;
  std::string pending_;  // bytes of the file from offset_ on
  int64_t offset_ = 0;
  size_t line_start_ = 0;  // of the last, unfinished line in pending_
  bool skipping_ = false;  // the rest of an over-long line is dropped
  std::deque<OwnedBlock> ready_;
};

}  // namespace ndr::ingest
