// SPDX-License-Identifier: Apache-2.0
#include "ndr/simulate/network.h"

#include <gtest/gtest.h>

#include <set>

#include "simulate/moments.h"

namespace ndr::simulate {
namespace {

using base::kMicrosPerDay;
using base::Micros;

constexpr Micros kSunday = kTuesday + 5 * kMicrosPerDay;

// 16 servers, 250/25 printers, 250/14 cameras, 3 thermostats, 250/8 phones: 16 + 10 + 17 + 3 + 31 = 77; 173
// workstations in ceil(173/50) = 4 segments, with 173/45 = 3 administrators.
TEST(NetworkTest, HoldsSoManyOfEach) {
  const Network network = MakeNetwork(1, 250);
  EXPECT_EQ(network.hosts.size(), 250u);
  EXPECT_EQ(network.servers.size(), 16u);
  EXPECT_EQ(network.printers.size(), 10u);
  EXPECT_EQ(network.cameras.size(), 17u);
  EXPECT_EQ(network.phones.size(), 31u);
  EXPECT_EQ(network.workstations.size(), 173u);
  EXPECT_EQ(network.workstation_segments.size(), 4u);
  EXPECT_EQ(network.it_hosts.size(), 3u);
}

TEST(NetworkTest, AddressesAreUniqueAndInternal) {
  for (const int hosts : {kMinHosts, 250, kMaxHosts}) {
    const Network network = MakeNetwork(3, hosts);
    const base::Cidr v4 = *base::ParseCidr("10.20.0.0/16"), v6 = *base::ParseCidr("fc00::/7");
    std::set<base::Address> seen;
    for (const Host& host : network.hosts) {
      EXPECT_TRUE(v4.Contains(host.v4));
      EXPECT_TRUE(seen.insert(host.v4).second) << base::ToText(host.v4);
      if (!host.v6) continue;
      EXPECT_TRUE(v6.Contains(*host.v6));
      EXPECT_TRUE(seen.insert(*host.v6).second) << base::ToText(*host.v6);
    }
    EXPECT_EQ(network.hosts.size(), static_cast<size_t>(hosts));
  }
}

TEST(NetworkTest, OutsideAddressesArePublic) {
  for (uint64_t i = 0; i < 20'000; ++i)
    for (const base::Address address : {PublicV4(i), PublicV6(i)})
      ASSERT_TRUE(base::IsUnicast(address) && !base::IsPrivate(address)) << base::ToText(address);
}

TEST(NetworkTest, TheSeedDecides) {
  const Network a = MakeNetwork(1, 250), b = MakeNetwork(1, 250), c = MakeNetwork(2, 250);
  EXPECT_EQ(a.hosts[200].pace, b.hosts[200].pace);
  EXPECT_EQ(a.sites[17].v4, b.sites[17].v4);
  EXPECT_NE(a.hosts[200].pace, c.hosts[200].pace);
  EXPECT_NE(a.sites[17].v4, c.sites[17].v4);
}

int AtWork(const Network& network, Micros day) {
  int count = 0;
  for (const uint32_t id : network.workstations) count += PresenceOn(network, network.hosts[id], day).present;
  return count;
}

// 95 % of 173 are 164; on weekends 12 % work with a chance of 35 % and the others of 2 %: about 11.
TEST(PresenceTest, FewWorkOnWeekends) {
  const Network network = MakeNetwork(1, 250);
  EXPECT_NEAR(AtWork(network, kTuesday), 164, 10);
  EXPECT_NEAR(AtWork(network, kSunday), 11, 10);
}

TEST(PresenceTest, NobodyIsActiveAtNight) {
  const Network network = MakeNetwork(1, 250);
  double noon = 0;
  for (const uint32_t id : network.workstations) {
    EXPECT_EQ(ActivityIn(network, network.hosts[id], kTuesday + 2 * kHour), 0);
    noon += ActivityIn(network, network.hosts[id], kTuesday + 11 * kHour) > 0;
  }
  EXPECT_GT(noon, 150);
}

// The parabola's top is half past twelve: 0.05 + 0.95 on workdays, 0.05 + 0.1 on weekends; at midnight
// nothing of it is left.
TEST(CompanyLoadTest, FollowsTheDay) {
  EXPECT_DOUBLE_EQ(CompanyLoad(kTuesday + 12 * kHour + kHour / 2), 1.0);
  EXPECT_DOUBLE_EQ(CompanyLoad(kSunday + 12 * kHour + kHour / 2), 0.15);
  EXPECT_DOUBLE_EQ(CompanyLoad(kTuesday), 0.05);
}

}  // namespace
}  // namespace ndr::simulate
