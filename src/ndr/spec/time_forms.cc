// SPDX-License-Identifier: Apache-2.0
// Forms of the calendar.
#include <cctype>

#include "ndr/base/calendar_day.h"
#include "ndr/spec/composite_forms.h"

namespace ndr::spec::form {

namespace {
const std::vector<std::string> kDays = {"MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"};
}  // namespace

Form Zone::Describe() {
  return {"an IANA time zone such as Europe/Prague", "time zones", {{"type", "string"}}};
}
void Zone::Read(const Json& json, const At& at, std::string* out) {
  if (!json.is_string()) return at.Expected(Describe().one, json);
  *out = json.get<std::string>();
  const auto zone = base::TimeZone::Load(*out);
  if (!zone.ok()) at.Fail(zone.status().message());
}

Form Day::Describe() { return {"a day of the week", "days, MON to SUN", {{"enum", kDays}}}; }
Json Day::Write(int value) {
  if (value < 1 || value > 7) return value;  // no document gives it, and no calendar takes it
  return kDays[static_cast<size_t>(value - 1)];
}
void Day::Read(const Json& json, const At& at, int* out) {
  std::string name;
  Text::Read(json, at, &name);
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
  const auto found = std::find(kDays.begin(), kDays.end(), name);
  if (found == kDays.end()) return at.Unknown(name, "day of the week", kDays);
  *out = static_cast<int>(found - kDays.begin()) + 1;
}

Form Date::Describe() {
  return {"a date such as 2024-12-25", "dates such as 2024-12-25", {{"type", "string"}, {"format", "date"}}};
}
Json Date::Write(int64_t value) { return base::FormatInstant(value * base::kMicrosPerDay).substr(0, 10); }
void Date::Read(const Json& json, const At& at, int64_t* out) {
  const std::string text = json.is_string() ? json.get<std::string>() : "";
  const auto civil = text.size() == 10 ? base::ParseCivil(text + "T00:00:00") : std::nullopt;
  if (const std::string day = base::ImpossibleDay(text); !day.empty())
    return at.Fail("there is no day " + day + " in the calendar");
  if (!civil) return at.Expected(Describe().one, json);
  *out = base::FloorTo(civil->micros, base::kMicrosPerDay) / base::kMicrosPerDay;
}

Form HoursOfDay::Describe() {
  return {"two hours [from, to) within 0 to 24, such as [7, 17]",
          "hours",
          {{"type", "array"},
           {"items", {{"type", "integer"}, {"minimum", 0}, {"maximum", 24}}},
           {"minItems", 2},
           {"maxItems", 2}}};
}
Json HoursOfDay::Write(const base::Hours& value) { return Json::array({value.from, value.to}); }
void HoursOfDay::Read(const Json& json, const At& at, base::Hours* out) {
  std::vector<int> hours;
  ListOf<Whole<int>>::Read(json, at, &hours);
  const bool good = hours.size() == 2 && 0 <= hours[0] && hours[0] <= hours[1] && hours[1] <= 24;
  if (!good) return at.Expected(Describe().one, json);
  *out = {hours[0], hours[1]};
}

}  // namespace ndr::spec::form
