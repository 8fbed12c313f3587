// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "ingest/parsing.h"

namespace ndr::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kJson = Source::kNdrJson;
// A session with everything that the rules ask for; more fields may be put before it.
constexpr std::string_view kRest =
    R"("event_start":"2024-04-20T12:00:00Z","source_ip":"10.0.0.1","destination_ip":"9.9.9.9","source_bytes":1})";
std::string With(std::string_view fields) {
  return "{" + std::string(fields) + "," + std::string(kRest) + "\n";
}

TEST(NdrJson, EveryCanonicalField) {
  const auto file = ParseLog(
      kJson,
      R"({"event_start":"2024-04-20T12:00:00.123456+02:00","event_end":1713607201.5,"source_ip":"10.0.0.1",)"
      R"("destination_ip":"2001:DB8::1","source_port":40000,"destination_port":"443","source_bytes":100,)"
      R"("destination_bytes":200.0,"source_packets":2,"destination_packets":3,"network_transport":"TCP",)"
      R"("event_name":"Traffic","event_subtype":"END","event_action":"Reset Both","event_reason":"tcp_fin",)"
      R"("category":"Any","repeat_count":2,"device_id":"FW_1","session_key":77,"sequence":"0012"})");
  EXPECT_THAT(
      file.rows,
      ElementsAre(
          "start=2024-04-20T10:00:00.123456Z end=2024-04-20T10:00:01.500000Z from=10.0.0.1 port=40000 "
          "to=2001:db8::1 port=443 source_bytes=100 destination_bytes=200 source_packets=2 "
          "destination_packets=3 over=tcp event_subtype=end event_action=reset-both event_reason=tcp-fin "
          "category=any device_id=FW_1 repeat=2 key=77 sequence=0012"));
}

TEST(NdrJson, NestedAndDottedNamesOfEcs) {
  const auto nested = ParseLog(
      kJson, R"({"event":{"start":"2024-04-20T12:00:00Z","end":"2024-04-20T12:00:01Z","action":"allow",)"
             R"("category":["network","x"]},"source":{"ip":"10.0.0.1","port":1,"geo":{"ip":"1.1.1.1"}},)"
             R"("destination":{"ip":"9.9.9.9","port":53,"bytes":5},"network":{"transport":"udp"}})");
  EXPECT_THAT(
      nested.rows,
      ElementsAre(
          "start=2024-04-20T12:00:00Z end=2024-04-20T12:00:01Z from=10.0.0.1 port=1 to=9.9.9.9 port=53 "
          "destination_bytes=5 over=udp event_action=allow category=network"));
  const auto dotted = ParseLog(
      kJson,
      R"({"event.start":"2024-04-20T12:00:00Z","event.end":"2024-04-20T12:00:01Z","event.action":"allow",)"
      R"("event.category":"network","source.ip":"10.0.0.1","source.port":1,"destination.ip":"9.9.9.9",)"
      R"("destination.port":53,"destination.bytes":5,"network.transport":"udp"})");
  EXPECT_EQ(dotted.rows, nested.rows);
}

TEST(NdrJson, MappedNames) {
  spec::Project project = spec::DefaultProject();
  project.field_mapping = {{"source_ip", "client.addr"}, {"event_start", "when"}};
  const auto context = ContextOf(project);
  const auto file = ParseLog(
      kJson,
      R"({"when":1713614400,"client":{"addr":"10.0.0.1"},"destination_ip":"9.9.9.9","destination_port":1})",
      context);
  EXPECT_THAT(file.rows, ElementsAre(HasSubstr("start=2024-04-20T12:00:00Z from=10.0.0.1")));
}

TEST(NdrJson, AMappingThatDoesNotFitIsAnErrorThatListsTheNames) {
  spec::Project project = spec::DefaultProject();
  project.field_mapping = {{"source_ip", "client"}};
  const auto scan = [&](std::string line) {
    line.append(kBlockPadding, '\0');
    const auto parser = Parser::Make(ContextOf(project), kJson).ValueOrDie();
    return LayoutScanner(parser, "a.log")
        .Next({std::string_view(line).substr(0, line.size() - kBlockPadding), 0})
        .status()
        .ToString();
  };
  EXPECT_EQ(scan(R"({"client":"10.0.0.1","x":1})"), "OK");
  EXPECT_THAT(scan(R"({"src":"10.0.0.1","x":{"y":1}})"),
              HasSubstr("a.log has no field 'client'; it has src, x, x.y"));
  EXPECT_THAT(scan(R"({"client":"10.0.0.1","source_ip":"10.0.0.1"})"),
              HasSubstr("has a field 'source_ip' already"));
  project.field_mapping = {{"sourceip", "client"}};
  EXPECT_THAT(Parser::Make(ContextOf(project), kJson).status().ToString(),
              HasSubstr("did you mean 'source_ip'?"));
}

TEST(NdrJson, ByteOrderMarkLineEndsAndBlankLines) {
  const std::string line = "{" + std::string(kRest);
  const auto file = ParseLog(kJson, "\xEF\xBB\xBF" + line + "\r\n\r\n  \n" + line);
  EXPECT_EQ(file.rows.size(), 2u);
  EXPECT_EQ(file.counters.Get("blank_lines"), 2);
  EXPECT_EQ(file.counters.Get("lines_read"), 4);
}

TEST(NdrJson, EscapesInTextsAndNames) {
  const auto file = ParseLog(
      kJson,
      With(
          R"("event_\u0061ction":"al\u006Cow","session_key":"a\"b\\c\n\u00e9\ud83d\ude00","sequence":"\ud800")"));
  ASSERT_EQ(file.rows.size(), 1u);
  EXPECT_THAT(file.rows[0], HasSubstr("event_action=allow"));
  EXPECT_THAT(file.rows[0], HasSubstr("key=a\"b\\c\n\u00e9\U0001F600 sequence=\uFFFD"));
}

TEST(NdrJson, RecordsOfOtherNamesAreSkippedAndThreatRowsAreNot) {
  const auto file = ParseLog(kJson, With(R"("event_name":"SYSTEM")") +
                                        With(R"("event_name":"threat","event_action":"alert")") +
                                        With(R"("event_name":null)"));
  EXPECT_EQ(file.counters.Get("skipped_records"), 1);
  EXPECT_THAT(file.rows,
              ElementsAre(HasSubstr("name=threat event_action=alert"), testing::Not(HasSubstr("name="))));
}

TEST(NdrJson, Rule1MalformedAddresses) {
  const std::string good = With(R"("source_port":1,"x":{"source_ip":"no"})");
  const auto file = ParseLog(
      kJson,
      good +
          R"({"event_start":1713614400,"source_ip":"10.0.0.256","destination_ip":"9.9.9.9","source_bytes":1})"
          "\n" +
          R"({"event_start":1713614400,"source_ip":"10.0.0.1","source_bytes":1})"
          "\n");
  EXPECT_EQ(file.rows.size(), 1u);
  EXPECT_THAT(file.Reasons(), ElementsAre("malformed_address@" + std::to_string(good.size()) +
                                              ": source_ip is no address: '10.0.0.256'",
                                          HasSubstr("destination_ip is absent")));
}

TEST(NdrJson, Rule2NeitherBytesNorPortsOfATrafficRecord) {
  const std::string bare = R"("event_start":1713614400,"source_ip":"10.0.0.1","destination_ip":"9.9.9.9"})"
                           "\n";
  const std::string log = "{" + bare + R"({"event_name":"THREAT",)" + bare + R"({"source_port":0,)" + bare +
                          R"({"destination_bytes":0,)" + bare +
                          R"({"network_transport":"icmp","source_port":8,)" + bare +
                          R"({"network_transport":"esp","source_port":538990973,)" + bare;
  const auto file = ParseLog(kJson, log);
  EXPECT_EQ(file.counters.Get("no_bytes_no_ports"), 2)
      << "the first, and the one whose port field is ignored";
  EXPECT_THAT(file.rows,
              ElementsAre(HasSubstr("name=threat"), HasSubstr("port=0"), HasSubstr("destination_bytes=0"),
                          testing::AllOf(HasSubstr("over=icmp"), testing::Not(HasSubstr("port=")))))
      << "ports of ICMP are null, but only after rule 2";
  spec::Project project = spec::DefaultProject();
  project.data_quality.no_bytes_no_ports = false;
  EXPECT_EQ(ParseLog(kJson, log, ContextOf(project)).rows.size(), 6u);
}

TEST(NdrJson, Rule3EndsBeforeTheStartAndUnknownOnes) {
  const auto file =
      ParseLog(kJson, With(R"("event_end":"2024-04-20T11:59:59Z")") + With(R"("event_end":null)") +
                          With(R"("event_end":"2024-04-20T12:00:00Z")"));
  EXPECT_THAT(file.rows, ElementsAre(HasSubstr("end=2024-04-20T12:00:00Z from"),
                                     testing::Not(HasSubstr("end=")), testing::Not(HasSubstr("notes"))));
  EXPECT_THAT(file.rows[0], HasSubstr("notes=1"));
  EXPECT_THAT(file.rows[1], HasSubstr("notes=1"));
}

TEST(NdrJson, Rule4NegativeAmountsAndMoreBytesThanPacketsHold) {
  const std::string start =
      R"("event_start":1713614400,"event_end":1713614401,"source_ip":"10.0.0.1","destination_ip":"9.9.9.9"})"
      "\n";
  const auto file = ParseLog(
      kJson, R"({"source_port":1,"source_bytes":-1,"destination_packets":-5,)" + start +
                 R"({"source_bytes":131070,"source_packets":2,)" + start +
                 R"({"source_bytes":131071,"source_packets":2,"destination_bytes":131071,)" + start +
                 R"({"source_port":1,"destination_bytes":9223372036854775807,"destination_packets":3,)" +
                 start + R"({"source_bytes":5,"source_packets":0,)" + start);
  EXPECT_THAT(file.rows,
              ElementsAre(testing::AllOf(HasSubstr("notes=2"), testing::Not(HasSubstr("bytes")),
                                         testing::Not(HasSubstr("packets"))),
                          testing::AllOf(HasSubstr("source_bytes=131070"), testing::Not(HasSubstr("notes"))),
                          testing::AllOf(HasSubstr("notes=2"), HasSubstr("destination_bytes=131071"),
                                         testing::Not(HasSubstr("source_bytes"))),
                          testing::AllOf(HasSubstr("notes=2"), testing::Not(HasSubstr("bytes"))),
                          testing::AllOf(HasSubstr("notes=2"), testing::Not(HasSubstr("bytes")))));
}

TEST(NdrJson, Rule5AndNullStartsInTheirOrder) {
  const std::string outside = R"("source_ip":"8.8.8.8","destination_ip":"9.9.9.9","source_bytes":1})"
                              "\n";
  const auto file = ParseLog(
      kJson, "{" + outside + R"({"source_ip":"8.8.8.8","destination_ip":"192.168.1.1","source_bytes":1})");
  EXPECT_EQ(file.counters.Get("no_host"), 1) << "without a host the start does not matter";
  EXPECT_EQ(file.counters.Get("null_start"), 1);
  EXPECT_THAT(file.Reasons(), ElementsAre(HasSubstr("null_start@")));
}

TEST(NdrJson, PortsOfTransports) {
  const auto file = ParseLog(kJson, With(R"("destination_port":80)") +
                                        With(R"("network_transport":"sctp","destination_port":80)") +
                                        With(R"("network_transport":132,"destination_port":81)") +
                                        With(R"("network_transport":"gre","destination_port":80)") +
                                        With(R"("network_transport":"58","destination_port":80)") +
                                        With(R"("network_transport":"udp","destination_port":65536)") +
                                        With(R"("destination_port":"http")"));
  EXPECT_THAT(file.rows, ElementsAre(HasSubstr("port=80 source_bytes=1 over=absent"),
                                     HasSubstr("port=80 source_bytes=1 over=other"),
                                     HasSubstr("port=81 source_bytes=1 over=other"),
                                     HasSubstr("9.9.9.9 source_bytes=1 over=other"),
                                     HasSubstr("9.9.9.9 source_bytes=1 over=icmp")));
  EXPECT_THAT(file.Reasons(),
              ElementsAre(HasSubstr("unparsable@"), HasSubstr("destination_port is no port: 'http'")));
}

TEST(NdrJson, NumbersAsWritersOfDoublesWriteThem) {
  const auto file = ParseLog(
      kJson, With(R"("network_transport":6.0,"destination_port":80.0,"destination_bytes":1.2345678E7)") +
                 With(R"("network_transport":1.7e1,"destination_port":5.3E1,"destination_bytes":1.25e1)"));
  EXPECT_THAT(file.rows,
              ElementsAre(HasSubstr("port=80 source_bytes=1 destination_bytes=12345678 over=tcp")));
  EXPECT_THAT(file.Reasons(), ElementsAre(HasSubstr("destination_bytes is no whole number: '1.25e1'")));
}

TEST(NdrJson, IdentitiesOfZeroAreAbsentAndFoldedZeroTimesIsOnce) {
  const auto file = ParseLog(kJson, With(R"("session_key":0,"sequence":"00","repeat_count":0)") +
                                        With(R"("session_key":"","repeat_count":-3)"));
  for (const std::string& row : file.rows) {
    EXPECT_THAT(row, testing::Not(HasSubstr("key=")));
    EXPECT_THAT(row, testing::Not(HasSubstr("sequence=")));
    EXPECT_THAT(row, testing::Not(HasSubstr("repeat=")));
  }
}

// 2^31 - 1 sessions in one record, not more: as a port of 65,536 it is no such number.
TEST(NdrJson, ARecordStandsForSoManySessionsOnly) {
  const auto file =
      ParseLog(kJson, With(R"("repeat_count":2147483647)") + With(R"("repeat_count":2147483648)") +
                          With(R"("repeat_count":9223372036854775807)") + With(R"("repeat_count":"many")"));
  EXPECT_THAT(file.rows, ElementsAre(HasSubstr("repeat=2147483647")));
  EXPECT_THAT(file.Reasons(),
              ElementsAre(HasSubstr("unparsable@"),
                          HasSubstr("repeat_count is no number of sessions: '9223372036854775807'"),
                          HasSubstr("repeat_count is no whole number: 'many'")));
  EXPECT_EQ(file.counters.Get("unparsable"), 3);
}

TEST(NdrJson, TimesWithoutAZoneAreOfTheDeviceTheSourceOrTheCalendar) {
  const std::string line =
      R"({"event_start":"2024-07-01 12:00:00","source_ip":"10.0.0.1","destination_ip":"9.9.9.9","source_bytes":1,"device_id":")";
  const std::string log = line + "a\"}\n" + line + "b\"}\n";
  spec::Project project = spec::DefaultProject();
  project.calendar.timezone = "America/New_York";
  auto file = ParseLog(kJson, log, ContextOf(project));
  EXPECT_THAT(file.rows, testing::Each(HasSubstr("start=2024-07-01T16:00:00Z")));
  EXPECT_EQ(file.counters.Get("zoneless_times"), 2);
  EXPECT_EQ(file.counters.Get("assumed_zone_times"), 2);
  project.source_timezone.by_device = {{"a", "Asia/Tokyo"}};
  file = ParseLog(kJson, log, ContextOf(project));
  EXPECT_THAT(file.rows,
              ElementsAre(HasSubstr("start=2024-07-01T03:00:00Z"), HasSubstr("start=2024-07-01T16:00:00Z")));
  EXPECT_EQ(file.counters.Get("assumed_zone_times"), 1) << "of b, which nothing names";
  project.source_timezone = {"Europe/Prague", {}};
  file = ParseLog(kJson, log, ContextOf(project));
  EXPECT_THAT(file.rows, testing::Each(HasSubstr("start=2024-07-01T10:00:00Z")));
  EXPECT_EQ(file.counters.Get("assumed_zone_times"), 0);
  project.source_timezone = {"Europe/Nowhere", {}};
  EXPECT_TRUE(Parser::Make(ContextOf(project), kJson).status().IsInvalid());
}

TEST(NdrJson, TimesAroundAChangeOfTheClock) {
  spec::Project project = spec::DefaultProject();
  project.source_timezone.all = "Europe/Prague";
  const auto at = [&](const std::string& civil) {
    const auto file = ParseLog(kJson,
                               R"({"event_start":")" + civil +
                                   R"(","source_ip":"10.0.0.1","destination_ip":"9.9.9.9","source_bytes":1})",
                               ContextOf(project));
    return file.rows.empty() ? "none" : file.rows[0].substr(6, 20);
  };
  EXPECT_EQ(at("2024-03-31T02:30:00"), "2024-03-31T01:30:00Z") << "does not occur: 03:30 summer time";
  EXPECT_EQ(at("2024-10-27T02:30:00"), "2024-10-27T00:30:00Z") << "occurs twice: the earlier";
}

TEST(NdrJson, BadLinesAreCountedWithTheirPlace) {
  const auto file = ParseLog(kJson, "{\"a\":1\nnonsense\n" + With(R"("source_packets":1.5)") +
                                        With(R"("event_end":"soon")") + "[1]\n" + "{\"a\":1}{\n" +
                                        With(R"("device_id":"caf)"
                                             "\xE9"
                                             R"(")"));
  EXPECT_THAT(file.rows, IsEmpty());
  EXPECT_THAT(
      file.Reasons(),
      ElementsAre("unparsable@0: the JSON object does not end", "unparsable@7: the line is no JSON object",
                  "unparsable@16: source_packets is no whole number: '1.5'",
                  HasSubstr("event_end is no instant: 'soon'"), HasSubstr("the line is no JSON object"),
                  HasSubstr("something follows the JSON object"), HasSubstr("the line is no UTF-8 text")));
  EXPECT_EQ(MalformedRatio(file.counters), 1.0);
  EXPECT_EQ(file.quarantined[1].bytes, "nonsense");
}

TEST(NdrJson, LinesOfAMegabyteAndDeepNesting) {
  const std::string deep = With("\"a\":" + std::string(600, '[') + std::string(600, ']'));
  const std::string nested = With("\"a\":" + std::string(400, '[') + std::string(400, ']'));
  const std::string big = With("\"a\":\"" + std::string(kMaxLineBytes, 'x') + "\"");
  const std::string endless(3 * kMaxLineBytes, 'y');
  const auto file = ParseLog(kJson, deep + nested + big + With("\"b\":1") + endless, ContextOf(), 100'000);
  EXPECT_EQ(file.rows.size(), 2u);
  EXPECT_THAT(file.Reasons(), ElementsAre(HasSubstr("nested more than 512 deep"),
                                          HasSubstr("longer than 1 MiB"), HasSubstr("longer than 1 MiB")));
  EXPECT_EQ(file.quarantined[1].bytes.size(), kQuarantinedBytes);
}

}  // namespace
}  // namespace ndr::ingest
