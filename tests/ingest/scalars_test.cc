// SPDX-License-Identifier: Apache-2.0
#include "ndr/ingest/scalars.h"

#include <gtest/gtest.h>

#include "ndr/ingest/utf8.h"

namespace ndr::ingest {
namespace {

using catalogue::Transport;

TEST(Scalars, WholeNumbers) {
  EXPECT_EQ(ParseInteger("0"), 0);
  EXPECT_EQ(ParseInteger("-17"), -17);
  EXPECT_EQ(ParseInteger("443.000"), 443);
  EXPECT_EQ(ParseInteger("9223372036854775807"), INT64_MAX);
  for (const char* bad : {"", "-", "1.5", "1.", "9223372036854775808", " 1", "1 ", "+1", "abc"})
    EXPECT_EQ(ParseInteger(bad), std::nullopt) << bad;
}

TEST(Scalars, WholeNumbersWithAnExponent) {
  EXPECT_EQ(ParseInteger("1.2345678E7"), 12'345'678) << "as Java writes doubles from ten million on";
  EXPECT_EQ(ParseInteger("1e3"), 1000);
  EXPECT_EQ(ParseInteger("-1.50e+1"), -15);
  EXPECT_EQ(ParseInteger("1200e-2"), 12);
  EXPECT_EQ(ParseInteger("0.00125e5"), 125);
  EXPECT_EQ(ParseInteger("0e2147483647"), 0);
  EXPECT_EQ(ParseInteger("9.007199254740993E15"), 9'007'199'254'740'993) << "2^53 + 1 is no double";
  EXPECT_EQ(ParseInteger("9.223372036854775807e18"), INT64_MAX);
  EXPECT_EQ(ParseInteger("-9.223372036854775808e18"), INT64_MIN);
  for (const char* bad : {"1e", "1e+", "100e+-2", "1e3 ", "1.e3", "e3", "-e3", "1.25e1", "125e-3",
                          "9.223372036854775808e18", "1e19", "1e2147483647", "1e2147483648", "1x3"})
    EXPECT_EQ(ParseInteger(bad), std::nullopt) << bad;
}

TEST(Scalars, Ports) {
  EXPECT_EQ(ParsePort("65535"), 65535);
  EXPECT_EQ(ParsePort("0x01bb"), 443);
  EXPECT_EQ(ParsePort("0X50"), 80);
  EXPECT_EQ(ParsePort("0x8"), 8) << "one digit";
  for (const char* bad : {"65536", "-1", "0x", "0x1ffff", "0x1g", "http"})
    EXPECT_EQ(ParsePort(bad), std::nullopt) << bad;
}

TEST(Scalars, Instants) {
  const auto micros = [](std::string_view text) {
    return ParseInstant(text).value_or(Instant{-1, false}).micros;
  };
  EXPECT_EQ(micros("1713614400"), 1'713'614'400'000'000);
  EXPECT_EQ(micros("1713614400.5"), 1'713'614'400'500'000);
  EXPECT_EQ(micros("1713614400.0000005"), 1'713'614'400'000'001) << "ties away from zero";
  EXPECT_EQ(micros("1713614400123"), 1'713'614'400'123'000) << "milliseconds by magnitude";
  EXPECT_EQ(micros("1.7136144e9"), 1'713'614'400'000'000);
  EXPECT_EQ(micros("2024-04-20T14:00:00+02:00"), 1'713'614'400'000'000);
  EXPECT_FALSE(ParseInstant("2024-04-20T14:00:00Z")->zoneless);
  EXPECT_TRUE(ParseInstant("2024/04/20 14:00:00")->zoneless);
  for (const char* bad : {"", "now", "2024-13-01T00:00:00Z", "1713614400x", "0000-01-01T00:00:00Z", "9e30"})
    EXPECT_FALSE(ParseInstant(bad)) << bad;
}

TEST(Scalars, Transports) {
  EXPECT_EQ(ParseTransport("TCP").transport, Transport::kTcp);
  EXPECT_EQ(ParseTransport("17").transport, Transport::kUdp);
  for (const char* icmp : {"icmp", "ICMP6", "ipv6-icmp", "58", "1"}) {
    EXPECT_EQ(ParseTransport(icmp).transport, Transport::kIcmp) << icmp;
    EXPECT_FALSE(ParseTransport(icmp).has_ports) << icmp;
  }
  EXPECT_EQ(ParseTransport("6.0").transport, Transport::kTcp) << "a number of JSON";
  EXPECT_EQ(ParseTransport("1.7E1").transport, Transport::kUdp);
  EXPECT_TRUE(ParseTransport("132.0").has_ports);
  for (const char* unknown : {"6.5", "47.0", "6e", "6tcp"}) {
    EXPECT_EQ(ParseTransport(unknown).transport, Transport::kOther) << unknown;
    EXPECT_FALSE(ParseTransport(unknown).has_ports) << unknown;
  }
  EXPECT_EQ(ParseTransport("").transport, Transport::kAbsent);
  EXPECT_TRUE(ParseTransport("").has_ports);
  for (const char* other : {"sctp", "dccp", "UDP-Lite", "132"})
    EXPECT_TRUE(ParseTransport(other).has_ports) << other;
  EXPECT_FALSE(ParseTransport("gre").has_ports);
  EXPECT_EQ(ParseTransport("gre").transport, Transport::kOther);
}

TEST(Scalars, WordsAndQuotes) {
  EXPECT_EQ(Normalised("Reset Both_X"), "reset-both-x");
  EXPECT_EQ(Quoted("a\x01 \xff"), "'a? ?'");
  EXPECT_EQ(Quoted(std::string(50, 'x')), "'" + std::string(40, 'x') + "...'");
  EXPECT_TRUE(IsZero("000"));
  EXPECT_FALSE(IsZero("010"));
  EXPECT_FALSE(IsZero(""));
}

TEST(Utf8, WellFormedSequencesOnly) {
  EXPECT_TRUE(IsUtf8("plain ascii, longer than eight bytes"));
  EXPECT_TRUE(IsUtf8("caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"));
  for (const char* bad : {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\xAF",
                          "\xF4\x90\x80\x80", "\xFF", "abcdefgh\xE9xyz"})
    EXPECT_FALSE(IsUtf8(bad)) << bad;
  std::string text;
  for (const uint32_t code : {0x41u, 0xe9u, 0x20acu, 0x1f600u, 0xd800u}) AppendUtf8(code, &text);
  EXPECT_EQ(text, "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xEF\xBF\xBD");
}

}  // namespace
}  // namespace ndr::ingest
