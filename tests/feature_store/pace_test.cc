// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/pace.h"

#include <gtest/gtest.h>

#include <functional>
#include <queue>

#include "ndr/feature_store/latencies.h"

namespace ndr::feature_store {
namespace {

constexpr base::Micros kStart = 1'700'000'000'000'000;

TEST(TokenBucketTest, DebtIsPaidBeforeTheNext) {
  TokenBucket bucket(10, 2);
  EXPECT_EQ(bucket.Wait(kStart), 0);
  bucket.Take(5);  // 2 - 5 = -3: 0.3 s at 10 a second
  EXPECT_EQ(bucket.Wait(kStart), 300'000);
  EXPECT_EQ(bucket.Wait(kStart + 100'000), 200'000);
  EXPECT_EQ(bucket.Wait(kStart + 300'000), 0);
}

TEST(TokenBucketTest, KeepsNoMoreThanItsBurst) {
  TokenBucket bucket(10, 2);
  EXPECT_EQ(bucket.Wait(kStart), 0);
  EXPECT_EQ(bucket.Wait(kStart + base::kMicrosPerMinute), 0);
  bucket.Take(4);  // of 2: -2
  EXPECT_EQ(bucket.Wait(kStart + base::kMicrosPerMinute), 200'000);
}

TEST(TokenBucketTest, ANewRateHoldsFromNowOn) {
  TokenBucket bucket(10, 1);
  EXPECT_EQ(bucket.Wait(kStart), 0);
  bucket.Take(3);                       // -2
  bucket.SetRate(5, kStart + 100'000);  // -1 by then
  EXPECT_EQ(bucket.Wait(kStart + 100'000), 200'000);
}

TEST(TokenBucketTest, NoTimeCountsTwice) {
  TokenBucket bucket(10, 5);
  EXPECT_EQ(bucket.Wait(kStart), 0);
  bucket.Take(10);                                    // -5
  EXPECT_EQ(bucket.Wait(kStart + 100'000), 400'000);  // -4
  EXPECT_EQ(bucket.Wait(kStart + 50'000), 400'000);   // another thread looked earlier
  EXPECT_EQ(bucket.Wait(kStart + 100'000), 400'000);
  EXPECT_EQ(bucket.Wait(kStart - base::kMicrosPerMinute), 400'000);            // the clock was set back
  EXPECT_EQ(bucket.Wait(kStart - base::kMicrosPerMinute + 100'000), 300'000);  // and counts on from there
}

TEST(AdaptiveRateTest, FallsToWhatWasAcceptedAndGrowsSlowly) {
  AdaptiveRate rate;
  EXPECT_FALSE(rate.Answered(false, 0.01, kStart));
  // 50 answers in half a second, every other one throttled: 25 accepted of 10 ms each, 0.25 s in 0.5 s.
  bool changed = false;
  base::Micros now = kStart;
  for (int i = 1; !changed; ++i) changed = rate.Answered(i % 2 == 0, 0.01, now += 21'000);
  // 12 answers after 11 steps, 6 of them... the window is 0.252 s: 13 answers, 7 accepted, 0.07 / 0.252 s,
  // but not below half.
  EXPECT_DOUBLE_EQ(rate.share(), 0.5);
  // Without throttling a second at least of answers brings 2 %.
  for (int i = 0; i < 13; ++i) rate.Answered(false, 0.01, now += 100'000);
  EXPECT_NEAR(rate.share(), 0.5 + 0.02 * 1.2, 0.003);
}

TEST(AdaptiveRateTest, NeverBelowItsFloor) {
  AdaptiveRate rate;
  for (int i = 0; i < 1000; ++i) rate.Answered(true, 0.01, kStart + i * 100'000);
  EXPECT_DOUBLE_EQ(rate.share(), AdaptiveRate::kLowestShare);
}

struct Outcome {
  double accepted_per_second = 0, throttled_share = 0;
};

// Connections with 5 ms a request, in simulated time, against a service that takes `limit` a second.
Outcome Simulate(double configured, double limit, int connections, double seconds) {
  enum Kind { kFree, kAccepted, kThrottled };
  struct Event {
    base::Micros at;
    Kind kind;
    bool operator>(const Event& other) const { return at > other.at; }
  };
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events;
  for (int i = 0; i < connections; ++i) events.push({kStart + i, kFree});
  Pace pace(configured, 1e9);
  TokenBucket service(limit, limit / 2);
  const auto end = kStart + static_cast<base::Micros>(seconds * 1e6);
  double sent = 0, throttled = 0;
  while (events.top().at < end) {
    const Event event = events.top();
    events.pop();
    if (event.kind != kFree) pace.Answered(event.kind == kThrottled, 1, event.at);
    if (const base::Micros wait = pace.Wait(event.at)) {
      events.push({event.at + wait, kFree});
      continue;
    }
    pace.Take(1);
    ++sent;
    const bool refused = service.Wait(event.at) > 0;
    throttled += refused ? 1 : 0;
    if (!refused) service.Take(1);
    events.push({event.at + 5'000, refused ? kThrottled : kAccepted});
  }
  return {(sent - throttled) / seconds, throttled / sent};
}

TEST(PaceTest, WithoutThrottlingTheConfiguredRate) {
  const Outcome outcome = Simulate(200, 1e6, 8, 10);
  EXPECT_GE(outcome.accepted_per_second, 0.99 * 200);
  EXPECT_LE(outcome.accepted_per_second, 200 + 2.5);  // its burst of a tenth of a second
  EXPECT_EQ(outcome.throttled_share, 0);
}

TEST(PaceTest, AServiceThatTakesHalf) {
  for (const int connections : {4, 16})
    for (const double configured : {100.0, 400.0, 1000.0}) {
      const Outcome outcome = Simulate(configured, configured / 2, connections, 20);
      EXPECT_GE(outcome.accepted_per_second, 0.9 * configured / 2) << connections << " " << configured;
      EXPECT_LT(outcome.throttled_share, 0.1) << connections << " " << configured;
      EXPECT_GT(outcome.throttled_share, 0);
    }
}

TEST(PaceTest, TheScarcerOfBothRatesDecides) {
  Pace pace(1000, 100);  // bursts: 100 requests, 10 units
  EXPECT_EQ(pace.Wait(kStart), 0);
  pace.Take(35);  // units: 10 - 35 = -25, a quarter of a second
  EXPECT_EQ(pace.Wait(kStart), 250'000);
}

TEST(LatenciesTest, QuantilesAreAtMostOnePercentTooLarge) {
  Latencies latencies;
  EXPECT_EQ(latencies.Millis(0.5), 0);
  for (int i = 1; i <= 100; ++i) latencies.Add(i * 1000);
  EXPECT_NEAR(latencies.Millis(0.5), 50.25, 0.26);  // 50 ms to 50.5 ms
  EXPECT_NEAR(latencies.Millis(0.99), 99.5, 0.51);
  EXPECT_NEAR(latencies.Millis(1), 100.5, 0.51);
}

}  // namespace
}  // namespace ndr::feature_store
