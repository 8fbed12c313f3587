// SPDX-License-Identifier: Apache-2.0
#include "ndr/reference/reference.h"

#include <gtest/gtest.h>

#include "ndr/catalogue/batch.h"

namespace ndr::reference {
namespace {

using catalogue::Dataset;
using catalogue::Role;

constexpr base::TimeBand kNight = base::TimeBand::kWdNight;
constexpr base::TimeBand kWorking = base::TimeBand::kWdWorking;

base::Address Ip(const char* text) { return *base::ParseAddress(text); }

struct HostLine {
  const char* host;
  const char* band;
  double median;  // of deny_ratio; below 0: null
};

class ReferenceTest : public ::testing::Test {
 protected:
  static std::shared_ptr<const catalogue::Catalogue> MakeCatalogue() {
    catalogue::CatalogueOptions options;
    options.baselined_metrics = {"sessions_cnt", "deny_ratio"};
    return *catalogue::Catalogue::Make(options);
  }

  // A batch of a level's table; the statistics of row i are 100 i + those of deny_ratio's median in `lines`.
  std::shared_ptr<arrow::RecordBatch> Level(Dataset table, const std::vector<HostLine>& lines) {
    catalogue::BatchBuilder batch(catalogue_->Schema(table), static_cast<int64_t>(lines.size()));
    const std::vector<int64_t> zeros(lines.size());
    std::vector<base::Address> hosts;
    std::vector<std::string> bands;
    std::vector<double> medians;
    std::vector<uint8_t> valid;
    for (const HostLine& line : lines) {
      if (table == Dataset::kFgBHost || table == Dataset::kIpMetadata) hosts.push_back(Ip(line.host));
      bands.push_back(line.band);
      medians.push_back(line.median);
      valid.push_back(line.median >= 0);
    }
    if (!hosts.empty()) batch.PutAddresses("host_ip", hosts);
    batch.PutConstant("role", "outbound");
    if (table != Dataset::kFgBGlobal) batch.PutConstant("segment_id", segment_);
    batch.PutTexts("time_band", bands);
    batch.PutConstant("window_label", "w_1h");
    if (table == Dataset::kIpMetadata) return Metadata(&batch, lines.size());
    if (table != Dataset::kFgBHost) batch.Put("hosts_cnt", std::vector<int64_t>(lines.size(), 7));
    for (const char* name : {"baseline_start_ts", "baseline_end_ts", "baseline_row_last_update_ts"})
      batch.Put(name, zeros);
    for (const std::string name : {"sessions_cnt_", "deny_ratio_"}) {
      for (int s = 0; s < 7; ++s) {
        std::vector<double> values = medians;
        for (double& value : values) value += s;
        batch.Put(name + std::string(catalogue::kStatisticNames[static_cast<size_t>(s)]), values, valid);
      }
      batch.Put(name + "support_count", std::vector<int64_t>(lines.size(), 42));
      batch.Put(name + "cold_start_flag", std::vector<int8_t>(lines.size(), name == "deny_ratio_"));
    }
    return *batch.Finish();
  }

  static std::shared_ptr<arrow::RecordBatch> Metadata(catalogue::BatchBuilder* batch, size_t rows) {
    batch->PutTexts("machine_name", std::vector<std::string>(rows), std::vector<uint8_t>(rows));
    for (const char* name : {"first_seen_ts", "last_seen_ts"}) batch->Put(name, std::vector<int64_t>(rows));
    batch->Put("sessions_total", std::vector<int64_t>(rows, 900));
    for (const char* name : {"is_full_history", "is_non_persistent_machine", "is_cold_start"})
      batch->Put(name, std::vector<int8_t>(rows));
    return *batch->Finish();
  }

  std::shared_ptr<arrow::RecordBatch> Pair(Dataset table, int64_t seen) {
    catalogue::BatchBuilder batch(catalogue_->Schema(table), 1);
    const base::Address source = Ip("10.0.0.5"), destination = Ip("2001:db8::1");
    if (table == Dataset::kPairHost)
      batch.PutAddresses("host_ip", std::span(&source, 1));
    else
      batch.PutConstant("segment_id", "10.0.0.0/24");
    batch.PutAddresses("dst_ip", std::span(&destination, 1));
    batch.Put("dst_port", std::vector<uint16_t>{443});
    batch.PutConstant("pair_key", "");
    batch.Put("pair_seen_count", std::vector<int64_t>{seen});
    batch.Put("pair_last_seen_ts", std::vector<int64_t>{1'000});
    batch.Put("active_days", std::vector<int64_t>{3});
    batch.Put("pair_daily_avg", std::vector<double>{0});
    batch.Put("pair_rarity_score", std::vector<double>{0});
    batch.Put("is_rare_pair_flag", std::vector<int8_t>{0});
    return *batch.Finish();
  }

  std::shared_ptr<const catalogue::Catalogue> catalogue_ = MakeCatalogue();
  int hour_ = catalogue_->FindWindow("w_1h");
  std::string segment_ = "10.0.0.0/24";  // of the next level
};

TEST_F(ReferenceTest, FindsHostsByNumberRoleBandAndWindow) {
  Builder builder(catalogue_, 5'000);
  const size_t h = builder.AddHorizon("7d", 100, 800);
  ASSERT_TRUE(builder
                  .Add(h, Dataset::kFgBHost,
                       *Level(Dataset::kFgBHost, {{"10.0.0.5", "WD_NIGHT", 4}, {"10.0.0.6", "WD_NIGHT", -1}}))
                  .ok());
  ASSERT_TRUE(
      builder.Add(h, Dataset::kFgBHost, *Level(Dataset::kFgBHost, {{"10.0.0.5", "WD_WORKING", 9}})).ok());
  const auto reference = *builder.Finish();
  EXPECT_EQ(reference->reference_ts(), 5'000);
  const Horizon& horizon = reference->horizons()[0];
  EXPECT_EQ(horizon.label(), "7d");
  const Id five = reference->AddressId(Ip("10.0.0.5"));
  const BaselineRow row = horizon.Host(five, Role::kOutbound, kNight, hour_);
  ASSERT_TRUE(row);
  EXPECT_EQ(row.hosts_cnt, 1);
  EXPECT_EQ(row.metrics[1].median, 4);
  EXPECT_EQ(row.metrics[1].p25, 5);
  EXPECT_EQ(row.metrics[1].p99, 8);
  EXPECT_EQ(row.metrics[1].iqr, 10);
  EXPECT_EQ(row.metrics[1].support, 42);
  EXPECT_EQ(row.metrics[1].is_cold, 1u);
  EXPECT_EQ(row.metrics[0].is_cold, 0u);
  EXPECT_EQ(horizon.Host(five, Role::kOutbound, kWorking, hour_).metrics[0].median, 9);
  EXPECT_FALSE(horizon.Host(reference->AddressId(Ip("10.0.0.6")), Role::kOutbound, kNight, hour_)
                   .metrics[1]
                   .has_median());
  EXPECT_EQ(
      horizon.Host(reference->AddressId(Ip("10.0.0.6")), Role::kOutbound, kNight, hour_).metrics[1].is_cold,
      1u);
  EXPECT_FALSE(horizon.Host(five, Role::kInbound, kNight, hour_));
  EXPECT_FALSE(horizon.Host(five, Role::kOutbound, kNight, hour_ + 1));
  EXPECT_EQ(reference->AddressId(Ip("10.0.0.7")), kNoId);
  EXPECT_FALSE(horizon.Host(kNoId, Role::kOutbound, kNight, hour_));
}

TEST_F(ReferenceTest, FindsLevelsMetadataAndPairs) {
  Builder builder(catalogue_, 0);
  const size_t h = builder.AddHorizon("7d", 100, 800);
  for (const Dataset table : {Dataset::kFgBSegment, Dataset::kFgBGlobal, Dataset::kIpMetadata})
    ASSERT_TRUE(builder.Add(h, table, *Level(table, {{"10.0.0.5", "WD_NIGHT", 4}})).ok());
  ASSERT_TRUE(builder.Add(h, Dataset::kPairHost, *Pair(Dataset::kPairHost, 3)).ok());
  ASSERT_TRUE(builder.Add(h, Dataset::kPairSegment, *Pair(Dataset::kPairSegment, 9)).ok());
  const auto reference = *builder.Finish();
  const Horizon& horizon = reference->horizons()[0];
  const Id host = reference->AddressId(Ip("10.0.0.5")), peer = reference->AddressId(Ip("2001:db8::1"));
  const Id segment = reference->SegmentId("10.0.0.0/24");
  EXPECT_EQ(horizon.Segment(segment, Role::kOutbound, kNight, hour_).hosts_cnt, 7);
  EXPECT_FALSE(horizon.Segment(reference->SegmentId("dmz"), Role::kOutbound, kNight, hour_));
  EXPECT_EQ(horizon.Global(Role::kOutbound, kNight, hour_).metrics[0].median, 4);
  EXPECT_FALSE(horizon.Global(Role::kOutbound, kWorking, hour_));
  EXPECT_EQ(horizon.Metadata(host, Role::kOutbound, kNight, hour_).sessions_total, 900);
  EXPECT_FALSE(horizon.Metadata(host, Role::kOutbound, kNight, hour_).is_cold_start);
  EXPECT_FALSE(horizon.Metadata(host, Role::kInbound, kNight, hour_).exists);
  EXPECT_TRUE(horizon.Metadata(peer, Role::kOutbound, kNight, hour_).is_cold_start);
  EXPECT_EQ(horizon.PairOfHost(host, peer, 443).seen, 3);
  EXPECT_EQ(horizon.PairOfHost(host, peer, 443).active_days, 3);
  EXPECT_EQ(horizon.PairOfHost(host, peer, 80).seen, 0);
  EXPECT_EQ(horizon.PairOfHost(host, kNoId, 443).seen, 0);
  EXPECT_EQ(horizon.PairOfSegment(segment, peer, 443).seen, 9);
  EXPECT_TRUE(horizon.IsDestination(peer));
  EXPECT_FALSE(horizon.IsDestination(host));
}

TEST_F(ReferenceTest, SegmentsOfOneRoleBandAndWindowStandApart) {
  Builder builder(catalogue_, 0);
  const size_t h = builder.AddHorizon("7d", 100, 800);
  ASSERT_TRUE(builder.Add(h, Dataset::kFgBSegment, *Level(Dataset::kFgBSegment, {{"", "WD_NIGHT", 4}})).ok());
  segment_ = "dmz";
  ASSERT_TRUE(builder.Add(h, Dataset::kFgBSegment, *Level(Dataset::kFgBSegment, {{"", "WD_NIGHT", 9}})).ok());
  const auto reference = *builder.Finish();
  const auto median = [&](const char* segment) {
    return reference->horizons()[0]
        .Segment(reference->SegmentId(segment), Role::kOutbound, kNight, hour_)
        .metrics[1]
        .median;
  };
  EXPECT_EQ(median("10.0.0.0/24"), 4);
  EXPECT_EQ(median("dmz"), 9);
}

TEST_F(ReferenceTest, PassesOverBandsThatNobodyAsksFor) {
  Builder builder(catalogue_, 0, std::bitset<base::kTimeBands>(1u << static_cast<int>(kNight)));
  const size_t h = builder.AddHorizon("7d", 100, 800);
  ASSERT_TRUE(
      builder
          .Add(h, Dataset::kFgBHost,
               *Level(Dataset::kFgBHost, {{"10.0.0.5", "WD_WORKING", 9}, {"10.0.0.5", "WD_NIGHT", 4}}))
          .ok());
  const auto reference = *builder.Finish();
  const Id host = reference->AddressId(Ip("10.0.0.5"));
  EXPECT_EQ(reference->horizons()[0].Host(host, Role::kOutbound, kNight, hour_).metrics[0].median, 4);
  EXPECT_FALSE(reference->horizons()[0].Host(host, Role::kOutbound, kWorking, hour_));
}

TEST_F(ReferenceTest, RefusesKeysThatComeTwiceAndWordsItDoesNotKnow) {
  for (const Dataset table :
       {Dataset::kFgBHost, Dataset::kFgBSegment, Dataset::kFgBGlobal, Dataset::kIpMetadata}) {
    Builder builder(catalogue_, 0);
    builder.AddHorizon("7d", 100, 800);
    ASSERT_TRUE(builder.Add(0, table, *Level(table, {{"10.0.0.5", "WD_NIGHT", 4}})).ok());
    EXPECT_TRUE(builder.Add(0, table, *Level(table, {{"10.0.0.5", "WD_NIGHT", 4}})).IsInvalid());
  }
  Builder builder(catalogue_, 0);
  builder.AddHorizon("7d", 100, 800);
  ASSERT_TRUE(builder.Add(0, Dataset::kPairHost, *Pair(Dataset::kPairHost, 3)).ok());
  EXPECT_TRUE(builder.Add(0, Dataset::kPairHost, *Pair(Dataset::kPairHost, 3)).IsInvalid());
  const auto status = builder.Add(0, Dataset::kFgBHost, *Level(Dataset::kFgBHost, {{"10.0.0.5", "DAWN", 4}}));
  EXPECT_TRUE(status.IsInvalid());
  EXPECT_NE(status.message().find("DAWN"), std::string::npos);
  EXPECT_TRUE(builder.Add(1, Dataset::kFgBHost, *Level(Dataset::kFgBHost, {{"10.0.0.9", "WD_NIGHT", 4}}))
                  .IsInvalid());
}

TEST_F(ReferenceTest, KnowsTheShortestAndTheLongestHorizon) {
  Builder builder(catalogue_, 0);
  EXPECT_TRUE(Builder(catalogue_, 0).Finish().status().IsInvalid());
  builder.AddHorizon("14d", 0, 14);
  builder.AddHorizon("7d", 7, 14);
  builder.AddHorizon("30d", 0, 30);
  builder.AddHorizon("20d", 0, 20);
  const auto reference = *builder.Finish();
  EXPECT_EQ(reference->shortest(), 1u);
  EXPECT_EQ(reference->longest(), 2u);
}

}  // namespace
}  // namespace ndr::reference
