// SPDX-License-Identifier: Apache-2.0
// UTF-8: whether bytes are, and single code points.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ndr::ingest {

/// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. Fast where all is
/// ASCII.
bool IsUtf8(std::string_view text);

/// A surrogate becomes U+FFFD.
void AppendUtf8(uint32_t code_point, std::string* text);

}  // namespace ndr::ingest
