// SPDX-License-Identifier: Apache-2.0
#include "ndr/base/calendar.h"

#include <arrow/status.h>
#include <date/tz.h>

#include <algorithm>
#include <exception>

namespace ndr::base {
namespace {

using SysMicros = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;
using LocalMicros = date::local_time<std::chrono::microseconds>;

SysMicros Sys(Micros t) { return SysMicros(std::chrono::microseconds(t)); }

}  // namespace

TimeZone TimeZone::Utc() {
  TimeZone zone;
  zone.name_ = "UTC";
  return zone;
}

arrow::Result<TimeZone> TimeZone::Load(std::string_view name) {
  TimeZone zone;
  zone.name_ = name;
  if (name == "UTC" || name == "Etc/UTC") return zone;
  try {
    zone.zone_ = date::locate_zone(std::string(name));
  } catch (const std::exception&) {
    return arrow::Status::Invalid(
        "time zone '", name,
        "' is not known; use an IANA name such as Europe/Prague (package tzdata holds them)");
  }
  return zone;
}

int32_t TimeZone::OffsetSeconds(Micros t) const {
  return zone_ == nullptr ? 0 : static_cast<int32_t>(zone_->get_info(Sys(t)).offset.count());
}

Micros TimeZone::FromLocal(Micros civil) const {
  if (zone_ == nullptr) return civil;
  const date::local_info info = zone_->get_info(LocalMicros(std::chrono::microseconds(civil)));
  // In a gap the offset before the change moves the time forward by the gap's length; of a doubled time it is
  // the earlier.
  return civil - static_cast<Micros>(info.first.offset.count()) * kMicrosPerSecond;
}

arrow::Result<Calendar> Calendar::Make(CalendarOptions options) {
  Calendar calendar;
  ARROW_ASSIGN_OR_RAISE(calendar.zone_, TimeZone::Load(options.timezone));
  for (const int day : options.weekend)
    if (day < 1 || day > 7)
      return arrow::Status::Invalid("calendar.weekend: ", day, " is no day of the week (1 = Monday .. 7)");
  for (const Hours& hours : {options.working_hours, options.off_hours})
    if (hours.from < 0 || hours.to > 24 || hours.from > hours.to)
      return arrow::Status::Invalid("calendar: hours [", hours.from, ",", hours.to,
                                    ") do not lie within [0,24)");
  std::sort(options.holidays.begin(), options.holidays.end());
  calendar.options_ = std::move(options);
  return calendar;
}

CalendarFields Calendar::At(Micros t) const {
  const Micros local = t + static_cast<Micros>(zone_.OffsetSeconds(t)) * kMicrosPerSecond;
  const int64_t day = DayStart(local) / kMicrosPerDay;
  CalendarFields f;
  f.hour_of_day = static_cast<int32_t>((local - day * kMicrosPerDay) / (60 * kMicrosPerMinute));
  f.day_of_week = static_cast<int32_t>(((day + 3) % 7 + 7) % 7 + 1);  // 1970-01-01 was a Thursday
  const bool working = options_.working_hours.Contains(f.hour_of_day);
  const bool off = !working && options_.off_hours.Contains(f.hour_of_day);
  const auto& weekend = options_.weekend;
  f.is_working_hours = working;
  f.is_off_hours = off;
  f.is_night_hours = !working && !off;
  f.is_weekend = std::find(weekend.begin(), weekend.end(), f.day_of_week) != weekend.end();
  f.is_holiday = std::binary_search(options_.holidays.begin(), options_.holidays.end(), day);
  f.is_offday = f.is_weekend || f.is_holiday;
  f.time_band = static_cast<TimeBand>((f.is_offday ? 3 : 0) + (working ? 0 : off ? 1 : 2));
  return f;
}

Micros Calendar::NextMidnight(Micros t) const {
  const Micros local = t + static_cast<Micros>(zone_.OffsetSeconds(t)) * kMicrosPerSecond;
  Micros midnight = zone_.FromLocal(DayStart(local));
  for (int days = 1; midnight < t; ++days) midnight = zone_.FromLocal(DayStart(local) + days * kMicrosPerDay);
  return midnight;
}

}  // namespace ndr::base
