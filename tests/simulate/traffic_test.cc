// SPDX-License-Identifier: Apache-2.0
#include "ndr/simulate/traffic.h"

#include <gtest/gtest.h>

#include <set>

namespace ndr::simulate {
namespace {

using base::kMicrosPerMinute;
using base::kMicrosPerSecond;
using base::Micros;

constexpr Micros kMidnight = 1772496000 * kMicrosPerSecond;

class TrafficTest : public ::testing::Test {
 protected:
  Slice SliceAt(int index) const { return {network_, oddities_, kMidnight + index * base::kSliceMicros}; }

  Network network_ = MakeNetwork(5, 60);
  Oddities oddities_;
};

// A clock of 5 minutes ticks three times in every quarter of an hour, whatever its phase.
TEST_F(TrafficTest, AnExactClockTicksThreeTimesASlice) {
  for (int i = 0; i < 96; ++i) {
    int ticks = 0;
    EachTick(SliceAt(i), 9, 5 * kMicrosPerMinute, 0, [&](Micros) { ++ticks; });
    EXPECT_EQ(ticks, 3) << i;
  }
}

// 1440 minutes hold 205 or 206 exact ticks of 7 minutes; jitter moves at most one over each end of the day.
// No tick is lost or doubled at the borders of slices: that would shift the sum by many.
TEST_F(TrafficTest, AJitteringClockLosesNoTickBetweenSlices) {
  std::set<Micros> ticks;
  int calls = 0;
  for (int i = 0; i < 96; ++i)
    EachTick(SliceAt(i), 9, 7 * kMicrosPerMinute, 3 * kMicrosPerMinute, [&](Micros t) {
      EXPECT_TRUE(SliceAt(i).Holds(t));
      ticks.insert(t);
      ++calls;
    });
  EXPECT_EQ(static_cast<size_t>(calls), ticks.size());
  EXPECT_GE(calls, 204);
  EXPECT_LE(calls, 207);
  for (auto next = std::next(ticks.begin()); next != ticks.end(); ++next) {
    EXPECT_GE(*next - *std::prev(next), 4 * kMicrosPerMinute);
    EXPECT_LE(*next - *std::prev(next), 10 * kMicrosPerMinute);
  }
}

// 40 an hour over 96 slices: 960 expected, with a standard deviation of 31.
TEST_F(TrafficTest, RandomTimesKeepTheirRate) {
  int events = 0;
  for (int i = 0; i < 96; ++i) {
    Random random = SliceRandom(SliceAt(i), 1);
    EachRandomTime(SliceAt(i), random, 40, [&](Micros t) { events += SliceAt(i).Holds(t); });
  }
  EXPECT_NEAR(events, 960, 4 * 31);
}

TEST_F(TrafficTest, WrapKeepsTimesWithinTheSlice) {
  const Slice slice = SliceAt(4);
  EXPECT_EQ(slice.Wrap(slice.start + 5), slice.start + 5);
  EXPECT_EQ(slice.Wrap(slice.end() + 5), slice.start + 5);
}

TEST(SessionWriterTest, BytesGiveThePacketsThatCarryThem) {
  Session session;
  // 2,760 bytes are 2 packets of data, 13,800 are 10: 4 + 2 + 10/2 and 3 + 10 + 2/2. 16,560 bytes take 414 us
  // at 40 MB/s.
  SessionWriter::SetBytes(&session, 2'760, 13'800);
  EXPECT_EQ(session.source_packets, 11);
  EXPECT_EQ(session.destination_packets, 14);
  EXPECT_EQ(session.duration, 414);
  session = {};
  session.transport = Transport::kUdp;
  session.duration = 900;
  SessionWriter::SetBytes(&session, 44, 0);
  EXPECT_EQ(session.source_packets, 1);
  EXPECT_EQ(session.destination_packets, 0);
  EXPECT_EQ(session.duration, 900);
}

TEST(SessionWriterTest, WithoutAnAnswerNothingComesBack) {
  Random random(1);
  std::vector<Session> sessions;
  SessionWriter writer(&random, &sessions);
  for (const Outcome outcome : {Outcome::kTimedOut, Outcome::kRefused, Outcome::kDenied, Outcome::kDropped}) {
    const Session& s = writer.AddWithOutcome(0, PublicV4(1), PublicV4(2), profiles::kWeb, outcome);
    EXPECT_EQ(s.source_bytes, 0);
    EXPECT_EQ(s.destination_bytes, 0);
    EXPECT_GE(s.source_packets, 1);
    // A refusal is one packet that comes back; silence is none.
    EXPECT_EQ(s.destination_packets, outcome == Outcome::kRefused || outcome == Outcome::kDenied ? 1 : 0);
    EXPECT_EQ(s.service, Service::kNone);
  }
}

// Of 20,000 sessions 10 % time out, 20 % are refused, 40 % reset.
TEST(SessionWriterTest, OutcomesKeepTheirShares) {
  Random random(1);
  std::vector<Session> sessions;
  SessionWriter writer(&random, &sessions);
  Profile profile = profiles::kWeb;
  profile.timed_out = 0.1, profile.refused = 0.2, profile.reset = 0.4;
  std::array<int, 7> counts{};
  for (int i = 0; i < 20'000; ++i)
    ++counts[static_cast<size_t>(writer.Add(0, PublicV4(1), PublicV4(2), profile).outcome)];
  EXPECT_NEAR(counts[static_cast<size_t>(Outcome::kTimedOut)], 2'000, 200);
  EXPECT_NEAR(counts[static_cast<size_t>(Outcome::kRefused)], 4'000, 300);
  EXPECT_NEAR(counts[static_cast<size_t>(Outcome::kResetByClient)], 4'000, 300);
  EXPECT_NEAR(counts[static_cast<size_t>(Outcome::kResetByServer)], 4'000, 300);
}

}  // namespace
}  // namespace ndr::simulate
