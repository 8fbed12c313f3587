// SPDX-License-Identifier: Apache-2.0
#include "ndr/delta/duplicates.h"

#include <gmock/gmock.h>

#include "delta/session_table.h"

namespace ndr::delta {
namespace {

using testing::ElementsAre;

constexpr Fate kUsed = Fate::kUsed, kDuplicate = Fate::kDuplicate, kSuperseded = Fate::kSuperseded;

// Fates of the rows of several files, one after the other.
std::vector<Fate> FatesOf(const std::vector<std::vector<SessionRow>>& files, bool key_alone = false) {
  MiniBatch batch = Batch(files);
  for (SessionBatch& part : batch.batches) part.key_alone_identifies = key_alone;
  auto input = ReadInput(spec::SessionRules(), batch.batches).ValueOrDie();
  MarkDuplicates(input);
  std::vector<Fate> fates;
  for (const InputBatch& part : input) fates.insert(fates.end(), part.fates.begin(), part.fates.end());
  return fates;
}

SessionRow Keyed(std::string key, std::string sequence) {
  SessionRow row;
  row.key = std::move(key);
  row.sequence = std::move(sequence);
  return row;
}

TEST(Duplicates, AnEqualRecordIsDroppedAcrossFiles) {
  EXPECT_THAT(FatesOf({{Keyed("7", "1"), Keyed("7", "1")}, {Keyed("7", "1")}}),
              ElementsAre(kUsed, kDuplicate, kDuplicate));
}

TEST(Duplicates, WithoutAnIdentityNothingIsCompared) {
  EXPECT_THAT(FatesOf({{Keyed("", ""), Keyed("", ""), Keyed("", "1"), Keyed("", "1")}}),
              ElementsAre(kUsed, kUsed, kUsed, kUsed));
  EXPECT_THAT(FatesOf({{Keyed("7", ""), Keyed("7", "")}}), ElementsAre(kUsed, kUsed)) << "no sequence";
}

TEST(Duplicates, AKeyThatNamesOneRecordNeedsNoSequence) {
  EXPECT_THAT(FatesOf({{Keyed("CxYz", ""), Keyed("CxYz", ""), Keyed("CAbc", "")}}, true),
              ElementsAre(kUsed, kDuplicate, kUsed));
}

TEST(Duplicates, TheSameIdentityWithOtherContentIsKept) {
  std::vector<SessionRow> rows(11, Keyed("7", "1"));
  rows[1].bytes_dst = 201;
  rows[2].bytes_dst = std::nullopt;
  rows[3].action = "deny";
  rows[4].duration = Seconds(3);
  rows[5].duration = std::nullopt;
  rows[6].repeat = 2;
  rows[7].transport = catalogue::Transport::kOther;
  rows[8].name = catalogue::EventName::kThreat;
  rows[9].packets_src = 4;
  rows[10].device = "fw-2";
  EXPECT_THAT(FatesOf({rows}), testing::Each(kUsed));
}

TEST(Duplicates, OfSeveralEndsTheHighestSequenceCounts) {
  std::vector<SessionRow> rows = {Keyed("7", "9"), Keyed("7", "10"), Keyed("7", "2")};
  for (SessionRow& row : rows) row.subtype = "end";
  EXPECT_THAT(FatesOf({rows}), ElementsAre(kSuperseded, kUsed, kSuperseded)) << "digits compare as numbers";
  rows[1].sequence = rows[0].sequence = "2";
  rows[0].bytes_dst = 1, rows[1].bytes_dst = 2;
  EXPECT_THAT(FatesOf({rows}), ElementsAre(kSuperseded, kSuperseded, kUsed)) << "of equal ones the last";
}

TEST(Duplicates, EndsOfOtherSessionsAndOtherRowsStay) {
  std::vector<SessionRow> rows(6, Keyed("7", "1"));
  for (SessionRow& row : rows) row.subtype = "end";
  rows[1].device = "fw-2";
  rows[2].start = kNoon + 1;
  rows[3].source_port = std::nullopt;
  rows[4].source = "10.0.0.2";
  rows[5].subtype = "start";
  EXPECT_THAT(FatesOf({rows}), testing::Each(kUsed));
}

TEST(Duplicates, EqualEndsAreDuplicatesFirst) {
  std::vector<SessionRow> rows = {Keyed("7", "5"), Keyed("7", "5"), Keyed("7", "")};
  for (SessionRow& row : rows) row.subtype = "end";
  EXPECT_THAT(FatesOf({rows}), ElementsAre(kUsed, kDuplicate, kSuperseded)) << "no sequence is the lowest";
}

TEST(Duplicates, OrderOfSequences) {
  EXPECT_TRUE(SequenceLess("", "0001"));
  EXPECT_TRUE(SequenceLess("9", "10"));
  EXPECT_TRUE(SequenceLess("0009", "10"));
  EXPECT_FALSE(SequenceLess("007", "7"));
  EXPECT_FALSE(SequenceLess("7", "007"));
  EXPECT_TRUE(SequenceLess("18446744073709551615", "18446744073709551616"));
  EXPECT_TRUE(SequenceLess("99", "a"));
  EXPECT_TRUE(SequenceLess("a", "b"));
}

}  // namespace
}  // namespace ndr::delta
