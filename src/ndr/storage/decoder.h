// SPDX-License-Identifier: Apache-2.0
// Streams of plain, gzip and zstd bytes, decoded piece by piece.
#pragma once

#include <arrow/status.h>

#include <memory>
#include <string_view>

#include "ndr/storage/input.h"

namespace ndr::storage {

class Decoder {
 public:
  static std::unique_ptr<Decoder> Make(Compression compression);
  virtual ~Decoder() = default;

  /// Decodes from the front of `*in`, which shrinks, to `out[*filled, size)`; stops when either is used up.
  /// SerializationError: damaged.
  virtual arrow::Status Decode(std::string_view* in, char* out, size_t size, size_t* filled) = 0;
  /// The bytes so far are a whole number of members or frames.
  virtual bool complete() const = 0;
};

}  // namespace ndr::storage
