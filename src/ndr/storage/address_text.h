// SPDX-License-Identifier: Apache-2.0
// Address columns between their two forms: 16 bytes in record batches, canonical text in files.
#pragma once

#include <arrow/array.h>
#include <arrow/result.h>

#include <memory>

namespace ndr::storage {

/// fixed_size_binary(16) to dictionary<int32, utf8>; the dictionary holds each address once, in order of
/// first appearance.
arrow::Result<std::shared_ptr<arrow::Array>> AddressesToText(const arrow::Array& addresses);
/// utf8 or dictionary<int32, utf8> to fixed_size_binary(16). Text that is no address is Invalid.
arrow::Result<std::shared_ptr<arrow::Array>> TextToAddresses(const arrow::Array& texts);

}  // namespace ndr::storage
