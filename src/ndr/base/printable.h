// SPDX-License-Identifier: Apache-2.0
// Texts from logs and files, as they may be shown: what they hold must not steer a terminal.
#pragma once

#include <string>
#include <string_view>

namespace ndr::base {

/// Control characters (C0, DEL, C1) and bytes that are no UTF-8 as `\n`, `\t`, `\r`, `\x1b` or `\u009b`, all
/// else as it is: one line, whatever the text holds.
std::string Printable(std::string_view text);
/// The same of each line of a text of several.
std::string PrintableLines(std::string_view text);

}  // namespace ndr::base
