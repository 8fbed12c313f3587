// SPDX-License-Identifier: Apache-2.0
#include "ndr/pipeline/watch_batches.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace ndr::pipeline {
namespace {

using base::Micros;
using testing::ElementsAre;
using testing::IsEmpty;

// 2024-04-20T12:00:00Z and seconds after it. Rules: settled after 30 s, closed within 60 s.
Micros At(int64_t seconds) {
  return *base::ParseCompact("20240420T120000Z") + seconds * base::kMicrosPerSecond;
}
constexpr int64_t kQuarter = 900;

WatchedFile File(std::string name, int64_t modified, int64_t changed = -1) {
  return {std::move(name), 10, At(modified), At(changed < 0 ? modified : changed), false};
}

std::vector<std::string> Words(const Division& division) {
  std::vector<std::string> out;
  for (const WatchedBatch& batch : division.due) {
    out.push_back(batch.id + " " + base::FormatInstant(batch.slot) + ":");
    for (const WatchedFile& file : batch.files) out.back() += " " + file.name;
  }
  return out;
}

Division Of(const std::vector<WatchedFile>& files, int64_t now, std::optional<Micros> newest = std::nullopt,
            Layout layout = Layout::kAuto) {
  BatchRules rules;
  rules.layout = layout;
  return Divide(files, newest, rules, At(now));
}

TEST(Batches, AFileIsOfTheSlotInWhichItWasComplete) {
  // 12:14:59 and, closed after the slot's end, 12:15:59 are of 12:00; 12:16:00 is of 12:15.
  const std::vector<WatchedFile> files = {File("a", 899), File("b", 959), File("c", 960)};
  EXPECT_THAT(Words(Of(files, 3600)), ElementsAre("20240420T120000Z 2024-04-20T12:00:00Z: a b",
                                                  "20240420T121500Z 2024-04-20T12:15:00Z: c"));
}

TEST(Batches, AFileOfAnHourIsOfItsLastSlot) {
  // Closed at 13:00:02.
  EXPECT_THAT(Words(Of({File("conn.12:00:00-13:00:00.log", 3602)}, 7200)),
              ElementsAre("20240420T124500Z 2024-04-20T12:45:00Z: conn.12:00:00-13:00:00.log"));
}

TEST(Batches, ABatchIsDueOnceItsSlotIsOverAndSettled) {
  // 900 + 60 + 30
  EXPECT_THAT(Words(Of({File("a", 100)}, 989)), IsEmpty());
  EXPECT_EQ(Of({File("a", 100)}, 989).waiting(), 1);
  EXPECT_THAT(Words(Of({File("a", 100)}, 990)), ElementsAre("20240420T120000Z 2024-04-20T12:00:00Z: a"));
  EXPECT_EQ(Of({File("a", 100)}, 990).waiting(), 0);
}

TEST(Batches, AFileThatIsStillWrittenToIsNotComplete) {
  const Division division = Of({File("a", 100), File("b", 1980)}, 2000);
  EXPECT_THAT(Words(division), ElementsAre("20240420T120000Z 2024-04-20T12:00:00Z: a"));
  EXPECT_EQ(division.waiting(), 1);
}

TEST(Batches, UnfinishedNamesArePassedOver) {
  const std::vector<WatchedFile> files = {File(".a", 100),        File("b.tmp", 100),    File("c.part", 100),
                                          File(".hidden/d", 100), File("e.tmp.gz", 100), File("day/f", 100)};
  EXPECT_THAT(Words(Of(files, 3600)), ElementsAre("20240420T120000Z 2024-04-20T12:00:00Z: day/f e.tmp.gz"));
}

TEST(Batches, WhatABatchHasReadIsNotReadAgain) {
  std::vector<WatchedFile> files = {File("a", 100), File("b", 1000)};
  files[0].finished = true;
  EXPECT_THAT(Words(Of(files, 3600, At(0))), ElementsAre("20240420T121500Z 2024-04-20T12:15:00Z: b"));
}

TEST(Batches, AFileThatCameAfterItsBatchIsOfTheSlotInWhichItCame) {
  // Written at 12:05, moved here at 12:40:00 when the batch of 12:15 had been made: of 12:30.
  EXPECT_THAT(Words(Of({File("late", 300, 2400)}, 7200, At(kQuarter))),
              ElementsAre("20240420T123000Z 2024-04-20T12:30:00Z: late"));
  // It lay there already: then of the next slot that has no batch.
  EXPECT_THAT(Words(Of({File("late", 300)}, 7200, At(kQuarter))),
              ElementsAre("20240420T123000Z 2024-04-20T12:30:00Z: late"));
  // Without that batch it is of its own slot.
  EXPECT_THAT(Words(Of({File("late", 300, 2400)}, 7200)),
              ElementsAre("20240420T120000Z 2024-04-20T12:00:00Z: late"));
}

TEST(Batches, ASubfolderNamedByASlotIsABatch) {
  // Written at 12:16:10, long after: the name decides.
  const std::vector<WatchedFile> files = {File("20240420T114500Z/x", 970), File("20240420T114500Z/y", 980)};
  EXPECT_THAT(Words(Of(files, 1009)), IsEmpty());
  EXPECT_THAT(Words(Of(files, 1010)),
              ElementsAre("20240420T114500Z 2024-04-20T11:45:00Z: 20240420T114500Z/x 20240420T114500Z/y"));
}

TEST(Batches, ASubfolderWaitsForWhatIsStillWrittenUnderAnotherName) {
  const std::vector<WatchedFile> files = {File("20240420T114500Z/x", 0),
                                          File("20240420T114500Z/y.tmp", 1000)};
  EXPECT_THAT(Words(Of(files, 1010)), IsEmpty());
  // Nobody wrote to it for 30 s: what it was, it does not become a file of the batch.
  EXPECT_THAT(Words(Of(files, 1030)),
              ElementsAre("20240420T114500Z 2024-04-20T11:45:00Z: 20240420T114500Z/x"));
}

TEST(Batches, ASubfolderWithAnotherNameIsFilesOrABatchByLayout) {
  const std::vector<WatchedFile> files = {File("2024-04-20/conn.log", 100), File("top", 100)};
  EXPECT_THAT(Words(Of(files, 3600)),
              ElementsAre("20240420T120000Z 2024-04-20T12:00:00Z: 2024-04-20/conn.log top"));
  EXPECT_THAT(Words(Of(files, 3600, std::nullopt, Layout::kFolders)),
              ElementsAre("2024-04-20 2024-04-20T12:00:00Z: 2024-04-20/conn.log"));
  EXPECT_THAT(Words(Of({File("20240420T114500Z/x", 100)}, 3600, std::nullopt, Layout::kFiles)),
              ElementsAre("20240420T120000Z 2024-04-20T12:00:00Z: 20240420T114500Z/x"));
}

TEST(Batches, ASubfolderThatGrewIsABatchAgainWithAllItsFiles) {
  std::vector<WatchedFile> files = {File("20240420T114500Z/x", 100), File("20240420T114500Z/y", 200)};
  files[0].finished = files[1].finished = true;
  EXPECT_THAT(Words(Of(files, 3600, At(0))), IsEmpty());
  files.push_back(File("20240420T114500Z/z", 1000));
  EXPECT_THAT(Words(Of(files, 3600, At(0))),
              ElementsAre("20240420T114500Z 2024-04-20T11:45:00Z: 20240420T114500Z/x 20240420T114500Z/y "
                          "20240420T114500Z/z"));
}

TEST(Batches, TheOrderOfFilesDoesNotAct) {
  std::vector<WatchedFile> files = {File("a", 100), File("b", 1000), File("20240420T114500Z/x", 5),
                                    File("c", 2000), File("d", 101)};
  const Division first = Of(files, 7200);
  std::ranges::sort(files, std::greater<>(), &WatchedFile::name);
  EXPECT_EQ(Of(files, 7200).due, first.due);
  EXPECT_EQ(first.due.size(), 4u);
  EXPECT_TRUE(std::ranges::is_sorted(first.due, {}, &WatchedBatch::slot));
}

}  // namespace
}  // namespace ndr::pipeline
