// SPDX-License-Identifier: Apache-2.0
// Each planted attack is in the sessions as the answer key describes it, and drowns in what normal hosts do.
#include "ndr/simulate/attacks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "ndr/simulate/simulate.h"
#include "simulate/moments.h"

namespace ndr::simulate {
namespace {

using base::Address;
using base::kMicrosPerSecond;
using base::Micros;

class AttacksTest : public ::testing::TestWithParam<uint64_t> {
 protected:
  AttacksTest() {
    SimulationOptions options;
    options.seed = GetParam();
    simulation_ = std::make_unique<Simulation>(Simulation::Make(options).ValueOrDie());
    key_ = simulation_->Answers();
  }
  const Behaviour& Attack(std::string_view name) const {
    return *std::find_if(key_.planted.begin(), key_.planted.end(),
                         [&](const Behaviour& b) { return b.name == name; });
  }
  // The sessions of the attack's host in its time to the peers and ports that the key lists (it lists a
  // hundred of them).
  std::vector<Session> Of(const Behaviour& attack) const {
    std::vector<Session> found, sessions;
    const auto within = [](const auto& list, auto item) {
      return list.size() == 100 || std::find(list.begin(), list.end(), item) != list.end();
    };
    const int64_t first = (attack.from - key_.start) / base::kSliceMicros,
                  last = (attack.to - key_.start) / base::kSliceMicros;
    for (int64_t slice = first; slice <= last && slice < simulation_->slices(); ++slice) {
      simulation_->SessionsOf(slice, &sessions);
      for (const Session& s : sessions)
        if (s.source == attack.hosts[0] && within(attack.peers, s.destination) &&
            within(attack.ports, static_cast<int>(s.destination_port)))
          found.push_back(s);
    }
    return found;
  }

  std::unique_ptr<Simulation> simulation_;
  AnswerKey key_;
};

TEST_P(AttacksTest, LieInTheScoredPartOnHostsOfTheirOwn) {
  std::set<Address> hosts;
  ASSERT_EQ(key_.planted.size(), 5u);
  for (const Behaviour& attack : key_.planted) {
    EXPECT_GE(attack.from, key_.scored_from) << attack.name;
    EXPECT_GT(attack.to, attack.from) << attack.name;
    EXPECT_LE(attack.to, key_.end) << attack.name;
    EXPECT_TRUE(hosts.insert(attack.hosts.at(0)).second) << attack.name;
  }
}

TEST_P(AttacksTest, TheBeaconCallsRegularlyForMoreThanADay) {
  const Behaviour& beacon = Attack("beacon");
  const std::vector<Session> calls = Of(beacon);
  EXPECT_EQ(static_cast<int64_t>(calls.size()), beacon.sessions);
  EXPECT_GE(beacon.to - beacon.from, 26 * kHour);
  // A period of 270 to 330 s, give or take a fifth: 216 to 396 s.
  for (size_t i = 1; i < calls.size(); ++i) {
    EXPECT_GE(calls[i].start - calls[i - 1].start, 216 * kMicrosPerSecond);
    EXPECT_LE(calls[i].start - calls[i - 1].start, 396 * kMicrosPerSecond);
    EXPECT_LT(calls[i].source_bytes, 4'000);
  }
  EXPECT_FALSE(base::IsPrivate(beacon.peers.at(0)));
}

TEST_P(AttacksTest, TheExfiltrationSendsMuchToANewPeer) {
  const Behaviour& exfiltration = Attack("exfiltration");
  int64_t sent = 0, received = 0;
  for (const Session& s : Of(exfiltration)) sent += s.source_bytes, received += s.destination_bytes;
  // 300 to 800 MB in pieces of 0.7 to 1.3 of their share.
  EXPECT_GT(sent, 210'000'000);
  EXPECT_LT(sent, 1'040'000'000);
  EXPECT_LT(received, sent / 4);
  EXPECT_GE(exfiltration.to - exfiltration.from, kHour);
}

TEST_P(AttacksTest, TheHorizontalScanTriesOnePortOfMany) {
  const Behaviour& scan = Attack("horizontal_scan");
  std::set<Address> peers;
  std::set<int> ports;
  int64_t failed = 0;
  const std::vector<Session> tries = Of(scan);
  for (const Session& s : tries) {
    if (s.destination_port != scan.ports.at(0)) continue;
    peers.insert(s.destination);
    failed += s.destination_bytes == 0;
  }
  EXPECT_EQ(scan.ports.size(), 1u);
  EXPECT_GT(peers.size(), 100u);
  EXPECT_GT(failed, static_cast<int64_t>(tries.size()) * 8 / 10);
}

TEST_P(AttacksTest, TheVerticalScanTriesManyPortsOfOne) {
  const Behaviour& scan = Attack("vertical_scan");
  std::map<int, bool> answered;
  for (const Session& s : Of(scan)) answered[s.destination_port] |= s.destination_bytes > 0;
  EXPECT_EQ(scan.peers.size(), 1u);
  EXPECT_GT(std::count_if(answered.begin(), answered.end(), [](const auto& port) { return !port.second; }),
            200);
}

// Every (peer, port) answers, and the host was never there before.
TEST_P(AttacksTest, TheLateralMovementReachesWhatItNeverUsed) {
  const Behaviour& movement = Attack("lateral_movement");
  std::set<std::pair<Address, int>> reached;
  for (const Session& s : Of(movement))
    if (s.destination_bytes > 0) reached.emplace(s.destination, s.destination_port);
  EXPECT_GE(reached.size(), 5u);
  EXPECT_GE(movement.peers.size(), 5u);
  std::vector<Session> sessions;
  for (int64_t slice = 0; slice < (movement.from - key_.start) / base::kSliceMicros; ++slice) {
    simulation_->SessionsOf(slice, &sessions);
    for (const Session& s : sessions)
      ASSERT_FALSE(s.source == movement.hosts[0] && reached.contains({s.destination, s.destination_port}) &&
                   std::find(movement.ports.begin(), movement.ports.end(), s.destination_port) !=
                       movement.ports.end() &&
                   s.destination_port != 445);
  }
}

// In the part before the attacks, the busiest host sends more within one hour than the exfiltration in all,
// and the busiest host (another one) opens more sessions within an hour than either scan.
TEST_P(AttacksTest, StayWithinWhatTheBusiestHostsDo) {
  std::map<std::pair<Address, int64_t>, std::pair<int64_t, int64_t>> by_hour;  // sessions and bytes sent
  std::vector<Session> sessions;
  for (int64_t slice = 0; slice < (key_.scored_from - key_.start) / base::kSliceMicros; ++slice) {
    simulation_->SessionsOf(slice, &sessions);
    for (const Session& s : sessions) {
      auto& [count, bytes] = by_hour[{s.source, slice / 4}];
      ++count;
      bytes += s.source_bytes;
    }
  }
  int64_t most_sessions = 0, most_bytes = 0;
  for (const auto& [key, sums] : by_hour) {
    most_sessions = std::max(most_sessions, sums.first);
    most_bytes = std::max(most_bytes, sums.second);
  }
  int64_t sent = 0;
  for (const Session& s : Of(Attack("exfiltration"))) sent += s.source_bytes;
  EXPECT_GT(most_bytes, sent);
  for (const char* scan : {"horizontal_scan", "vertical_scan"})
    EXPECT_GT(most_sessions, Attack(scan).sessions) << scan;
}

INSTANTIATE_TEST_SUITE_P(Seeds, AttacksTest, ::testing::Values(1, 2, 3));

// A day has 9 3/4 hours behind its 60 %: too little for a beacon of 26 hours, which is then cut.
TEST(ShortSimulationTest, StillHoldsEveryAttack) {
  SimulationOptions options;
  options.days = 1;
  const AnswerKey key = Simulation::Make(options).ValueOrDie().Answers();
  ASSERT_EQ(key.planted.size(), 5u);
  EXPECT_EQ(key.planted[0].from, key.scored_from);
  EXPECT_EQ(key.planted[0].to, key.end);
  EXPECT_GT(key.planted[0].sessions, 80);  // 35,100 s at 330 s on average or less
}

}  // namespace
}  // namespace ndr::simulate
