// SPDX-License-Identifier: Apache-2.0
#include "ndr/delta/classify.h"

#include <gtest/gtest.h>

#include <vector>

namespace ndr::delta {
namespace {

const std::vector<std::string> kDeny = {"deny", "drop", "drop-icmp", "reset"};

TEST(Classify, DenyActionsAreTheConfiguredOnesAndEveryReset) {
  EXPECT_TRUE(IsDenyAction("deny", kDeny));
  EXPECT_TRUE(IsDenyAction("drop-icmp", kDeny));
  EXPECT_TRUE(IsDenyAction("reset-server", kDeny));
  EXPECT_FALSE(IsDenyAction("allow", kDeny));
  EXPECT_FALSE(IsDenyAction("denyed", kDeny));
  EXPECT_FALSE(IsDenyAction("resetting", kDeny));
  const std::vector<std::string> only_drop = {"drop"};
  EXPECT_FALSE(IsDenyAction("reset-server", only_drop));
  EXPECT_FALSE(IsDenyAction("deny", only_drop));
}

TEST(Classify, OtherWords) {
  EXPECT_TRUE(IsAllowAction("allow"));
  EXPECT_FALSE(IsAllowAction("alert"));
  EXPECT_TRUE(IsAlertAction("alert"));
  EXPECT_TRUE(IsResetReason("tcp-rst-from-server"));
  EXPECT_TRUE(IsResetReason("tcp-rst"));
  EXPECT_FALSE(IsResetReason("tcp-fin"));
  EXPECT_TRUE(IsAgedOutReason("aged-out"));
  EXPECT_FALSE(IsAgedOutReason("aged"));
  EXPECT_TRUE(IsVulnerability("vulnerability"));
  EXPECT_FALSE(IsVulnerability("virus"));
  const std::vector<std::string> subtypes = {"end", "drop"};
  EXPECT_TRUE(IsSessionSubtype("drop", subtypes));
  EXPECT_FALSE(IsSessionSubtype("start", subtypes));
}

TEST(Classify, ZeroReplyNeedsZeroBytesOrNoBytesAndZeroPackets) {
  EXPECT_TRUE(IsZeroReply(0, std::nullopt));
  EXPECT_TRUE(IsZeroReply(0, 5));
  EXPECT_TRUE(IsZeroReply(std::nullopt, 0));
  EXPECT_FALSE(IsZeroReply(std::nullopt, std::nullopt));
  EXPECT_FALSE(IsZeroReply(std::nullopt, 1));
  EXPECT_FALSE(IsZeroReply(1, 0));
}

TEST(Classify, ShortIsAtMostOneSecond) {
  EXPECT_TRUE(IsShort(0));
  EXPECT_TRUE(IsShort(1'000'000));
  EXPECT_FALSE(IsShort(1'000'001));
}

TEST(Classify, FailedSessions) {
  // denied, tcp, zero reply, reset, duration, bytes of the destination
  EXPECT_TRUE(IsFailed(true, false, false, false, 5'000'000, 900));
  EXPECT_TRUE(IsFailed(false, true, true, false, 5'000'000, 0));
  EXPECT_FALSE(IsFailed(false, false, true, false, 5'000'000, 0)) << "UDP without a reply fails in nothing";
  EXPECT_TRUE(IsFailed(false, true, false, true, 1'000'000, 128));
  EXPECT_FALSE(IsFailed(false, true, false, true, 1'000'000, 129));
  EXPECT_FALSE(IsFailed(false, true, false, true, 1'000'001, 128));
  EXPECT_FALSE(IsFailed(false, true, false, true, 0, std::nullopt)) << "the bytes are not known";
  EXPECT_FALSE(IsFailed(false, false, false, true, 0, 0));
}

TEST(Classify, RepliedSessions) {
  EXPECT_TRUE(IsReplied(false, false));
  EXPECT_FALSE(IsReplied(true, false));
  EXPECT_FALSE(IsReplied(false, true));
}

}  // namespace
}  // namespace ndr::delta
