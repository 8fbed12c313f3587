// SPDX-License-Identifier: Apache-2.0
// Local time: zones, the calendar block of a project, and the time bands (specification 1, Calendar).
#pragma once

#include <arrow/result.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/base/time.h"

namespace date {
class time_zone;
}

namespace ndr::base {

/// An IANA time zone. Copies are cheap; the zone database lives for the process.
class TimeZone {
 public:
  /// An unknown name is Invalid and says so. Needs the system's zone database (package tzdata).
  static arrow::Result<TimeZone> Load(std::string_view name);
  static TimeZone Utc();

  const std::string& name() const { return name_; }
  /// Seconds to add to UTC at `t`.
  int32_t OffsetSeconds(Micros t) const;
  /// The instant of a local civil time: the earlier one of a time that occurs twice; a time that does not
  /// occur is moved forward by the length of the gap.
  Micros FromLocal(Micros civil) const;

 private:
  std::string name_;
  const date::time_zone* zone_ = nullptr;  // null is UTC
};

/// The six local-time bands: a working day or an offday (WE), by working, off and night hours.
enum class TimeBand : uint8_t { kWdWorking, kWdOff, kWdNight, kWeWorking, kWeOff, kWeNight };
inline constexpr int kTimeBands = 6;
inline constexpr std::array<std::string_view, kTimeBands> kTimeBandNames = {
    "WD_WORKING", "WD_OFF", "WD_NIGHT", "WE_WORKING", "WE_OFF", "WE_NIGHT"};
/// The same hours of the other kind of day (WD for WE, WE for WD).
constexpr TimeBand OtherDay(TimeBand band) { return static_cast<TimeBand>((static_cast<int>(band) + 3) % 6); }

/// Hours [from, to) of the local day.
struct Hours {
  int from = 0, to = 0;
  bool Contains(int hour) const { return from <= hour && hour < to; }
  friend bool operator==(const Hours&, const Hours&) = default;
};

/// The calendar block; every member has the specified default.
struct CalendarOptions {
  std::string timezone = "UTC";
  std::vector<int> weekend = {6, 7};  ///< 1 = Monday
  Hours working_hours = {7, 17};
  Hours off_hours = {17, 22};     ///< night is the rest
  std::vector<int64_t> holidays;  ///< local dates as days since 1970-01-01

  friend bool operator==(const CalendarOptions&, const CalendarOptions&) = default;
};

/// What the calendar says of an instant; flags are 0 or 1. An offday is a weekend day or a holiday.
struct CalendarFields {
  int32_t hour_of_day = 0;
  int32_t day_of_week = 1;  ///< 1 = Monday
  int8_t is_working_hours = 0, is_off_hours = 0, is_night_hours = 0;
  int8_t is_weekend = 0, is_holiday = 0, is_offday = 0;
  TimeBand time_band = TimeBand::kWdNight;
};

/// Answers for instants. Immutable; safe to share between threads.
class Calendar {
 public:
  static arrow::Result<Calendar> Make(CalendarOptions options);

  const CalendarOptions& options() const { return options_; }
  const TimeZone& zone() const { return zone_; }
  /// Of a row: pass the start of the window's last slice. O(log of the zone's changes).
  CalendarFields At(Micros t) const;
  /// The instant of the earliest local midnight at or after `t`.
  Micros NextMidnight(Micros t) const;

 private:
  CalendarOptions options_;
  TimeZone zone_ = TimeZone::Utc();
};

}  // namespace ndr::base
