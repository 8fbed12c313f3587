// SPDX-License-Identifier: Apache-2.0
// What people see: lines, tables, and while they wait a progress line on a terminal, which a pipe is spared.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <string_view>
#include <utility>

#include "ndr/base/printable.h"
#include "ndr/findings/output.h"

namespace ndr::app {

/// Lines for people. Values come from logs and files, and must not steer the terminal (base/printable.h).
template <class... Values>
void Say(std::FILE* to, fmt::format_string<Values...> format, Values&&... values) {
  std::fputs(base::PrintableLines(fmt::format(format, std::forward<Values>(values)...)).c_str(), to);
}

/// Writes to standard error, at most ten times a second, and only when that is a terminal.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  void Show(std::string_view step, int64_t done, int64_t total);
  /// Removes the line, so that other text can follow.
  void Clear();

 private:
  bool terminal_;
  bool shown_ = false;
  int64_t last_shown_ms_ = 0;
};

/// Standard output is a terminal that shows colours (and NO_COLOR is not set).
bool ColourWanted();
/// Columns of the terminal, 100 where there is none.
int TerminalColumns();
/// findings::Table in the terminal's width; the only control sequences in it are those of `colour`.
std::string FindingsTable(std::vector<findings::Finding> found, const spec::Context& context,
                          const findings::TableOptions& options);

}  // namespace ndr::app
