// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/watch_waiting.h"

#include <gtest/gtest.h>

namespace ndr::pipeline {
namespace {

// 2024-04-20T12:00:00Z and seconds after it. Rules: settled after 30 s, closed within 60 s.
base::Micros Second(int64_t seconds) {
  return *base::ParseCompact("20240420T120000Z") + seconds * base::kMicrosPerSecond;
}

WatchedFile WrittenAt(std::string name, int64_t modified) {
  return {std::move(name), 10, Second(modified), Second(modified), false};
}

std::string Said(const std::vector<WatchedFile>& files, int64_t now, Layout layout = Layout::kAuto) {
  BatchRules rules;
  rules.layout = layout;
  return WaitingInWords(Divide(files, std::nullopt, rules, Second(now)));
}

TEST(WaitingWords, OneFileSettles) {
  // 100 s + 30 s
  EXPECT_EQ(Said({WrittenAt("a", 100)}, 110), "1 file waits: still settling until 12:02:10 UTC");
}

TEST(WaitingWords, TheLastOfSeveralDecides) {
  EXPECT_EQ(Said({WrittenAt("a", 100), WrittenAt("b", 105)}, 110),
            "2 files wait: still settling until 12:02:15 UTC");
}

TEST(WaitingWords, ASlotIsIncomplete) {
  // 900 s + 60 s + 30 s
  EXPECT_EQ(Said({WrittenAt("a", 100)}, 200),
            "1 file waits: of the slot 20240420T120000Z, which is incomplete until 12:16:30 UTC");
}

TEST(WaitingWords, SeveralReasonsStandBesideEachOther) {
  EXPECT_EQ(Said({WrittenAt("a", 100), WrittenAt("b", 110), WrittenAt("c", 195)}, 200),
            "3 files wait: 1 still settling until 12:03:45 UTC; 2 of the slot 20240420T120000Z, which is "
            "incomplete until 12:16:30 UTC");
}

TEST(WaitingWords, AFolderWaitsForItsFilesOrItsSlot) {
  // A folder needs no time for closing: 900 s + 30 s.
  EXPECT_EQ(Said({WrittenAt("20240420T120000Z/a", 100)}, 200),
            "1 file waits: of the slot 20240420T120000Z, which is incomplete until 12:15:30 UTC");
  EXPECT_EQ(Said({WrittenAt("20240420T114500Z/a", 190)}, 200),
            "1 file waits: still settling until 12:03:40 UTC");
}

TEST(WaitingWords, WhatIsPassedOverIsSaid) {
  EXPECT_EQ(Said({WrittenAt("a.tmp", 100)}, 2000),
            "1 file is passed over, by a name of what is still written: a leading dot, .tmp or .part");
  EXPECT_EQ(Said({WrittenAt("a", 100), WrittenAt("b", 100)}, 2000, Layout::kFolders),
            "2 files beside the folders of batches are passed over");
}

TEST(WaitingWords, NothingWaits) { EXPECT_EQ(Said({WrittenAt("a", 100)}, 2000), ""); }

}  // namespace
}  // namespace ndr::pipeline
