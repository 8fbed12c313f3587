// SPDX-License-Identifier: Apache-2.0
#include "ndr/baselines/pair_rarity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

#include "fg_a_rows.h"
#include "ndr/catalogue/batch.h"
#include "ndr/catalogue/validate.h"

namespace ndr::baselines {
namespace {

using catalogue::Dataset;

struct PairLine {
  std::string source;
  std::string destination;
  int port;  // below 0: null
  int64_t slice;
  int64_t sessions;
};

class PairRarityTest : public ::testing::Test {
 protected:
  std::shared_ptr<arrow::RecordBatch> DeltaPairs(const std::vector<PairLine>& lines) const {
    catalogue::BatchBuilder batch(context_->catalogue->Schema(Dataset::kDeltaPair),
                                  static_cast<int64_t>(lines.size()));
    std::vector<base::Address> sources, destinations;
    std::vector<uint16_t> ports;
    std::vector<uint8_t> has_port;
    std::vector<int64_t> starts, ends, sessions;
    for (const PairLine& line : lines) {
      sources.push_back(*base::ParseAddress(line.source));
      destinations.push_back(*base::ParseAddress(line.destination));
      ports.push_back(static_cast<uint16_t>(line.port));
      has_port.push_back(line.port >= 0);
      starts.push_back(AtSlice(line.slice));
      ends.push_back(AtSlice(line.slice + 1));
      sessions.push_back(line.sessions);
    }
    batch.Put("slice_start_ts", starts);
    batch.Put("slice_end_ts", ends);
    batch.PutConstant("mini_batch_id", "");
    batch.PutAddresses("src_ip", sources);
    batch.PutAddresses("dst_ip", destinations);
    batch.Put("dst_port", ports, has_port);
    batch.Put("sessions_cnt", sessions);
    for (const char* name :
         {"bytes_src_sum", "bytes_dst_sum", "deny_cnt", "failed_cnt", "replied_cnt", "first_ts", "last_ts"})
      batch.Put(name, std::vector<int64_t>(lines.size()));
    batch.Put("active_minutes", std::vector<uint16_t>(lines.size()));
    return *batch.Finish();
  }
  static std::string Line(const arrow::RecordBatch& batch, int64_t row) {
    std::string line;
    for (const char* name : {"pair_key", "pair_seen_count", "active_days", "pair_daily_avg",
                             "pair_rarity_score", "is_rare_pair_flag"})
      line += Cell(batch, row, name) + " ";
    return line;
  }

  std::shared_ptr<const spec::Context> context_ = MakeTestContext();
  std::shared_ptr<const Plan> plan_ = *Plan::Make(context_);
  // Two days and a half from 12:00 of day 10 (slice 960 is its midnight).
  Range range_{"all", AtSlice(1008), AtSlice(1248), AtSlice(1248)};
};

// Host 1 met the server in 1 + 2 sessions on day 10 and 3 on day 12: seen 6 on 2 days, rarity 1/7. Host 2 met
// it once: 1/2, rare; host 3 too. The segment of all: seen 8 on days 10, 11 and 12, rarity 1/9.
TEST_F(PairRarityTest, SumsByHostAndBySegment) {
  PairRarity pairs(plan_, range_);
  ASSERT_TRUE(pairs
                  .Add(*DeltaPairs({{"10.0.0.1", "10.9.0.9", 443, 1152, 3},
                                    {"10.0.0.2", "10.9.0.9", 443, 1056, 1},
                                    {"10.0.0.3", "10.9.0.9", 443, 1152, 1},
                                    {"10.0.0.1", "10.9.0.9", 443, 1008, 1}}))
                  .ok());
  ASSERT_TRUE(pairs.Add(*DeltaPairs({{"10.0.0.1", "10.9.0.9", 443, 1008, 2}})).ok());
  const PairTables tables = *pairs.Finish();
  ASSERT_EQ(tables.host.size(), 1u);
  const arrow::RecordBatch& host = *tables.host[0];
  ASSERT_EQ(host.num_rows(), 3);
  EXPECT_EQ(Line(host, 0), "10.0.0.1|10.9.0.9|443 6 2 3 0.14285714285714285 0 ");
  EXPECT_EQ(Number(host, 0, "pair_last_seen_ts"), static_cast<double>(AtSlice(1153)));
  EXPECT_EQ(Line(host, 1), "10.0.0.2|10.9.0.9|443 1 1 1 0.5 1 ");
  const arrow::RecordBatch& segment = *tables.segment[0];
  ASSERT_EQ(segment.num_rows(), 1);
  EXPECT_EQ(Cell(segment, 0, "segment_id"), "10.0.0.0/24");
  EXPECT_EQ(Line(segment, 0), "10.0.0.0/24|10.9.0.9|443 8 3 2.6666666666666665 0.1111111111111111 0 ");
  EXPECT_EQ(Number(segment, 0, "pair_last_seen_ts"), static_cast<double>(AtSlice(1153)));
  EXPECT_TRUE(catalogue::CheckUniqueKeys(*context_->catalogue, Dataset::kPairHost, tables.host).ok());
}

// The slices 1008 to 1247 count; a pair without a port does not.
TEST_F(PairRarityTest, TakesTheHorizonAndServicePortsOnly) {
  PairRarity pairs(plan_, range_);
  ASSERT_TRUE(pairs
                  .Add(*DeltaPairs({{"10.0.0.1", "10.9.0.9", 443, 1007, 1},
                                    {"10.0.0.1", "10.9.0.9", 443, 1008, 10},
                                    {"10.0.0.1", "10.9.0.9", 443, 1247, 100},
                                    {"10.0.0.1", "10.9.0.9", 443, 1248, 1000},
                                    {"10.0.0.1", "10.9.0.9", -1, 1100, 10'000}}))
                  .ok());
  const PairTables tables = *pairs.Finish();
  EXPECT_EQ(pairs.counters().Get("pair_rows"), 2);
  EXPECT_EQ(pairs.counters().Get("pair_rows_outside"), 2);
  EXPECT_EQ(pairs.counters().Get("pair_rows_without_port"), 1);
  EXPECT_EQ(Number(*tables.host[0], 0, "pair_seen_count"), 110);
}

// Segments by text, in them sources by number; then destinations and ports. IPv6 in its canonical text.
TEST_F(PairRarityTest, RowsAreSortedWhateverTheirOrder) {
  const std::vector<PairLine> lines = {
      {"10.0.0.10", "10.9.0.9", 443, 1100, 1}, {"10.0.0.9", "2001:db8::9", 443, 1100, 1},
      {"10.0.0.9", "10.9.0.9", 443, 1100, 1},  {"10.0.0.9", "10.9.0.9", 80, 1100, 1},
      {"10.0.1.1", "10.9.0.9", 22, 1100, 1},   {"8.8.8.8", "10.0.0.9", 53, 1100, 1}};
  std::string host, segment;
  for (const bool reversed : {false, true}) {
    PairRarity pairs(plan_, range_);
    auto order = lines;
    if (reversed) std::reverse(order.begin(), order.end());
    for (const PairLine& line : order) ASSERT_TRUE(pairs.Add(*DeltaPairs({line})).ok());
    const PairTables tables = *pairs.Finish();
    host = segment = "";
    for (int64_t i = 0; i < tables.host[0]->num_rows(); ++i)
      host += Cell(*tables.host[0], i, "pair_key") + "\n";
    for (int64_t i = 0; i < tables.segment[0]->num_rows(); ++i)
      segment += Cell(*tables.segment[0], i, "pair_key") + "\n";
    EXPECT_EQ(host,
              "10.0.0.9|10.9.0.9|80\n10.0.0.9|10.9.0.9|443\n10.0.0.9|2001:db8::9|443\n"
              "10.0.0.10|10.9.0.9|443\n10.0.1.1|10.9.0.9|22\n8.8.8.8|10.0.0.9|53\n");
    EXPECT_EQ(segment,
              "10.0.0.0/24|10.9.0.9|80\n10.0.0.0/24|10.9.0.9|443\n10.0.0.0/24|2001:db8::9|443\n10.0.1.0/"
              "24|10.9.0.9|22\n"
              "8.8.8.0/24|10.0.0.9|53\n");
  }
}

// A horizon of 80 days needs more than one word of days: days 0, 63, 64 and 79 of it are four.
TEST_F(PairRarityTest, CountsDaysOfLongHorizons) {
  PairRarity pairs(plan_, {"80d", AtSlice(960), AtSlice(960 + 80 * 96), AtSlice(960 + 80 * 96)});
  std::vector<PairLine> lines;
  for (const int64_t day : {0, 63, 64, 79, 79})
    lines.push_back({"10.0.0.1", "10.9.0.9", 443, 960 + day * 96 + 95, 1});
  ASSERT_TRUE(pairs.Add(*DeltaPairs(lines)).ok());
  const PairTables tables = *pairs.Finish();
  EXPECT_EQ(Number(*tables.host[0], 0, "active_days"), 4);
  EXPECT_EQ(Number(*tables.segment[0], 0, "active_days"), 4);
}

TEST_F(PairRarityTest, RefusesWhatIsNoNumberOfSessions) {
  PairRarity rarity(plan_, range_);
  EXPECT_TRUE(rarity.Add(*DeltaPairs({{"10.0.0.1", "10.0.9.9", 443, 1008, catalogue::kLargestCount}})).ok());
  EXPECT_FALSE(rarity.Add(*DeltaPairs({{"10.0.0.1", "10.0.9.9", 443, 1009, INT64_MAX}})).ok());
}

TEST_F(PairRarityTest, NoPairsMakeEmptyTables) {
  const PairTables tables = *PairRarity(plan_, range_).Finish();
  EXPECT_TRUE(tables.host.empty());
  EXPECT_TRUE(tables.segment.empty());
}

// Seven segments of two hosts with three pairs each, 42 pairs, in memory for 1, 7, 13 and all of them. A
// segment is never divided, so 1 and 7 take a pass for each.
TEST_F(PairRarityTest, PassesInBoundedMemoryGiveTheSameTables) {
  std::vector<PairLine> lines;
  for (int i = 0; i < 7 * 2 * 3; ++i)
    lines.push_back({"10.0." + std::to_string(i % 7) + "." + std::to_string(1 + i / 7 % 2),
                     "10.9.0." + std::to_string(1 + i / 14), 443, 1100 + i, 1 + i});
  const auto batch = DeltaPairs(lines);
  std::map<size_t, std::string> found;
  std::map<size_t, int> passes;
  std::map<size_t, int64_t> rows;
  for (const size_t max_pairs : {size_t{1}, size_t{7}, size_t{13}, SIZE_MAX}) {
    for (std::optional<std::string> first = ""; first;) {
      PairRarity pairs(plan_, range_, *first, max_pairs);
      ASSERT_TRUE(pairs.Add(*batch).ok());
      first = pairs.next();
      const PairTables tables = *pairs.Finish();
      for (const auto& table : {tables.host, tables.segment})
        for (int64_t i = 0; i < table[0]->num_rows(); ++i)
          found[max_pairs] += (table == tables.host ? "h " : "s ") + Line(*table[0], i) + "\n";
      rows[max_pairs] += pairs.counters().Get("pair_rows");
      ++passes[max_pairs];
    }
  }
  EXPECT_EQ(passes[1], 7);
  EXPECT_EQ(passes[7], 7);
  EXPECT_EQ(passes[SIZE_MAX], 1);
  EXPECT_LT(passes[13], 7);
  const auto of = [&](size_t max_pairs, char table) {
    std::string text, line;
    std::istringstream in(found[max_pairs]);
    while (std::getline(in, line))
      if (line[0] == table) text += line + "\n";
    return text;
  };
  for (const size_t max_pairs : {size_t{1}, size_t{7}, size_t{13}}) {
    EXPECT_EQ(rows[max_pairs], 42);
    for (const char table : {'h', 's'}) EXPECT_EQ(of(max_pairs, table), of(SIZE_MAX, table));
  }
  EXPECT_EQ(std::count(found[SIZE_MAX].begin(), found[SIZE_MAX].end(), '\n'), 42 + 21);
}

}  // namespace
}  // namespace ndr::baselines
