// SPDX-License-Identifier: Apache-2.0
#include "ndr/ingest/block_cutter.h"

#include <algorithm>

namespace ndr::ingest {

void BlockCutter::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    if (skipping_) {
      SkipRestOfLine(&bytes);
      continue;
    }
    const std::string_view piece = bytes.substr(0, block_bytes_);
    bytes.remove_prefix(piece.size());
    const size_t newline = piece.rfind('\n');
    if (newline != std::string_view::npos) line_start_ = pending_.size() + newline + 1;
    pending_.append(piece);
    if (pending_.size() >= block_bytes_ && line_start_ > 0) Cut(line_start_);
    const size_t unfinished = pending_.size() - line_start_;
    if (unfinished > kMaxLineBytes) {
      const size_t dropped = unfinished - kMaxLineBytes - 1;
      pending_.resize(pending_.size() - dropped);
      Cut(pending_.size());
      offset_ += static_cast<int64_t>(dropped);
      skipping_ = true;
    }
  }
}

void BlockCutter::SkipRestOfLine(std::string_view* bytes) {
  const size_t newline = bytes->find('\n');
  skipping_ = newline == std::string_view::npos;
  const size_t dropped = skipping_ ? bytes->size() : newline + 1;
  bytes->remove_prefix(dropped);
  offset_ += static_cast<int64_t>(dropped);
}

std::optional<OwnedBlock> BlockCutter::Next() {
  if (ready_.empty()) return std::nullopt;
  OwnedBlock block = std::move(ready_.front());
  ready_.pop_front();
  return block;
}

std::optional<OwnedBlock> BlockCutter::Finish() {
  if (ready_.empty() && !pending_.empty()) Cut(pending_.size());
  return Next();
}

// Moves the first `size` bytes of what is pending into a block.
void BlockCutter::Cut(size_t size) {
  std::string rest = pending_.substr(size);
  pending_.resize(size);
  pending_.append(kBlockPadding, '\0');
  ready_.push_back({std::move(pending_), offset_});
  pending_ = std::move(rest);
  pending_.reserve(block_bytes_ + block_bytes_ / 2);
  offset_ += static_cast<int64_t>(size);
  line_start_ = line_start_ > size ? line_start_ - size : 0;
}

}  // namespace ndr::ingest
