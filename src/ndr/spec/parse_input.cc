// SPDX-License-Identifier: Apache-2.0
// The sections of a project that say how logs are read: networks, calendar, ports, sessions, quality.
#include <algorithm>
#include <cctype>

#include "ndr/spec/sections.h"

namespace ndr::spec {
namespace {

const std::vector<std::string> kDays = {"MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"};

// A day of the week, 1 = Monday.
struct Day {
  int number = 0;
};
void ReadValue(const Json& json, const At& at, Day* out) {
  std::string name;
  ReadValue(json, at, &name);
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
  const auto found = std::find(kDays.begin(), kDays.end(), name);
  if (found == kDays.end()) return at.Unknown(name, "day of the week", kDays);
  out->number = static_cast<int>(found - kDays.begin()) + 1;
}

struct Date {
  int64_t days = 0;  // since 1970-01-01
};
void ReadValue(const Json& json, const At& at, Date* out) {
  std::string text;
  ReadValue(json, at, &text);
  const auto civil = text.size() == 10 ? base::ParseCivil(text + "T00:00:00") : std::nullopt;
  if (!civil) return at.Expected("a date such as 2024-12-25", json);
  out->days = base::FloorTo(civil->micros, base::kMicrosPerDay) / base::kMicrosPerDay;
}

void ReadZone(const Json& json, const At& at, std::string* out) {
  ReadValue(json, at, out);
  if (!at.status->ok()) return;
  const auto zone = base::TimeZone::Load(*out);
  if (!zone.ok()) at.Fail(zone.status().message());
}

// Compared without case, spaces and underscores as hyphens.
void ReadWords(Object* object, std::string_view name, std::vector<std::string>* out) {
  object->Field(name, out);
  for (std::string& word : *out)
    for (char& c : word)
      c = c == ' ' || c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

}  // namespace

void ReadValue(const Json& json, const At& at, base::Hours* out) {
  std::vector<int> hours;
  ReadValue(json, at, &hours);
  const bool good = hours.size() == 2 && 0 <= hours[0] && hours[0] <= hours[1] && hours[1] <= 24;
  if (!good) return at.Expected("two hours [from, to) within 0 to 24, such as [7, 17]", json);
  *out = {hours[0], hours[1]};
}

void ReadValue(const Json& json, const At& at, base::NamedCidr* out) {
  Object object(json, at);
  object.Field("name", &out->name).Field("cidr", &out->cidr).Done();
  if (!json.contains("name") || !json.contains("cidr")) at.Expected("an object with name and cidr", json);
}

void ReadSegments(const Json& json, const At& at, base::NetworkOptions* out) {
  Object object(json, at);
  object.Field("mapping", &out->mapping)
      .Within("ipv4_prefix_length", &out->ipv4_prefix_length, 0, 32)
      .Within("ipv6_prefix_length", &out->ipv6_prefix_length, 0, 128)
      .Field("high_risk", &out->high_risk)
      .Done();
}

void ReadValue(const Json& json, const At& at, base::CalendarOptions* out) {
  Object object(json, at);
  if (const Json* zone = object.Find("timezone")) ReadZone(*zone, at.Member("timezone"), &out->timezone);
  std::vector<Day> weekend;
  std::vector<Date> holidays;
  object.Field("weekend", &weekend)
      .Field("working_hours", &out->working_hours)
      .Field("off_hours", &out->off_hours)
      .Field("holidays", &holidays);
  object.Done();
  if (json.is_object() && json.contains("weekend")) out->weekend.clear();
  for (const Day& day : weekend) out->weekend.push_back(day.number);
  for (const Date& date : holidays) out->holidays.push_back(date.days);
}

void ReadValue(const Json& json, const At& at, SourceTimezone* out) {
  if (json.is_string()) return ReadZone(json, at, &out->all);
  if (!json.is_object()) return at.Expected("a time zone, or an object of time zones by device", json);
  for (const auto& [device, zone] : json.items()) ReadZone(zone, at.Member(device), &out->by_device[device]);
}

void ReadPortSets(const Json& json, const At& at,
                  std::vector<std::pair<std::string, std::vector<uint16_t>>>* out) {
  if (!json.is_object()) return at.Expected("an object of lists of ports", json);
  for (const auto& [name, ports] : json.items()) {
    auto set =
        std::find_if(out->begin(), out->end(), [&key = name](const auto& s) { return s.first == key; });
    if (set == out->end()) set = out->insert(out->end(), {name, {}});
    ReadValue(ports, at.Member(name), &set->second);
  }
}

void ReadValue(const Json& json, const At& at, SessionRules* out) {
  Object object(json, at);
  ReadWords(&object, "subtypes", &out->subtypes);
  ReadWords(&object, "deny_actions", &out->deny_actions);
  object.Done();
}

void ReadValue(const Json& json, const At& at, DataQuality* out) {
  Object object(json, at);
  double hours = static_cast<double>(out->allowed_lateness) / (60. * base::kMicrosPerMinute);
  double minutes = static_cast<double>(out->clock_skew) / base::kMicrosPerMinute;
  object.Within("allowed_lateness_hours", &hours, 0., 24. * 366)
      .Within("clock_skew_minutes", &minutes, 0., 60. * 24);
  object.Within("max_malformed_ratio", &out->max_malformed_ratio, 0., 1.);
  if (const Json* rules = object.Find("rules"))
    Object(*rules, at.Member("rules"))
        .Field("no_bytes_no_ports", &out->no_bytes_no_ports)
        .Field("outside_batch", &out->outside_batch)
        .Done();
  object.Done();
  out->allowed_lateness = static_cast<base::Micros>(hours * 60 * base::kMicrosPerMinute);
  out->clock_skew = static_cast<base::Micros>(minutes * base::kMicrosPerMinute);
}

void ReadValue(const Json& json, const At& at, Lookback* out) {
  Object(json, at)
      .Within("days", &out->days, 1, 366)
      .Within("min_days", &out->min_days, 0, 366)
      .Within("rare_below_sessions", &out->rare_below_sessions, 0)
      .Done();
}

void ReadValue(const Json& json, const At& at, Keep* out) {
  Object object(json, at);
  std::string fg_a = out->all_fg_a ? "all" : "scored";
  object.Field("fg_a", &fg_a)
      .Field("pair_counts", &out->pair_counts)
      .Field("fg_a_wide", &out->fg_a_wide)
      .Done();
  if (fg_a != "all" && fg_a != "scored") at.Member("fg_a").Unknown(fg_a, "choice", {"all", "scored"});
  out->all_fg_a = fg_a == "all";
}

}  // namespace ndr::spec
