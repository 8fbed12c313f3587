// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ndr/spec/documents.h"

namespace ndr::spec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Project Parsed(std::string_view json) {
  return ReadProject(ParseJson(json, "p.json").ValueOrDie(), "p.json").ValueOrDie();
}
std::string Refusal(std::string_view json) {
  const auto parsed = ParseJson(json, "p.json");
  return (parsed.ok() ? ReadProject(*parsed, "p.json").status() : parsed.status()).message();
}

TEST(ReadProject, AnEmptyProjectIsTheDefaultOne) {
  const Project project = Parsed("{}");
  for (const char* dataset : {"delta", "fg_a", "fg_b", "fg_c"})
    EXPECT_EQ(ActingKeys(project, dataset), ActingKeys(DefaultProject(), dataset));
  EXPECT_EQ(project.project_name, "default");
}

TEST(ReadProject, HowLogsAreRead) {
  const Project p = Parsed(R"({
    "$schema": "project.schema.json", "project_name": "plant", "feature_spec_version": "v2",
    "host_networks": ["10.0.0.0/8", "fd00::/8"],
    "field_mapping": {"source_ip": "src"},
    "source_timezone": {"fw-1": "Europe/Prague"},
    "segments": {"mapping": [{"name": "PLC", "cidr": "10.7.0.0/16"}], "ipv4_prefix_length": 22, "ipv6_prefix_length": 56, "high_risk": ["PLC", "10.9.0.0/24"]},
    "sessions": {"subtypes": ["end"], "deny_actions": ["Deny", "drop icmp", "reset_both"]},
    "data_quality": {"rules": {"no_bytes_no_ports": false, "outside_batch": false}, "allowed_lateness_hours": 1.5, "clock_skew_minutes": 0, "max_malformed_ratio": 0.2},
    "lookback": {"days": 7, "min_days": 2, "rare_below_sessions": 5},
    "dark_hosts": "drop", "keep": {"fg_a": "scored", "pair_counts": true, "fg_a_wide": true}})");
  EXPECT_EQ(p.project_name, "plant");
  EXPECT_EQ(p.feature_spec_version, "v2");
  EXPECT_THAT(p.network.host_networks,
              ElementsAre(*base::ParseCidr("10.0.0.0/8"), *base::ParseCidr("fd00::/8")));
  EXPECT_EQ(p.field_mapping.at("source_ip"), "src");
  EXPECT_EQ(p.source_timezone.by_device.at("fw-1"), "Europe/Prague");
  EXPECT_EQ(p.network.mapping[0].name, "PLC");
  EXPECT_EQ(p.network.ipv4_prefix_length, 22);
  EXPECT_EQ(p.network.ipv6_prefix_length, 56);
  EXPECT_THAT(p.network.high_risk, ElementsAre("PLC", "10.9.0.0/24"));
  EXPECT_THAT(p.sessions.subtypes, ElementsAre("end"));
  EXPECT_THAT(p.sessions.deny_actions, ElementsAre("deny", "drop-icmp", "reset-both"));
  EXPECT_FALSE(p.data_quality.no_bytes_no_ports);
  EXPECT_FALSE(p.data_quality.outside_batch);
  EXPECT_EQ(p.data_quality.allowed_lateness, 90 * base::kMicrosPerMinute);
  EXPECT_EQ(p.data_quality.clock_skew, 0);
  EXPECT_EQ(p.data_quality.max_malformed_ratio, 0.2);
  EXPECT_EQ(p.lookback.days, 7);
  EXPECT_EQ(p.lookback.min_days, 2);
  EXPECT_EQ(p.lookback.rare_below_sessions, 5);
  EXPECT_TRUE(p.drop_dark_hosts);
  EXPECT_FALSE(p.keep.all_fg_a);
  EXPECT_TRUE(p.keep.pair_counts);
  EXPECT_TRUE(p.keep.fg_a_wide);
  EXPECT_EQ(Parsed(R"({"source_timezone": "Asia/Tokyo"})").source_timezone.all, "Asia/Tokyo");
}

TEST(ReadProject, TheCalendar) {
  const auto c =
      Parsed(
          R"({"calendar": {"timezone": "Europe/Prague", "weekend": ["FRI", "sat"], "working_hours": [6, 14],
                            "off_hours": [14, 20], "holidays": ["1970-01-02", "2024-12-24"]}})")
          .calendar;
  EXPECT_EQ(c.timezone, "Europe/Prague");
  EXPECT_THAT(c.weekend, ElementsAre(5, 6));
  EXPECT_EQ(c.working_hours, (base::Hours{6, 14}));
  EXPECT_EQ(c.off_hours, (base::Hours{14, 20}));
  // 2024-12-24 is 54 years (13 of them leap) and 358 days after 1970-01-01: 54 * 365 + 13 + 358 = 20081.
  EXPECT_THAT(c.holidays, ElementsAre(1, 20081));
  EXPECT_TRUE(Parsed(R"({"calendar": {"weekend": []}})").calendar.weekend.empty())
      << "no weekend is a choice";
  EXPECT_THAT(Parsed(R"({"calendar": {}})").calendar.weekend, ElementsAre(6, 7));
}

TEST(ReadProject, PortSetsChangeOrAddInTheirOrder) {
  const Project p =
      Parsed(R"({"port_sets": {"VPN_PORTS": [1194], "DB_PORTS": [], "MAIL_PORTS": [25, 587]}})");
  ASSERT_EQ(p.port_sets.size(), 7u);
  EXPECT_EQ(p.port_sets[4].first, "DB_PORTS");
  EXPECT_TRUE(p.port_sets[4].second.empty());
  EXPECT_EQ(p.port_sets[5].first, "VPN_PORTS");
  EXPECT_EQ(p.port_sets[6].first, "MAIL_PORTS");
  EXPECT_THAT(
      Refusal(R"({"port_sets": {"DB_PORTS": [70000]}})"),
      HasSubstr("p.json: port_sets.DB_PORTS[0]: expected a port number, 0 to 65535, found number 70000"));
  EXPECT_THAT(Refusal(R"({"port_sets": {"mail": [25]}})"),
              HasSubstr("port_sets.mail: a set is named like MAIL_PORTS"));
}

TEST(ReadProject, WindowsAndHorizons) {
  const Project p = Parsed(
      R"({"windows": {"w_15m": 1, "w_1h": 4, "w_24h": 96}, "horizons": [{"label": "3d", "length_days": 3, "gap_days": 0.5}, {"label": "odd", "length_days": 0.51}]})");
  EXPECT_EQ(p.catalogue.windows.size(), 3u);
  EXPECT_EQ(p.horizons[0], (Horizon{"3d", 3 * base::kMicrosPerDay, base::kMicrosPerDay / 2}));
  // 0.51 d is 48.96 slices: 49.
  EXPECT_EQ(p.horizons[1].length, 49 * base::kSliceMicros);
  EXPECT_EQ(p.horizons[1].gap, 0);
  EXPECT_THAT(
      Refusal(R"({"horizons": [{"label": "x", "length_days": 1}, {"label": "x", "length_days": 2}]})"),
      HasSubstr("'x' stands twice"));
  EXPECT_THAT(Refusal(R"({"horizons": []})"), HasSubstr("horizons: is empty"));
  EXPECT_THAT(Refusal(R"({"windows": {"w_9d": 864}})"), HasSubstr("windows.w_9d: 864 slices"));
}

TEST(ReadProject, WhatIsNormal) {
  const Project p = Parsed(R"({
    "baselined_metrics": ["sessions_cnt", "deny_ratio", "tcp_cnt"], "baseline_required_metrics": ["deny_ratio"],
    "rank_metrics": ["deny_ratio"], "transforms": ["diff", "z_mad"],
    "support_min": {"default": 20, "metrics": {"deny_ratio": 5}, "windows": {"w_24h": 3}},
    "capping": {"key_metrics": ["sessions_cnt"], "z_max": 8, "w_anom": 0.025, "level": "segment"},
    "rarity_threshold": 0.25, "z_max": 9, "typical_band_share": 0.1, "time_band_alpha": 1,
    "ip_machine_mapping": {"path": "m.csv"}, "non_persistent_machine_prefixes": ["VDI-"]})");
  EXPECT_THAT(p.baseline_required_metrics, ElementsAre("deny_ratio"));
  EXPECT_THAT(p.catalogue.rank_metrics, ElementsAre("deny_ratio"));
  EXPECT_THAT(p.catalogue.transforms, ElementsAre("diff", "z_mad"));
  EXPECT_EQ(p.support_min.by_default, 20);
  EXPECT_EQ(p.support_min.metrics.at("deny_ratio"), 5);
  EXPECT_EQ(p.support_min.windows.at("w_24h"), 3);
  EXPECT_EQ(p.capping.w_anom_thousandths, 25);
  EXPECT_TRUE(p.capping.at_segment_level);
  EXPECT_EQ(p.rarity_threshold, 0.25);
  EXPECT_TRUE(p.ip_machine_mapping.required) << "required when a path is given";
  EXPECT_FALSE(
      Parsed(R"({"ip_machine_mapping": {"path": "m.csv", "required": false}})").ip_machine_mapping.required);
  EXPECT_THAT(p.non_persistent_machine_prefixes, ElementsAre("VDI-"));
  EXPECT_THAT(Refusal(R"({"capping": {"w_anom": 0.0005}})"),
              HasSubstr("capping.w_anom: weights are multiples of 0.001"));
  EXPECT_THAT(Refusal(R"({"baselined_metrics": ["deny_ratio"]})"),
              HasSubstr("sessions_cnt must be among them"));
}

TEST(ReadProject, ANamedScoreReplacesItsDefaultAndTheOthersStay) {
  const Project p = Parsed(
      R"({"scores": {"mine": {"sum": ["deny_ratio", "-tcp_ratio"]}, "lateral_movement_score": {"max": ["rare:sessions_cnt"]}}})");
  ASSERT_EQ(p.scores.size(), 5u);
  EXPECT_EQ(p.scores[3].name, "lateral_movement_score");
  EXPECT_THAT(p.scores[3].terms, ElementsAre("rare:sessions_cnt"));
  EXPECT_EQ(p.scores[4].name, "mine");
  EXPECT_FALSE(p.scores[4].is_max);
  EXPECT_EQ(p.scores[0].terms, DefaultProject().scores[0].terms);
  EXPECT_THAT(Refusal(R"({"scores": {"mine": {"max": ["deny_ratio"], "sum": ["deny_ratio"]}}})"),
              HasSubstr("scores.mine: expected an object with either max or sum"));
}

TEST(ReadProject, Findings) {
  const Findings f = Parsed(R"({"findings": {
    "terms": [{"kind": "volume", "metric": "bytes_sent", "roles": ["outbound", "inbound"], "amount": 1e9, "ceiling": 2e9, "weight": 0.5}],
    "windows": ["w_8h"], "memory_days": 7, "min_score": 40, "clock_ports": [53],
    "ignore": [{"cidr": "10.0.0.0/24", "kind": "scanning", "until": "2024-12-25T00:00:00+01:00", "reason": "scanner"}, {"host": "10.1.1.1", "reason": "test bench"}]}})")
                         .findings;
  EXPECT_EQ(f.terms[0], (FindingTerm{catalogue::Kind::kVolume,
                                     "bytes_sent",
                                     {catalogue::Role::kOutbound, catalogue::Role::kInbound},
                                     1e9,
                                     2e9,
                                     0.5}));
  EXPECT_THAT(f.windows, ElementsAre("w_8h"));
  EXPECT_EQ(f.memory_days, 7);
  EXPECT_EQ(f.min_score, 40);
  EXPECT_THAT(f.clock_ports, ElementsAre(53));
  EXPECT_EQ(f.ignore[0].until, base::ParseCompact("20241224T230000Z"));
  EXPECT_EQ(f.ignore[0].kind, catalogue::Kind::kScanning);
  EXPECT_EQ(*f.ignore[1].hosts, *base::ParseCidr("10.1.1.1/32"));
  EXPECT_FALSE(f.ignore[1].until.has_value());
  EXPECT_THAT(Refusal(R"({"findings": {"terms": [{"kind": "volum", "metric": "deny_cnt", "amount": 1}]}})"),
              HasSubstr("findings.terms[0].kind: 'volum' is no kind of finding; did you mean 'volume'?"));
  EXPECT_THAT(Refusal(R"({"findings": {"ignore": [{"host": "10.1.1.1"}]}})"),
              HasSubstr("findings.ignore[0].reason: is missing"));
}

TEST(ReadProject, UnknownKeysAreRefusedWithTheirPathAndTheNearest) {
  EXPECT_EQ(Refusal(R"({"calender": {}})"), "p.json: calender: unknown key; did you mean 'calendar'?");
  EXPECT_EQ(Refusal(R"({"data_quality": {"rules": {"outside_bach": true}}})"),
            "p.json: data_quality.rules.outside_bach: unknown key; did you mean 'outside_batch'?");
  EXPECT_THAT(Refusal(R"({"keep": {"zzzzzzzzzzzz": 1}})"),
              HasSubstr("keep.zzzzzzzzzzzz: unknown key; known are fg_a, pair_counts, fg_a_wide"));
  EXPECT_THAT(Refusal(R"({"segments": {"mapping": [{"name": "a", "cidr": "10.0.0.0/8", "colour": 1}]}})"),
              HasSubstr("segments.mapping[0].colour: unknown key"));
}

// What follows from another problem, such as that a score without its list is none, is left out.
// 10.1.2.128 would lie in another segment than 10.1.2.1, of the same id.
TEST(ReadProject, ASegmentIsNotNamedAsAnotherOne) {
  const auto named = [](const std::string& name, const std::string& cidr, const std::string& more = "") {
    return Refusal(R"({"segments": {"mapping": [{"name": "a", "cidr": "10.9.0.0/16"}, {"name": ")" + name +
                   R"(", "cidr": ")" + cidr + "\"}]" + more + "}}");
  };
  EXPECT_EQ(named("10.1.2.0/24", "10.1.2.0/25"),
            "p.json: segments.mapping[1].name: '10.1.2.0/24' is the id of another segment than 10.1.2.0/25; "
            "give it a "
            "name of its own");
  EXPECT_THAT(named("fd00:1::/64", "fd00:2::/64"), HasSubstr("'fd00:1::/64' is the id of another segment"));
  EXPECT_EQ(named("10.1.2.0/24", "10.1.2.0/24"), "") << "its own text";
  EXPECT_EQ(named("10.1.0.0/16", "10.1.0.0/17"), "") << "no segment's id where prefixes have 24 bits";
  EXPECT_THAT(named("10.1.0.0/16", "10.1.0.0/17", R"(, "ipv4_prefix_length": 16)"),
              HasSubstr("is the id of another"));
  EXPECT_EQ(named("10.1.2.7/24", "10.1.2.0/25"), "") << "no id is written so";
  EXPECT_EQ(named("a", "10.1.2.0/25"), "") << "one segment of two networks";
}

TEST(ReadProject, AllProblemsAreToldOnceEach) {
  EXPECT_EQ(Refusal(R"({"z_max": "6", "scores": {"mine": {"max": 3}}, "dark_hosts": 7})"),
            "p.json: 3 problems\n"
            "  dark_hosts: expected text, found number 7\n"
            "  z_max: expected a number, found string \"6\"\n"
            "  scores.mine.max: expected a list of texts, found number 3");
  EXPECT_EQ(Refusal(R"({"calendar": {"working_hours": [7, "x"]}})"),
            "p.json: calendar.working_hours[1]: expected a whole number, found string \"x\"");
}

TEST(ReadProject, WrongTypesAndValuesSayWhatWouldBeRight) {
  EXPECT_EQ(Refusal(R"({"host_networks": ["10.0.0.0/33"]})"),
            "p.json: host_networks[0]: expected a CIDR such as 10.0.0.0/8 or fc00::/7, found string "
            "\"10.0.0.0/33\"");
  EXPECT_EQ(Refusal(R"({"host_networks": "10.0.0.0/8"})"),
            "p.json: host_networks: expected a list of CIDRs, found string \"10.0.0.0/8\"");
  EXPECT_THAT(Refusal(R"({"lookback": {"days": 1.5}})"),
              HasSubstr("lookback.days: expected a whole number, found number 1.5"));
  EXPECT_THAT(Refusal(R"({"lookback": {"days": 0}})"), HasSubstr("lookback.days: 0 is not within 1 to 366"));
  EXPECT_THAT(Refusal(R"({"calendar": {"weekend": ["SATT"]}})"),
              HasSubstr("calendar.weekend[0]: 'SATT' is no day of the week; did you mean 'SAT'?"));
  EXPECT_THAT(Refusal(R"({"calendar": {"timezone": "Europe/Pragu"}})"),
              HasSubstr("calendar.timezone: time zone 'Europe/Pragu' is not known"));
  EXPECT_THAT(Refusal(R"({"calendar": {"working_hours": [17, 7]}})"),
              HasSubstr("calendar.working_hours: expected two hours"));
  EXPECT_THAT(Refusal(R"({"calendar": {"holidays": ["2024-13-01"]}})"),
              HasSubstr("calendar.holidays[0]: there is no day 2024-13-01 in the calendar"));
  EXPECT_THAT(Refusal(R"({"calendar": {"holidays": ["soon"]}})"),
              HasSubstr("calendar.holidays[0]: expected a date"));
  EXPECT_THAT(Refusal(R"({"keep": {"fg_a": "some"}})"), HasSubstr("keep.fg_a: 'some' is no choice"));
  EXPECT_THAT(Refusal(R"({"project_name": "a/b"})"), HasSubstr("project_name: 'a/b' is no name"));
  EXPECT_THAT(Refusal(R"({"z_max": null})"), HasSubstr("z_max: expected a number, found null"));
  EXPECT_THAT(Refusal(R"([])"), HasSubstr("expected an object, found array []"));
  EXPECT_THAT(Refusal(R"({"keep": {}, "keep": {}})"), HasSubstr("the key 'keep' stands twice"));
  EXPECT_THAT(Refusal("{"), HasSubstr("p.json: no JSON: line 1, column 2: unexpected end of input"));
  EXPECT_THAT(LoadProject("/nonexistent/p.json").status().message(),
              HasSubstr("cannot read the project file /nonexistent/p.json"));
}

TEST(ReadProject, AFieldMappingNamesCanonicalFieldsEachFromItsOwn) {
  EXPECT_THAT(Refusal(R"({"field_mapping": {"source_ipp": "x"}})"),
              HasSubstr("p.json: field_mapping.source_ipp: 'source_ipp' is no canonical field; did you mean "
                        "'source_ip'?"));
  EXPECT_THAT(Refusal(R"({"field_mapping": {"event_start": "t", "event_end": "t"}})"),
              HasSubstr("field_mapping.event_start: the field 't' is already that of event_end"));
  // A field that stands for itself already: under its own name, and under ECS's.
  for (const char* theirs : {"event_start", "event.start"})
    EXPECT_THAT(Refusal(R"({"field_mapping": {"event_end": ")" + std::string(theirs) + "\"}}"),
                HasSubstr("is already that of event_start"));
  const Project swapped =
      Parsed(R"({"field_mapping": {"source_ip": "destination_ip", "destination_ip": "source_ip",
                                   "duration": "seconds", "event_reason": "event_reason"}})");
  EXPECT_EQ(swapped.field_mapping.at("source_ip"), "destination_ip");
}

TEST(ReadProject, WhatCouldNeverActIsRefused) {
  const auto segments = [](const char* entry) {
    return Refusal(
        R"({"segments": {"mapping": [{"name": "controllers", "cidr": "10.7.0.0/16"}], "high_risk": ["controllers", ")" +
        std::string(entry) + "\"]}}");
  };
  EXPECT_EQ(segments("10.9.0.0/24"), "");
  EXPECT_EQ(segments("10.9.0.7"), "");
  EXPECT_THAT(segments("10.0.0.0/33"),
              HasSubstr("segments.high_risk[1]: '10.0.0.0/33' is neither a CIDR such as "
                        "10.1.2.0/24 nor a name of segments.mapping"));
  EXPECT_THAT(segments("controlers"), HasSubstr("did you mean 'controllers'?"));
  EXPECT_THAT(Refusal(R"({"segments": {"mapping": [{"name": "", "cidr": "10.7.0.0/16"}]}})"),
              HasSubstr("segments.mapping[0].name: is empty"));
  EXPECT_EQ(Refusal(R"({"lookback": {"days": 40, "min_days": 40}})"), "");
  EXPECT_THAT(Refusal(R"({"lookback": {"min_days": 40}})"),
              HasSubstr("lookback.min_days: the look-back of lookback.days, 30, never holds the 40 days"));
  EXPECT_THAT(Refusal(R"({"non_persistent_machine_prefixes": ["VDI-", ""]})"),
              HasSubstr("non_persistent_machine_prefixes[1]: is empty"));
}

TEST(ReadProject, NamesOfGroupsAreThoseThatAStoreTakes) {
  const auto named = [](const std::string& name) {
    return Refusal(R"({"feature_groups": {"names": {"fg_a": ")" + name + "\"}}}");
  };
  EXPECT_EQ(named(std::string(64, 'x')), "");
  EXPECT_THAT(named(std::string(65, 'x')), HasSubstr("feature_groups.names.fg_a: 'xxxxx"));
  for (const char* name : {"", "-x", "x_", "a.b"})
    EXPECT_THAT(named(name), HasSubstr("a feature store takes 1 to 64 letters, digits, '-' and '_'"));
}

TEST(ParseHorizons, LengthsAndGaps) {
  const auto horizons = ParseHorizons("7d:2d,36h,90m:15m").ValueOrDie();
  EXPECT_THAT(horizons, ElementsAre(Horizon{"7d", 7 * base::kMicrosPerDay, 2 * base::kMicrosPerDay},
                                    Horizon{"36h", 36 * 4 * base::kSliceMicros, 0},
                                    Horizon{"90m", 6 * base::kSliceMicros, base::kSliceMicros}));
  for (const char* bad : {"", "7", "d", "7d:", "7d,,1d", "-1d", "7w", "7d:2d:1d", "7 d", "5m", "1d,1d:1h"})
    EXPECT_FALSE(ParseHorizons(bad).ok()) << bad;
}

}  // namespace
}  // namespace ndr::spec
