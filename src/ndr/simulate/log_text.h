// SPDX-License-Identifier: Apache-2.0
// Text of log lines, built without a string per field, and the three formats.
#pragma once

#include <charconv>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/simulate/session.h"

namespace ndr::simulate {

/// Builds one line after another, between Begin and End, in a buffer of kLineMax, which no line of ours comes
/// near.
class LineWriter {
 public:
  static constexpr size_t kLineMax = 1024;

  explicit LineWriter(std::string* out) : out_(*out) {}

  void Begin() { at_ = line_; }
  void End() { out_.append(line_, static_cast<size_t>(at_ - line_)); }

  LineWriter& Text(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
    return *this;
  }
  LineWriter& Char(char c) {
    *at_++ = c;
    return *this;
  }
  LineWriter& Number(int64_t value) {
    at_ = std::to_chars(at_, at_ + 20, value).ptr;
    return *this;
  }
  /// At least `width` digits (up to 9), zeros before them.
  LineWriter& Padded(int64_t value, int width) {
    for (int i = width - 1; i >= 0; --i, value /= 10) at_[i] = static_cast<char>('0' + value % 10);
    at_ += width;
    return *this;
  }
  LineWriter& Hex(uint16_t value) {
    Text("0x");
    for (int shift = 12; shift >= 0; shift -= 4) Char("0123456789abcdef"[value >> shift & 15]);
    return *this;
  }
  LineWriter& Ip(base::Address address) {
    at_ += base::FormatAddress(address, at_);
    return *this;
  }
  /// Seconds with six decimals.
  LineWriter& Seconds(base::Micros micros) {
    return Number(micros / base::kMicrosPerSecond).Char('.').Padded(micros % base::kMicrosPerSecond, 6);
  }
  /// `2026-03-03T08:15:00.123456`, with the given separators of date and between date and time.
  LineWriter& CivilTime(base::Micros t, char in_date, char before_time);

 private:
  std::string& out_;
  char line_[kLineMax];
  char* at_ = line_;
  base::Micros day_ = -1;  // of the date that is in `date_`
  int year_ = 0, month_ = 0, day_of_month_ = 0;
};

/// Append the sessions' lines to `out`, in their order, each in its format; what a session lacks is left out
/// or unset, as there.
void AppendNdrJson(const std::vector<Session>& sessions, std::string* out);
void AppendZeek(const std::vector<Session>& sessions, std::string* out);
void AppendArgus(const std::vector<Session>& sessions, std::string* out);
/// The lines that begin a file of conn.log, with the time at which it was opened, and the one that ends it.
std::string ZeekHeader(base::Micros opened);
std::string ZeekFooter(base::Micros closed);
/// The line with the columns' names.
std::string ArgusHeader();

}  // namespace ndr::simulate
