// SPDX-License-Identifier: Apache-2.0
#include "ndr/base/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ndr::base {
namespace {

Address A(std::string_view text) { return *ParseAddress(text); }

TEST(Network, HostsByDefault) {
  const auto network = Network::Make({}).ValueOrDie();
  for (const char* text : {"10.0.0.1", "172.31.0.1", "192.168.255.255", "fd12::1", "::ffff:10.0.0.1"})
    EXPECT_TRUE(network.IsHost(A(text))) << text;
  for (const char* text : {"11.0.0.0", "172.32.0.1", "8.8.8.8", "2001:db8::1", "fe80::1"})
    EXPECT_FALSE(network.IsHost(A(text))) << text;
}

TEST(Network, SegmentsByPrefixRule) {
  const auto network = Network::Make({}).ValueOrDie();
  EXPECT_EQ(network.SegmentIdOf(A("10.1.2.3")), "10.1.2.0/24");
  EXPECT_EQ(network.SegmentIdOf(A("2001:db8:1:2:3::4")), "2001:db8:1:2::/64");
  EXPECT_EQ(network.SegmentId(SegmentKey{}), "SEG_UNKNOWN");
  EXPECT_EQ(network.SegmentOf(A("10.1.2.3")), network.SegmentOf(A("10.1.2.200")));
  EXPECT_NE(network.SegmentOf(A("10.1.2.3")), network.SegmentOf(A("10.1.3.3")));
  NetworkOptions options;
  options.ipv4_prefix_length = 22;
  options.ipv6_prefix_length = 33;
  const auto other = Network::Make(options).ValueOrDie();
  EXPECT_EQ(other.SegmentIdOf(A("10.1.3.3")), "10.1.0.0/22");
  EXPECT_EQ(other.SegmentIdOf(A("2001:db8:ffff::1")), "2001:db8:8000::/33");
}

TEST(Network, OfNamedSegmentsTheLongestPrefixThenTheFirst) {
  NetworkOptions options;
  options.mapping = {{"PLANT", *ParseCidr("10.0.0.0/8")},
                     {"PLC", *ParseCidr("10.7.0.0/16")},
                     {"TWIN", *ParseCidr("10.7.0.0/16")},
                     {"PLANT", *ParseCidr("192.168.0.0/16")}};
  const auto network = Network::Make(options).ValueOrDie();
  EXPECT_EQ(network.SegmentIdOf(A("10.1.2.3")), "PLANT");
  EXPECT_EQ(network.SegmentIdOf(A("10.7.2.3")), "PLC");
  EXPECT_EQ(network.SegmentIdOf(A("172.16.1.1")), "172.16.1.0/24");
  EXPECT_EQ(network.SegmentOf(A("10.1.2.3")), network.SegmentOf(A("192.168.3.4")))
      << "two CIDRs of one name are one segment";
}

TEST(Network, HighRiskByIdOrCidr) {
  NetworkOptions options;
  options.mapping = {{"PLC", *ParseCidr("10.7.0.0/16")}};
  options.high_risk = {"PLC", "10.8.0.0/20", "10.9.1.0/24"};
  const auto network = Network::Make(options).ValueOrDie();
  EXPECT_TRUE(network.IsHighRisk(A("10.7.200.1")));
  EXPECT_TRUE(network.IsHighRisk(A("10.8.15.1")));
  EXPECT_FALSE(network.IsHighRisk(A("10.8.16.1")));
  EXPECT_TRUE(network.IsHighRisk(A("10.9.1.77")));
  EXPECT_FALSE(Network::Make({}).ValueOrDie().IsHighRisk(A("10.9.1.77")));
}

TEST(Network, ImpossibleOptionsAreRefusedByKey) {
  NetworkOptions options;
  options.ipv4_prefix_length = 33;
  EXPECT_THAT(Network::Make(options).status().message(),
              testing::HasSubstr("segments.ipv4_prefix_length: 33"));
  options = {};
  options.host_networks.clear();
  EXPECT_THAT(Network::Make(options).status().message(), testing::HasSubstr("host_networks is empty"));
}

}  // namespace
}  // namespace ndr::base
