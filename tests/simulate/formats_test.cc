// SPDX-License-Identifier: Apache-2.0
// The three formats carry the same sessions, as far as each can.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "ndr/simulate/simulate.h"
#include "simulate/moments.h"

namespace ndr::simulate {
namespace {

using base::Micros;
using ::testing::ElementsAre;
using ::testing::StartsWith;

// A session that took 1.5 s: 1,500 bytes there in 6 packets, 9,000 back in 9.
Session Web() {
  Session s;
  s.start = 1772496000'000001;  // 2026-03-03T00:00:00.000001Z
  s.duration = 1'500'000;
  s.source = Ip("10.20.1.2");
  s.destination = Ip("2a00::1");
  s.source_port = 40000, s.destination_port = 443;
  s.source_bytes = 1500, s.destination_bytes = 9000;
  s.source_packets = 6, s.destination_packets = 9;
  s.number = 7;
  s.service = Service::kTls;
  return s;
}

std::string Text(Format format, const Session& session) {
  std::string out;
  AppendLog(format, {session}, &out);
  return out;
}

std::vector<std::string> Split(const std::string& line, char separator) {
  std::vector<std::string> fields(1);
  for (const char c : line)
    if (c == separator)
      fields.emplace_back();
    else if (c != '\n')
      fields.back() += c;
  return fields;
}

std::vector<std::vector<std::string>> Rows(const std::string& text, char separator) {
  std::vector<std::vector<std::string>> rows;
  size_t from = 0;
  while (from < text.size()) {
    const size_t end = text.find('\n', from);
    rows.push_back(Split(text.substr(from, end - from), separator));
    from = end + 1;
  }
  return rows;
}

TEST(NdrJsonTest, ALine) {
  EXPECT_EQ(
      Text(Format::kNdrJson, Web()),
      R"({"event_start":"2026-03-03T00:00:00.000001Z","event_end":"2026-03-03T00:00:01.500001Z",)"
      R"("source_ip":"10.20.1.2","destination_ip":"2a00::1","source_port":40000,"destination_port":443,)"
      R"("source_bytes":1500,"destination_bytes":9000,"source_packets":6,"destination_packets":9,)"
      R"("network_transport":"tcp","event_name":"TRAFFIC","event_subtype":"end","event_action":"allow",)"
      R"("event_reason":"tcp-fin","device_id":"fw-1","session_key":"7","sequence":"7"})"
      "\n");
}

TEST(NdrJsonTest, IcmpHasNoPorts) {
  Session s = Web();
  s.transport = Transport::kIcmp;
  const auto json = nlohmann::json::parse(Text(Format::kNdrJson, s));
  EXPECT_TRUE(json["source_port"].is_null());
  EXPECT_TRUE(json["destination_port"].is_null());
  EXPECT_EQ(json["event_reason"], "aged-out");
}

// 52 bytes of headers in each packet of tcp: 1,500 + 6 x 52 = 1,812 and 9,000 + 9 x 52 = 9,468.
TEST(ZeekTest, ALine) {
  const auto fields = Split(Text(Format::kZeek, Web()), '\t');
  EXPECT_THAT(fields, ElementsAre("1772496000.000001", StartsWith("C"), "10.20.1.2", "40000", "2a00::1",
                                  "443", "tcp", "ssl", "1.500000", "1500", "9000", "SF", "T", "F", "0",
                                  "ShADadFf", "6", "1812", "9", "9468", "-"));
  EXPECT_EQ(fields[1].size(), 12u);
}

TEST(ZeekTest, TheHeaderNamesEveryColumn) {
  const auto rows = Rows(LogHeader(Format::kZeek, 1772496000 * base::kMicrosPerSecond), '\t');
  ASSERT_EQ(rows.size(), 8u);
  EXPECT_THAT(rows[0], ElementsAre("#separator \\x09"));
  EXPECT_THAT(rows[5], ElementsAre("#open", "2026-03-03-00-00-00"));
  EXPECT_EQ(rows[6][0], "#fields");
  EXPECT_EQ(rows[7][0], "#types");
  // One more than the values: the word at the beginning.
  EXPECT_EQ(rows[6].size(), 22u);
  EXPECT_EQ(rows[7].size(), 22u);
  EXPECT_EQ(LogFooter(Format::kZeek, 0), "#close\t1970-01-01-00-00-00\n");
}

TEST(ArgusTest, ALine) {
  EXPECT_EQ(Text(Format::kArgus, Web()),
            "2026/03/03 00:00:00.000001,1.500000,tcp,10.20.1.2,40000,   "
            "->,2a00::1,443,FSPA_FSPA,0,0,15,10500,1500\n");
  Session ping = Web();
  ping.transport = Transport::kIcmp;
  ping.source_port = 8, ping.destination_port = 0;
  EXPECT_EQ(Text(Format::kArgus, ping),
            "2026/03/03 00:00:00.000001,1.500000,icmp,10.20.1.2,0x0008,  "
            "<->,2a00::1,0x0000,ECO,0,0,15,10500,1500\n");
}

TEST(OutcomeTest, EachFormatSaysHowASessionEnded) {
  struct Case {
    Outcome outcome;
    const char *action, *subtype, *reason, *state, *flags;
  };
  const Case cases[] = {{Outcome::kFinished, "allow", "end", "tcp-fin", "SF", "FSPA_FSPA"},
                        {Outcome::kResetByClient, "allow", "end", "tcp-rst-from-client", "RSTO", "SRPA_SPA"},
                        {Outcome::kResetByServer, "allow", "end", "tcp-rst-from-server", "RSTR", "SPA_SRPA"},
                        {Outcome::kTimedOut, "allow", "end", "aged-out", "S0", "S_"},
                        {Outcome::kRefused, "allow", "end", "tcp-rst-from-server", "REJ", "S_RA"},
                        {Outcome::kDenied, "deny", "deny", "policy-deny", "REJ", "S_RA"},
                        {Outcome::kDropped, "drop", "drop", "policy-deny", "S0", "S_"}};
  for (const Case& c : cases) {
    Session s = Web();
    s.outcome = c.outcome;
    const auto json = nlohmann::json::parse(Text(Format::kNdrJson, s));
    EXPECT_EQ(json["event_action"], c.action);
    EXPECT_EQ(json["event_subtype"], c.subtype);
    EXPECT_EQ(json["event_reason"], c.reason);
    EXPECT_EQ(Split(Text(Format::kZeek, s), '\t')[11], c.state);
    EXPECT_EQ(Split(Text(Format::kArgus, s), ',')[8], c.flags);
  }
}

Micros FromSeconds(const std::string& text) { return *base::ParseSeconds(text); }
Micros FromCivil(const std::string& text) { return base::ParseCivil(text)->micros; }

// An hour of work and one in which the scanner sweeps: address by address, port by port, byte by byte.
TEST(FormatsTest, CarryTheSameSessions) {
  SimulationOptions options;
  options.hosts = 80;
  options.days = 3;
  const Simulation simulation = Simulation::Make(options).ValueOrDie();
  std::set<std::string> uids, keys;
  size_t total = 0;
  for (const int64_t slice : {40, 41, 78, 79, 211, 213}) {
    std::vector<Session> sessions;
    simulation.SessionsOf(slice, &sessions);
    std::string json_text, zeek_text, argus_text;
    AppendLog(Format::kNdrJson, sessions, &json_text);
    AppendLog(Format::kZeek, sessions, &zeek_text);
    AppendLog(Format::kArgus, sessions, &argus_text);
    const auto lines = Rows(json_text, '\0'), zeek = Rows(zeek_text, '\t'), argus = Rows(argus_text, ',');
    ASSERT_EQ(lines.size(), sessions.size());
    ASSERT_EQ(zeek.size(), sessions.size());
    ASSERT_EQ(argus.size(), sessions.size());
    for (size_t i = 0; i < sessions.size(); ++i) {
      const auto json = nlohmann::json::parse(lines[i][0]);
      const auto number = [&](const char* name) { return json[name].get<int64_t>(); };
      const auto& z = zeek[i];
      const auto& a = argus[i];
      const Micros start = FromCivil(json["event_start"]), duration = FromCivil(json["event_end"]) - start;
      ASSERT_EQ(FromSeconds(z[0]), start);
      ASSERT_EQ(FromCivil(a[0]), start);
      ASSERT_EQ(FromSeconds(z[8]), duration);
      ASSERT_EQ(FromSeconds(a[1]), duration);
      ASSERT_EQ(json["source_ip"], z[2]);
      ASSERT_EQ(json["source_ip"], a[3]);
      ASSERT_EQ(json["destination_ip"], z[4]);
      ASSERT_EQ(json["destination_ip"], a[6]);
      ASSERT_EQ(json["network_transport"], z[6]);
      ASSERT_EQ(json["network_transport"], a[2]);
      if (json["network_transport"] != "icmp") {
        ASSERT_EQ(std::to_string(number("source_port")), z[3]);
        ASSERT_EQ(z[3], a[4]);
        ASSERT_EQ(std::to_string(number("destination_port")), z[5]);
        ASSERT_EQ(z[5], a[7]);
      }
      const int64_t sent = number("source_bytes"), received = number("destination_bytes");
      ASSERT_EQ(std::to_string(sent), z[9]);
      ASSERT_EQ(std::to_string(sent), a[13]);
      ASSERT_EQ(std::to_string(received), z[10]);
      ASSERT_EQ(std::to_string(sent + received), a[12]);
      ASSERT_EQ(std::to_string(number("source_packets")), z[16]);
      ASSERT_EQ(std::to_string(number("destination_packets")), z[18]);
      ASSERT_EQ(std::to_string(number("source_packets") + number("destination_packets")), a[11]);
      uids.insert(z[1]);
      keys.insert(json["session_key"]);
    }
    total += sessions.size();
  }
  EXPECT_GT(total, 2'000u);
  EXPECT_EQ(uids.size(), total);
  EXPECT_EQ(keys.size(), total);
}

TEST(FormatNameTest, BothWays) {
  for (const Format format : {Format::kNdrJson, Format::kZeek, Format::kArgus})
    EXPECT_EQ(ParseFormat(ToText(format)).ValueOrDie(), format);
  EXPECT_EQ(ParseFormat("pcap").status().message(), "format: ndr-json, zeek or argus, not 'pcap'");
}

}  // namespace
}  // namespace ndr::simulate
