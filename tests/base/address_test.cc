// SPDX-License-Identifier: Apache-2.0
#include "ndr/base/address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace ndr::base {
namespace {

std::string Canonical(std::string_view text) {
  const auto address = ParseAddress(text);
  return address ? ToText(*address) : "refused";
}

TEST(Address, CanonicalTextIsThatOfRfc5952) {
  EXPECT_EQ(Canonical("10.1.2.3"), "10.1.2.3");
  EXPECT_EQ(Canonical("2001:DB8:0:0:1:0:0:1"), "2001:db8::1:0:0:1")
      << "lower case; of two runs of zeros the first";
  EXPECT_EQ(Canonical("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1") << "a single zero is not shortened";
  EXPECT_EQ(Canonical("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1") << "the longest run";
  EXPECT_EQ(Canonical("::"), "::");
  EXPECT_EQ(Canonical("::1"), "::1");
  EXPECT_EQ(Canonical("fe80::"), "fe80::");
  EXPECT_EQ(Canonical("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

TEST(Address, MappedV4IsV4) {
  EXPECT_EQ(ParseAddress("::ffff:10.1.2.3"), ParseAddress("10.1.2.3"));
  EXPECT_EQ(Canonical("::ffff:0a01:0203"), "10.1.2.3");
  EXPECT_EQ(ParseAddress("10.1.2.3"), Address::V4(0x0a010203));
  EXPECT_TRUE(Address::V4(0).IsV4());
  EXPECT_FALSE(ParseAddress("::10.1.2.3")->IsV4());
}

TEST(Address, WhatIsNoAddressIsRefused) {
  for (const char* text : {"",
                           "10.1.2",
                           "10.1.2.3.4",
                           "10.1.2.256",
                           "010.1.2.3",
                           "10.1.2.3 ",
                           " 10.1.2.3",
                           "10.1.2.3:80",
                           "10..2.3",
                           "10.1.2.-3",
                           "0x0a.1.2.3",
                           "1",
                           "fe80::1%eth0",
                           "[::1]",
                           "::1]",
                           "1::2::3",
                           "12345::",
                           ":",
                           ":::",
                           "g::",
                           "::ffff:10.1.2.256",
                           "1:2:3:4:5:6:7:8:9"})
    EXPECT_FALSE(ParseAddress(text).has_value()) << text;
  EXPECT_FALSE(ParseAddress(std::string_view("::1\0", 4)).has_value());
}

TEST(Address, OrderIsThatOfNumbers) {
  EXPECT_LT(*ParseAddress("9.255.255.255"), *ParseAddress("10.0.0.0"));
  EXPECT_LT(*ParseAddress("255.255.255.255"), *ParseAddress("2001:db8::"));
  EXPECT_LT(*ParseAddress("2001:db8::ffff:ffff:ffff:ffff"), *ParseAddress("2001:db8:0:1::"));
}

// Groups are 0 half of the time, so that every shape of runs comes up.
rc::Gen<Address> Addresses() {
  const auto group = rc::gen::oneOf(rc::gen::just(uint64_t{0}), rc::gen::inRange<uint64_t>(0, 65536));
  return rc::gen::map(rc::gen::container<std::vector<uint64_t>>(8, group), [](const std::vector<uint64_t>&
                                                                                  g) {
    return Address{g[0] << 48 | g[1] << 32 | g[2] << 16 | g[3], g[4] << 48 | g[5] << 32 | g[6] << 16 | g[7]};
  });
}

RC_GTEST_PROP(AddressProperty, TextReadsBack, ()) {
  const Address address = *Addresses();
  RC_ASSERT(ParseAddress(ToText(address)) == address);
}

RC_GTEST_PROP(AddressProperty, TextIsThatOfInetNtop, ()) {
  const Address address = *Addresses();
  RC_PRE(address.hi != 0 || (address.lo >> 32) != 0);  // inet_ntop writes ::10.1.2.3 there
  uint8_t bytes[kAddressBytes];
  address.ToBytes(bytes);
  char text[INET6_ADDRSTRLEN];
  const bool v4 = address.IsV4();
  RC_ASSERT(inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? bytes + 12 : bytes, text, sizeof text) != nullptr);
  RC_ASSERT(ToText(address) == std::string(text));
}

RC_GTEST_PROP(AddressProperty, V4ReadsLikeInetPton, (uint32_t bits)) {
  const in_addr network = {htonl(bits)};
  char text[INET_ADDRSTRLEN];
  RC_ASSERT(inet_ntop(AF_INET, &network, text, sizeof text) != nullptr);
  RC_ASSERT(ParseAddress(text) == Address::V4(bits));
  RC_ASSERT(ToText(Address::V4(bits)) == std::string(text));
}

RC_GTEST_PROP(AddressProperty, BytesReadBackInNetworkOrder, ()) {
  const Address address = *Addresses();
  uint8_t bytes[kAddressBytes];
  address.ToBytes(bytes);
  RC_ASSERT(Address::FromBytes(bytes) == address);
  RC_ASSERT(bytes[0] == static_cast<uint8_t>(address.hi >> 56));
}

TEST(Cidr, TextAndMembership) {
  const Cidr net = *ParseCidr("10.1.2.77/24");
  EXPECT_EQ(ToText(net), "10.1.2.0/24") << "bits behind the prefix are cleared";
  EXPECT_EQ(net.length, 120);
  EXPECT_TRUE(net.Contains(*ParseAddress("10.1.2.255")));
  EXPECT_FALSE(net.Contains(*ParseAddress("10.1.3.0")));
  EXPECT_EQ(ToText(*ParseCidr("2001:db8:ffff::/33")), "2001:db8:8000::/33");
  EXPECT_EQ(ToText(*ParseCidr("10.1.2.3")), "10.1.2.3/32");
  EXPECT_TRUE(ParseCidr("0.0.0.0/0")->Contains(*ParseAddress("255.1.1.1")));
  EXPECT_FALSE(ParseCidr("0.0.0.0/0")->Contains(*ParseAddress("2001:db8::1"))) << "all of IPv4 is no IPv6";
  EXPECT_TRUE(ParseCidr("::/0")->Contains(*ParseAddress("2001:db8::1")));
  for (const char* text :
       {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "/8", "10.0.0.0/8/8", "10.0.0.0/ 8", ""})
    EXPECT_FALSE(ParseCidr(text)) << text;
}

TEST(Address, PrivateAndUnicast) {
  for (const char* text : {"127.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1",
                           "169.254.1.1", "100.64.0.1", "100.127.255.255", "::1", "fe80::1", "fd00::1"})
    EXPECT_TRUE(IsPrivate(*ParseAddress(text))) << text;
  for (const char* text : {"172.32.0.0", "172.15.255.255", "100.128.0.0", "100.63.255.255", "8.8.8.8",
                           "192.169.0.1", "2001:db8::1", "fe00::1"})
    EXPECT_FALSE(IsPrivate(*ParseAddress(text))) << text;
  for (const char* text : {"224.0.0.1", "239.255.255.255", "255.255.255.255", "0.0.0.0", "ff02::1", "::"})
    EXPECT_FALSE(IsUnicast(*ParseAddress(text))) << text;
  for (const char* text : {"8.8.8.8", "10.0.0.255", "223.255.255.255", "fe80::1"})
    EXPECT_TRUE(IsUnicast(*ParseAddress(text))) << text;
}

}  // namespace
}  // namespace ndr::base
