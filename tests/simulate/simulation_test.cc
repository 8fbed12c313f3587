// SPDX-License-Identifier: Apache-2.0
// The stream of sessions as a whole: order, sense, seeds, days, and the harmless oddities.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "ndr/simulate/network.h"
#include "ndr/simulate/simulate.h"
#include "simulate/moments.h"

namespace ndr::simulate {
namespace {

using base::Address;
using base::kMicrosPerDay;
using base::Micros;
using ::testing::HasSubstr;

// Thursday to Tuesday; scored from Monday on, as 60 % of six days, 3.6, is nearest to 4.
SimulationOptions SixDays() {
  SimulationOptions options;
  options.start = kTuesday + 2 * kMicrosPerDay;
  options.days = 6;
  options.hosts = 80;
  return options;
}

bool Same(const Session& a, const Session& b) {
  return a.start == b.start && a.duration == b.duration && a.source == b.source &&
         a.destination == b.destination && a.source_port == b.source_port &&
         a.destination_port == b.destination_port && a.transport == b.transport && a.outcome == b.outcome &&
         a.source_bytes == b.source_bytes && a.destination_bytes == b.destination_bytes;
}

std::vector<Session> SessionsOf(const SimulationOptions& options, int64_t slice) {
  std::vector<Session> sessions;
  Simulation::Make(options).ValueOrDie().SessionsOf(slice, &sessions);
  return sessions;
}

template <typename Visit>
void ForEachSession(const Simulation& simulation, Visit visit) {
  std::vector<Session> sessions;
  for (int64_t slice = 0; slice < simulation.slices(); ++slice) {
    simulation.SessionsOf(slice, &sessions);
    for (const Session& session : sessions) visit(session);
  }
}

TEST(ScoredFromTest, FollowsTheReplay) {
  EXPECT_EQ(ScoredFrom(kTuesday, 10), kTuesday + 6 * kMicrosPerDay);
  EXPECT_EQ(ScoredFrom(kTuesday, 3), kTuesday + 2 * kMicrosPerDay);  // 1.8
  EXPECT_EQ(ScoredFrom(kTuesday, 4), kTuesday + 2 * kMicrosPerDay);  // 2.4
  // 60 % of a day is 14:24, its slice begins at 14:15.
  EXPECT_EQ(ScoredFrom(kTuesday, 1), kTuesday + 14 * kHour + kHour / 4);
}

TEST(SimulationTest, RefusesWhatItCannotDo) {
  const auto error = [](auto change) {
    SimulationOptions options;
    change(options);
    return Simulation::Make(options).status().ToString();
  };
  EXPECT_THAT(error([](auto& o) { o.days = 0; }), HasSubstr("days: must be 1 to 366, not 0"));
  EXPECT_THAT(error([](auto& o) { o.hosts = 39; }), HasSubstr("hosts: must be 40 to 5000, not 39"));
  EXPECT_THAT(error([](auto& o) { o.start += 1; }), HasSubstr("start: must be a midnight UTC"));
  EXPECT_EQ(error([](auto& o) { o.hosts = 40, o.days = 1; }), "OK");
}

TEST(SimulationTest, SessionsMakeSense) {
  const SimulationOptions options = SixDays();
  const Simulation simulation = Simulation::Make(options).ValueOrDie();
  const base::Cidr v4 = *base::ParseCidr("10.20.0.0/16"), v6 = *base::ParseCidr("fd20::/16");
  const auto internal = [&](Address a) { return v4.Contains(a) || v6.Contains(a); };
  std::vector<Session> sessions;
  uint64_t last_number = 0;
  int64_t over_v6 = 0, icmp = 0, total = 0;
  for (int64_t slice = 0; slice < simulation.slices(); ++slice) {
    simulation.SessionsOf(slice, &sessions);
    const Micros start = options.start + slice * base::kSliceMicros;
    Micros last = start;
    for (const Session& s : sessions) {
      ASSERT_GE(s.start, last);
      ASSERT_LT(s.start, start + base::kSliceMicros);
      ASSERT_GT(s.number, last_number);
      last = s.start;
      last_number = s.number;
      ASSERT_GE(s.duration, 0);
      ASSERT_TRUE(internal(s.source) || internal(s.destination));
      ASSERT_NE(s.source, s.destination);
      ASSERT_EQ(s.source.IsV4(), s.destination.IsV4());
      ASSERT_EQ(IsAnswered(s.outcome), s.destination_bytes > 0);
      ASSERT_LE(s.source_bytes, 65'535 * s.source_packets);
      ASSERT_LE(s.destination_bytes, 65'535 * s.destination_packets);
      if (s.transport == Transport::kTcp && IsAnswered(s.outcome)) {
        ASSERT_GT(s.source_bytes, 0);
      }
      over_v6 += !s.source.IsV4();
      icmp += s.transport == Transport::kIcmp;
    }
    total += static_cast<int64_t>(sessions.size());
  }
  EXPECT_GT(over_v6, total / 100);
  EXPECT_GT(icmp, total / 1000);
}

TEST(SimulationTest, TheSeedDecidesEverything) {
  SimulationOptions options = SixDays();
  const auto a = SessionsOf(options, 130), b = SessionsOf(options, 130);
  ASSERT_EQ(a.size(), b.size());
  EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin(), Same));
  options.seed = 2;
  const auto other = SessionsOf(options, 130);
  EXPECT_FALSE(a.size() == other.size() && std::equal(a.begin(), a.end(), other.begin(), Same));
}

TEST(SimulationTest, SeedsPlaceTheirAttacksDifferently) {
  std::set<std::vector<Address>> hosts, peers;
  std::set<Micros> times;
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    SimulationOptions options = SixDays();
    options.seed = seed;
    const AnswerKey key = Simulation::Make(options).ValueOrDie().Answers();
    hosts.insert(key.planted[0].hosts);
    peers.insert(key.planted[0].peers);
    times.insert(key.planted[1].from - key.start);
  }
  EXPECT_GE(hosts.size(), 5u);  // of some forty workstations
  EXPECT_EQ(peers.size(), 8u);
  EXPECT_EQ(times.size(), 8u);
}

// Everything else goes on as if nobody attacked.
TEST(SimulationTest, AttacksOnlyAdd) {
  SimulationOptions options = SixDays();
  const Simulation with = Simulation::Make(options).ValueOrDie();
  options.attacks = false;
  const Simulation without = Simulation::Make(options).ValueOrDie();
  EXPECT_TRUE(without.Answers().planted.empty());
  int64_t added = 0, planted = 0;
  std::vector<Session> a, b;
  for (int64_t slice = 0; slice < with.slices(); ++slice) {
    with.SessionsOf(slice, &a);
    without.SessionsOf(slice, &b);
    added += static_cast<int64_t>(a.size()) - static_cast<int64_t>(b.size());
    size_t kept = 0;
    for (const Session& session : a) kept += kept < b.size() && Same(session, b[kept]);
    ASSERT_EQ(kept, b.size()) << slice;
  }
  for (const Behaviour& attack : with.Answers().planted) planted += attack.sessions;
  EXPECT_EQ(added, planted);
  EXPECT_GT(planted, 500);
}

// What lets lateral movement stand out: users' computers are entered from the support server alone, which
// takes stock of each of them, and every administrator who is there logs on to all 16 servers each day.
TEST(AdministrationTest, HasHabits) {
  SimulationOptions options = SixDays();
  options.attacks = false;
  options.days = 1;  // a Thursday
  const Network network = MakeNetwork(options.seed, options.hosts);
  const auto is = [&](Address address, const std::vector<uint32_t>& ids) {
    return std::any_of(ids.begin(), ids.end(), [&](uint32_t id) { return network.hosts[id].v4 == address; });
  };
  std::map<Address, std::set<Address>> administered;
  std::set<Address> in_stock;
  ForEachSession(Simulation::Make(options).ValueOrDie(), [&](const Session& s) {
    if (s.destination_port != 22 && s.destination_port != 3389 && s.destination_port != 5985) return;
    if (is(s.destination, network.workstations)) {
      EXPECT_EQ(s.source, network.Server(Role::kSupport).v4);
      in_stock.insert(s.destination);
    }
    if (is(s.source, network.it_hosts)) administered[s.source].insert(s.destination);
  });
  int64_t present = 0;
  for (const uint32_t id : network.it_hosts) {
    const Host& host = network.hosts[id];
    if (!PresenceOn(network, host, options.start).present) continue;
    ++present;
    EXPECT_EQ(administered[host.v4].size(), 16u);
  }
  EXPECT_GT(present, 0);
  // 95 % are there for some nine hours, and 40 % are always on.
  EXPECT_GT(in_stock.size(), network.workstations.size() * 9 / 10);
}

class OddityTest : public ::testing::Test {
 protected:
  static const Behaviour& Find(const AnswerKey& key, std::string_view name) {
    return *std::find_if(key.harmless.begin(), key.harmless.end(),
                         [&](const Behaviour& b) { return b.name == name; });
  }
  static const AnswerKey& Key() {
    static const AnswerKey key = Sample().Answers();
    return key;
  }
  static const Simulation& Sample() {
    static const Simulation simulation = Simulation::Make(SixDays()).ValueOrDie();
    return simulation;
  }
  static int64_t DayOf(Micros t) { return (t - Key().start) / kMicrosPerDay; }
};

TEST_F(OddityTest, AllAreInTheKey) {
  std::vector<std::string> names;
  for (const Behaviour& oddity : Key().harmless) names.push_back(oddity.name);
  EXPECT_THAT(names, ::testing::ElementsAre("backup_server", "vulnerability_scanner", "busy_monday",
                                            "patch_day", "new_printer"));
  // Scored are Monday (day 4) and Tuesday (day 5).
  EXPECT_EQ(DayOf(Find(Key(), "busy_monday").from), 4);
  EXPECT_EQ(DayOf(Find(Key(), "patch_day").from), 5);
  EXPECT_GE(DayOf(Find(Key(), "new_printer").from), 4);
}

TEST_F(OddityTest, HappenWhenTheKeySays) {
  const Address backup = Find(Key(), "backup_server").hosts[0],
                scanner = Find(Key(), "vulnerability_scanner").hosts[0];
  const Behaviour& printer = Find(Key(), "new_printer");
  std::map<int64_t, int64_t> backup_bytes, swept_in_vain, web_sessions, downloads;
  Micros first_of_printer = Key().end;
  ForEachSession(Sample(), [&](const Session& s) {
    const int64_t day = DayOf(s.start), hour = (s.start - Key().start) % kMicrosPerDay / kHour;
    if (s.source == backup && s.destination_port == 10000) {
      backup_bytes[day] += s.destination_bytes;
      EXPECT_TRUE(hour >= 1 && hour < 4) << hour;
    }
    if (s.source == scanner && s.outcome == Outcome::kRefused && hour >= 19 && hour < 23)
      ++swept_in_vain[day];
    if (s.destination_port == 443 && s.transport == Transport::kTcp) ++web_sessions[day];
    if (s.destination_port == 443 && s.source_bytes == 90'000) downloads[day] += s.destination_bytes;
    if (s.source == printer.hosts[0] || s.destination == printer.hosts[0])
      first_of_printer = std::min(first_of_printer, s.start);
  });
  for (int64_t day = 0; day < 6; ++day) {
    EXPECT_GT(backup_bytes[day], 10'000'000'000) << day;  // 16 servers, some five pieces of about 900 MB
    EXPECT_GT(swept_in_vain[day], 300) << day;            // some 20 devices, 24 ports, nine of ten refuse
  }
  // Friday is day 1, Monday day 4.
  EXPECT_GT(web_sessions[4], web_sessions[1] * 3 / 2);
  EXPECT_LT(web_sessions[4], web_sessions[1] * 5 / 2);
  EXPECT_GE(first_of_printer, printer.from);
  EXPECT_LT(first_of_printer, printer.from + kHour);
  // Some forty workstations, three downloads of 190 MB on average each.
  EXPECT_GT(downloads[5], 10'000'000'000);
  EXPECT_EQ(downloads[3], 0);
}

TEST_F(OddityTest, CanBeSwitchedOff) {
  SimulationOptions options = SixDays();
  options.oddities = false;
  const Simulation simulation = Simulation::Make(options).ValueOrDie();
  EXPECT_TRUE(simulation.Answers().harmless.empty());
  int64_t backups = 0, sweeps = 0;
  ForEachSession(simulation, [&](const Session& s) {
    backups += s.destination_port == 10000 && s.transport == Transport::kTcp;
    sweeps += s.source == Find(Key(), "vulnerability_scanner").hosts[0] && s.outcome == Outcome::kRefused;
  });
  EXPECT_EQ(backups, 0);
  EXPECT_LT(sweeps, 20);  // of its own housekeeping now and then one is refused
}

}  // namespace
}  // namespace ndr::simulate
