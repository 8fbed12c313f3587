// SPDX-License-Identifier: Apache-2.0
// The keys that say how logs are read, and how windows are cut: specification 1 and 2.
#include <fmt/format.h>

#include "ndr/catalogue/defaults.h"
#include "ndr/spec/project_forms.h"

namespace ndr::spec {
namespace {

constexpr base::Micros kMicrosPerHour = base::kMicrosPerDay / 24;

void DescribeCalendar(base::CalendarOptions* out, Keys* keys) {
  keys->From(Acts::kDelta);
  keys->Add<form::Zone>("timezone", &out->timezone, "The zone of the local time in which people work.");
  keys->From(Acts::kFgA);
  keys->Add<form::SetOf<form::Day>>("weekend", &out->weekend,
                                    "Days on which every band is a weekend's; none is a choice.");
  keys->Add<form::HoursOfDay>("working_hours", &out->working_hours, "Local hours of work, [from, to).");
  keys->Add<form::HoursOfDay>("off_hours", &out->off_hours,
                              "Local hours after work, [from, to); the rest is night.");
  keys->Add<form::SetOf<form::Date>>("holidays", &out->holidays,
                                     "Local dates that count as a weekend's days.");
}

// What is no segment's id and no network would never match.
void CheckHighRisk(const base::NetworkOptions& network, const At& at) {
  for (size_t i = 0; i < network.high_risk.size(); ++i) {
    const std::string& entry = network.high_risk[i];
    std::vector<std::string> names;
    for (const base::NamedCidr& named : network.mapping) names.push_back(named.name);
    if (base::ParseCidr(entry) || entry == base::kUnknownSegment ||
        std::find(names.begin(), names.end(), entry) != names.end())
      continue;
    const std::string nearest = catalogue::Nearest(entry, names);
    at.Element(i).Fail(
        fmt::format("'{}' is neither a CIDR such as 10.1.2.0/24 nor a name of segments.mapping{}", entry,
                    nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
  }
}

void DescribeSegments(base::NetworkOptions* out, Keys* keys) {
  keys->From(Acts::kDelta);
  keys->Add<form::ListOf<form::ObjectOf<base::NamedCidr, form::Segment>>>(
      "mapping", &out->mapping, "Named networks; the longest prefix wins, of equal ones the first.");
  keys->Add<form::Whole<int>>("ipv4_prefix_length", &out->ipv4_prefix_length,
                              "Bits of the prefix that makes a segment of the other IPv4 addresses.")
      .Within(0, 32);
  keys->Add<form::Whole<int>>("ipv6_prefix_length", &out->ipv6_prefix_length,
                              "Bits of the prefix that makes a segment of the other IPv6 addresses.")
      .Within(0, 128);
  keys->From(Acts::kFgA);
  keys->Add<form::SetOf<form::Text>>(
      "high_risk", &out->high_risk, "Segments, by id or CIDR, with which every session counts as high risk.");
  keys->Finally([out](const Json&, const At& at) { CheckHighRisk(*out, at.Member("high_risk")); });
}

void DescribeSessions(SessionRules* out, Keys* keys) {
  keys->Add<form::SetOf<form::LogWord>>(
      "subtypes", &out->subtypes,
      "Event subtypes of TRAFFIC records that are sessions; a record without one is a session.");
  keys->Add<form::SetOf<form::LogWord>>(
      "deny_actions", &out->deny_actions,
      "Actions that count in deny_cnt, compared without case, spaces and underscores as hyphens.");
}

void DescribeDataQuality(DataQuality* out, Keys* keys) {
  Keys* rules = keys->Group("rules", "Rules that can be switched off; the others are always on.");
  rules->Add<form::Flag>("no_bytes_no_ports", &out->no_bytes_no_ports,
                         "Sessions without any bytes and ports go to quarantine.");
  rules->Add<form::Flag>(
      "outside_batch", &out->outside_batch,
      "Records that start neither in the batch's slice nor within the two allowances go to quarantine.");
  keys->Add<form::LengthIn<kMicrosPerHour>>(
          "allowed_lateness_hours", &out->allowed_lateness,
          "How long before its batch's slice a record may start and still count.")
      .Within(0, 24 * 366);
  keys->Add<form::LengthIn<base::kMicrosPerMinute>>(
          "clock_skew_minutes", &out->clock_skew,
          "How long after its batch's slice a record may start and still count.")
      .Within(0, 60 * 24);
  keys->Add<form::Number>("max_malformed_ratio", &out->max_malformed_ratio,
                          "The share of lines that can't be parsed above which a batch fails.")
      .Within(0, 1)
      .Never();
}

void DescribeLookback(Lookback* out, Keys* keys) {
  keys->Add<form::Whole<int>>("days", &out->days, "Days before a window in which what is not found is new.")
      .Within(1, 366);
  keys->Add<form::Whole<int>>("min_days", &out->min_days,
                              "Whole days of history below which nothing is called new.")
      .Within(0, 366);
  keys->Add<form::Whole<int>>("rare_below_sessions", &out->rare_below_sessions,
                              "Sessions in the look-back below which a peer, port or pair is rare.")
      .AtLeast(0);
  keys->Finally([out](const Json& json, const At& at) {
    if (out->min_days > out->days)
      at.Member(json.contains("min_days") ? "min_days" : "days")
          .Fail(
              fmt::format("the look-back of lookback.days, {}, never holds the {} days of lookback.min_days, "
                          "so nothing would ever be new; lower min_days or raise days",
                          out->days, out->min_days));
  });
}

void DescribeKeep(Keep* out, Keys* keys) {
  keys->Add<form::OneOf<form::KeepFgAWords>>(
      "fg_a", &out->all_fg_a, "Keep all of FG-A, or of a replay only the part that was scored.");
  keys->Add<form::Flag>("pair_counts", &out->pair_counts,
                        "Keep pair_counts, a projection of delta/pair, as a dataset of its own.");
  keys->Add<form::Flag>("fg_a_wide", &out->fg_a_wide, "Write FG-A once more with one row per host and end.");
}

}  // namespace

void DescribeKeys(base::NamedCidr* out, Keys* keys) {
  keys->Add<form::Text>("name", &out->name, "The segment's id.").Required();
  keys->Add<form::Network>("cidr", &out->cidr, "Addresses of the segment.").Required();
  keys->Finally([out](const Json& json, const At& at) {
    if (json.contains("name") && out->name.empty())
      at.Member("name").Fail("is empty; rows show it as the segment's id");
  });
}

void DescribeInput(Project* out, Keys* keys) {
  keys->From(Acts::kDelta);
  keys->Add<form::SetOf<form::Network>>("host_networks", &out->network.host_networks,
                                        "Networks whose addresses are hosts; all others are peers only.")
      .NotEmpty();
  keys->From(Acts::kDelta, Job::kDelta);
  keys->Add<form::FieldMapping>("field_mapping", &out->field_mapping,
                                "Names of the log's fields where they differ, canonical name first.");
  keys->Add<form::SourceZones>(
      "source_timezone", &out->source_timezone,
      "The zone of times without one, for all logs or by device; where none is named, the calendar's.");
  keys->From(Acts::kDelta);
  DescribeCalendar(&out->calendar, keys->Group("calendar", "When people work, in local time."));
  DescribeSegments(&out->network, keys->Group("segments", "How addresses are grouped."));
  keys->Add<form::PortSets>(
      "port_sets", &out->port_sets,
      "Service ports that count together; a set of one's own X_PORTS counts in x_port_sessions_cnt.");
  DescribeSessions(&out->sessions,
                   keys->Group("sessions", "Which records are sessions, and which were denied."));
  keys->From(Acts::kDelta, Job::kDelta);
  DescribeDataQuality(&out->data_quality, keys->Group("data_quality", "What becomes of doubtful records."));
  keys->From(Acts::kFgA);
  keys->Add<form::ByDefault<form::Windows, &catalogue::DefaultWindows, &form::None<catalogue::Window>>>(
          "windows", &out->catalogue.windows, "Windows by label, each so many slices of 15 minutes long.")
      .NotEmpty();
  DescribeLookback(&out->lookback, keys->Group("lookback", "The history with which novelty is found."));
  keys->Add<form::OneOf<form::DarkHostWords>>(
      "dark_hosts", &out->drop_dark_hosts,
      "Keep or drop FG-A rows of addresses that sent nothing and answered nothing in the longest window.");
  keys->From(Acts::kNever);
  DescribeKeep(&out->keep, keys->Group("keep", "Which datasets are kept."));
}

}  // namespace ndr::spec
