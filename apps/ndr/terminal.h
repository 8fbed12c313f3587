// SPDX-License-Identifier: Apache-2.0
// What people see while they wait: one progress line on a terminal, nothing in a pipe.
#pragma once

#include <cstdint>
#include <string_view>

namespace ndr::app {

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

}  // namespace ndr::app
