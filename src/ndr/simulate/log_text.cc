// SPDX-License-Identifier: Apache-2.0
#include "ndr/simulate/log_text.h"

#include <chrono>

#include "ndr/simulate/simulate.h"

namespace ndr::simulate {

LineWriter& LineWriter::CivilTime(base::Micros t, char in_date, char before_time) {
  const base::Micros day = base::DayStart(t), within = t - day;
  if (day != day_) {
    const std::chrono::year_month_day date{
        std::chrono::sys_days(std::chrono::days(day / base::kMicrosPerDay))};
    year_ = static_cast<int>(date.year());
    month_ = static_cast<int>(static_cast<unsigned>(date.month()));
    day_of_month_ = static_cast<int>(static_cast<unsigned>(date.day()));
    day_ = day;
  }
  Padded(year_, 4).Char(in_date).Padded(month_, 2).Char(in_date).Padded(day_of_month_, 2).Char(before_time);
  const base::Micros seconds = within / base::kMicrosPerSecond;
  Padded(seconds / 3600, 2).Char(':').Padded(seconds / 60 % 60, 2).Char(':').Padded(seconds % 60, 2);
  return Char('.').Padded(within % base::kMicrosPerSecond, 6);
}

arrow::Result<Format> ParseFormat(std::string_view text) {
  for (const Format format : {Format::kNdrJson, Format::kZeek, Format::kArgus})
    if (text == ToText(format)) return format;
  return arrow::Status::Invalid("format: ndr-json, zeek or argus, not '", text, "'");
}

std::string_view ToText(Format format) {
  return format == Format::kNdrJson ? "ndr-json" : format == Format::kZeek ? "zeek" : "argus";
}

void AppendLog(Format format, const std::vector<Session>& sessions, std::string* out) {
  switch (format) {
    case Format::kNdrJson:
      return AppendNdrJson(sessions, out);
    case Format::kZeek:
      return AppendZeek(sessions, out);
    case Format::kArgus:
      return AppendArgus(sessions, out);
  }
}

std::string LogHeader(Format format, base::Micros opened) {
  return format == Format::kZeek    ? ZeekHeader(opened)
         : format == Format::kArgus ? ArgusHeader()
                                    : std::string();
}

std::string LogFooter(Format format, base::Micros closed) {
  return format == Format::kZeek ? ZeekFooter(closed) : std::string();
}

}  // namespace ndr::simulate
