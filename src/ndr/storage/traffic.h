// SPDX-License-Identifier: Apache-2.0
// Counts what all S3 stores of the process asked (object_store.h, Traffic).
#pragma once

#include <cstdint>
#include <string>

namespace ndr::storage {

/// Of one request, whether it was answered or not. Thread-safe.
void CountTraffic(const std::string& method, int64_t bytes_sent, int64_t bytes_received);

}  // namespace ndr::storage
