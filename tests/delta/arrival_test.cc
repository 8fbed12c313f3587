// SPDX-License-Identifier: Apache-2.0
#include "ndr/delta/arrival.h"

#include <gtest/gtest.h>

#include "delta/session_table.h"

namespace ndr::delta {
namespace {

constexpr base::Micros kHour = 60 * base::kMicrosPerMinute;

TEST(Arrival, EdgesOfTheSlotOfLatenessAndOfSkew) {
  const spec::DataQuality rules;  // 24 h and 5 min
  EXPECT_EQ(ArrivalOf(kNoon, kNoon, rules), Arrival::kInSlot);
  EXPECT_EQ(ArrivalOf(kNoon + base::kSliceMicros - 1, kNoon, rules), Arrival::kInSlot);
  EXPECT_EQ(ArrivalOf(kNoon - 1, kNoon, rules), Arrival::kLate);
  EXPECT_EQ(ArrivalOf(kNoon - 24 * kHour, kNoon, rules), Arrival::kLate);
  EXPECT_EQ(ArrivalOf(kNoon - 24 * kHour - 1, kNoon, rules), Arrival::kTooOld);
  // 12:15:00 is after the slot, 12:20:00 five minutes after its end.
  EXPECT_EQ(ArrivalOf(kNoon + base::kSliceMicros, kNoon, rules), Arrival::kAhead);
  EXPECT_EQ(ArrivalOf(kNoon + base::kSliceMicros + 5 * base::kMicrosPerMinute, kNoon, rules),
            Arrival::kAhead);
  EXPECT_EQ(ArrivalOf(kNoon + base::kSliceMicros + 5 * base::kMicrosPerMinute + 1, kNoon, rules),
            Arrival::kTooNew);
}

TEST(Arrival, AnyStartIsTakenWithTheRuleOff) {
  spec::DataQuality rules;
  rules.outside_batch = false;
  EXPECT_EQ(ArrivalOf(0, kNoon, rules), Arrival::kLate);
  EXPECT_EQ(ArrivalOf(kNoon + 1000 * kHour, kNoon, rules), Arrival::kAhead);
}

TEST(Arrival, ReasonsSayWhenAndHowMuch) {
  const spec::DataQuality rules;
  EXPECT_EQ(OutsideReason(0, kNoon, rules),
            "starts at 1970-01-01T00:00:00Z, more than 24 h before the batch of 2024-04-20T12:00:00Z");
  EXPECT_EQ(
      OutsideReason(kNoon + 2 * kHour, kNoon, rules),
      "starts at 2024-04-20T14:00:00Z, more than 5 min after the end of the batch of 2024-04-20T12:00:00Z");
}

}  // namespace
}  // namespace ndr::delta
