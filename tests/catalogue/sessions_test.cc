// SPDX-License-Identifier: Apache-2.0
#include "ndr/catalogue/sessions.h"

#include <arrow/array/builder_binary.h>
#include <gmock/gmock.h>

#include <limits>

namespace ndr::catalogue {
namespace {

using testing::ElementsAre;

// Sessions that start at these instants; row i has key "k<i>", sequence null for odd rows, and the word of
// i's parity.
std::shared_ptr<arrow::RecordBatch> Sessions(const std::vector<int64_t>& starts) {
  SessionVectors v;
  v.Reserve(starts.size());
  for (size_t i = 0; i < starts.size(); ++i) {
    v.event_start.push_back(starts[i]);
    v.event_end.push_back(starts[i] + 5);
    v.has_event_end.push_back(i != 1);
    v.source_ip.push_back(base::Address::V4(static_cast<uint32_t>(i)));
    v.destination_ip.push_back(base::Address::V4(7));
    v.source_port.push_back(static_cast<uint16_t>(i));
    v.has_source_port.push_back(1);
    v.destination_port.push_back(443);
    v.has_destination_port.push_back(i % 2 == 0);
    for (size_t a = 0; a < kSessionAmounts; ++a) {
      v.amounts[a].push_back(static_cast<int64_t>(10 * a + i));
      v.has_amount[a].push_back(1);
    }
    v.transport.push_back(static_cast<uint8_t>(Transport::kUdp));
    v.event_name.push_back(static_cast<uint8_t>(EventName::kTraffic));
    for (auto& words : v.words) words.push_back(i % 2 == 0 ? 0 : -1);
    v.repeat_count.push_back(1);
    v.AppendSessionKey("k" + std::to_string(i));
    v.AppendSequence(i % 2 == 0 ? "9" : "");
    v.byte_offset.push_back(static_cast<int64_t>(100 * i));
    v.notes.push_back(static_cast<uint8_t>(i));
  }
  arrow::StringBuilder builder;
  EXPECT_TRUE(builder.Append("allow").ok());
  std::array<std::shared_ptr<arrow::Array>, kSessionWords> dictionaries;
  dictionaries.fill(builder.Finish().ValueOrDie());
  return std::move(v).Finish(dictionaries).ValueOrDie();
}

TEST(Sessions, RowsAreTakenWithAllTheirColumns) {
  const auto taken = TakeSessions(*Sessions({10, 20, 30}), std::vector<int32_t>{2, 1}).ValueOrDie();
  EXPECT_TRUE(taken->schema()->Equals(*SessionSchema()));
  const auto c = SessionColumnsOf(*taken).ValueOrDie();
  ASSERT_EQ(c.rows, 2u);
  EXPECT_THAT(c.event_start, ElementsAre(30, 20));
  EXPECT_TRUE(c.has_event_end[0]);
  EXPECT_FALSE(c.has_event_end[1]);
  EXPECT_EQ(c.Source(0), base::Address::V4(2));
  EXPECT_EQ(c.Destination(1), base::Address::V4(7));
  EXPECT_THAT(c.source_port, ElementsAre(2, 1));
  EXPECT_TRUE(c.has_destination_port[0]);
  EXPECT_FALSE(c.has_destination_port[1]);
  EXPECT_THAT(c.amounts[kDestinationPackets], ElementsAre(32, 31));
  EXPECT_EQ(c.words[kAction][0], 0);
  EXPECT_EQ(c.words[kAction].words[0], "allow");
  EXPECT_EQ(c.words[kDevice][1], -1);
  EXPECT_EQ(c.session_key[0], "k2");
  EXPECT_EQ(c.sequence[0], "9");
  EXPECT_FALSE(c.has_sequence[1]);
  EXPECT_THAT(c.byte_offset, ElementsAre(200, 100));
  EXPECT_THAT(c.notes, ElementsAre(2, 1));
}

TEST(Sessions, ColumnsOfASlicedBatch) {
  const auto batch = Sessions({10, 20, 30})->Slice(1);
  const auto c = SessionColumnsOf(*batch).ValueOrDie();
  EXPECT_THAT(c.event_start, ElementsAre(20, 30));
  EXPECT_FALSE(c.has_event_end[0]);
  EXPECT_EQ(c.Source(0), base::Address::V4(1));
  EXPECT_EQ(c.words[kAction][0], -1);
  EXPECT_EQ(c.words[kAction][1], 0);
  EXPECT_EQ(c.session_key[1], "k2");
}

TEST(Sessions, DurationsAreNeverNegative) {
  const auto batch = Sessions({10, 20, std::numeric_limits<int64_t>::max() - 5});
  const auto c = SessionColumnsOf(*batch).ValueOrDie();
  EXPECT_EQ(c.Duration(0), 5);
  EXPECT_EQ(c.Duration(1), 0) << "unknown";
  EXPECT_EQ(c.Duration(2), 5);
}

TEST(Sessions, BatchesAreCutByTheSliceOfTheStart) {
  const base::Micros slice = 1'713'614'400'000'000;  // 2024-04-20T12:00:00Z
  const auto parts = SplitBySlice(Sessions({slice, slice - 1, slice + base::kSliceMicros,
                                            slice + base::kSliceMicros - 1, slice - 2}))
                         .ValueOrDie();
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0].slice_start, slice - base::kSliceMicros);
  EXPECT_THAT(SessionColumnsOf(*parts[0].sessions).ValueOrDie().byte_offset, ElementsAre(100, 400));
  EXPECT_EQ(parts[1].slice_start, slice);
  EXPECT_THAT(SessionColumnsOf(*parts[1].sessions).ValueOrDie().byte_offset, ElementsAre(0, 300));
  EXPECT_THAT(SessionColumnsOf(*parts[2].sessions).ValueOrDie().byte_offset, ElementsAre(200));
}

TEST(Sessions, ABatchOfOneSliceStaysAsItIsAndAnEmptyOneHasNone) {
  const auto batch = Sessions({1, 2});
  EXPECT_EQ(SplitBySlice(batch).ValueOrDie().at(0).sessions, batch);
  EXPECT_TRUE(SplitBySlice(Sessions({})).ValueOrDie().empty());
}

TEST(Sessions, AMissingColumnIsNamed) {
  const auto without = Sessions({1})->RemoveColumn(0).ValueOrDie();
  EXPECT_THAT(SessionColumnsOf(*without).status().message(),
              testing::HasSubstr("column 'event_start' is missing"));
}

}  // namespace
}  // namespace ndr::catalogue
