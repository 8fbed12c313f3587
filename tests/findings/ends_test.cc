// SPDX-License-Identifier: Apache-2.0
// Evidence batches back into ends.
#include <arrow/array.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <gtest/gtest.h>

#include "ndr/catalogue/batch.h"
#include "ndr/findings/findings.h"

namespace ndr::findings {
namespace {

using catalogue::Kind;

std::shared_ptr<arrow::Array> TextsOf(const std::vector<const char*>& texts) {
  arrow::StringBuilder builder;
  for (const char* t : texts) EXPECT_TRUE((t == nullptr ? builder.AppendNull() : builder.Append(t)).ok());
  return builder.Finish().ValueOrDie();
}

std::shared_ptr<arrow::Array> NumbersOf(const std::vector<double>& numbers) {
  arrow::DoubleBuilder builder;
  for (const double n : numbers) EXPECT_TRUE((n < 0 ? builder.AppendNull() : builder.Append(n)).ok());
  return builder.Finish().ValueOrDie();
}

TEST(ReadEnds, ARowByRow) {
  const auto catalogue = catalogue::Catalogue::Make({}).ValueOrDie();
  const auto schema = catalogue->Schema(catalogue::Dataset::kEvidence);
  catalogue::BatchBuilder to(schema, 2);
  const std::vector<base::Address> hosts = {*base::ParseAddress("10.0.0.5"), *base::ParseAddress("10.0.0.6")};
  to.PutAddresses("host_ip", hosts);
  to.Put("window_end_ts", std::vector<int64_t>{1000, 1000});
  to.PutConstant("segment_id", "office");
  to.Put("score", std::vector<double>{42, 0});
  to.Put("standing_score", std::vector<double>{0, 77});
  const std::vector<std::string> words = {"scanning", "beaconing"};
  to.PutWords("kind", std::vector<int32_t>{0, -1}, words);
  to.PutWords("standing_kind", std::vector<int32_t>{-1, 1}, words);
  for (const std::string_view kind : catalogue::kKindNames) {
    const bool scanning = kind == "scanning", beaconing = kind == "beaconing";
    to.PutArray("evidence_" + std::string(kind), NumbersOf({scanning ? 2.2 : -1, -1}));
    to.PutArray("standing_evidence_" + std::string(kind), NumbersOf({-1, beaconing ? 5.5 : -1}));
  }
  to.Put("reference_ts", std::vector<int64_t>{0, 0});
  const auto& item =
      static_cast<const arrow::ListType&>(*schema->GetFieldByName("reasons")->type()).value_type();
  const arrow::ArrayVector members = {TextsOf({"scanning", "beaconing"}),
                                      TextsOf({"failed_peers_per_port_max", "beacon_score"}),
                                      TextsOf({"outbound", "inbound"}),
                                      TextsOf({"w_1h", "w_24h"}),
                                      NumbersOf({926, 0.9}),
                                      NumbersOf({786, -1}),
                                      NumbersOf({0, -1}),
                                      TextsOf({"25", nullptr}),
                                      NumbersOf({2.2, 0}),
                                      NumbersOf({0, 5.5}),
                                      NumbersOf({-1, 5})};
  const auto structs = std::make_shared<arrow::StructArray>(item, 2, members);
  arrow::Int32Builder offsets;
  ASSERT_TRUE(offsets.AppendValues({0, 1, 2}).ok());
  to.PutArray("reasons", arrow::ListArray::FromArrays(*offsets.Finish().ValueOrDie(), *structs).ValueOrDie());
  const auto batch = to.Finish().ValueOrDie();

  // The second row also out of a slice of the batch.
  for (const auto& ends : {ReadEnds(*batch).ValueOrDie(), ReadEnds(*batch->Slice(1)).ValueOrDie()}) {
    const End& last = ends.back();
    EXPECT_EQ(base::ToText(last.host), "10.0.0.6");
    EXPECT_EQ(last.standing_score, 77);
    EXPECT_FALSE(last.kind.has_value());
    EXPECT_EQ(last.standing_kind, Kind::kBeaconing);
    EXPECT_EQ(last.standing_evidence[static_cast<size_t>(Kind::kBeaconing)], 5.5);
    ASSERT_EQ(last.reasons.size(), 1u);
    EXPECT_EQ(last.reasons[0].metric, "beacon_score");
    EXPECT_EQ(last.reasons[0].at, "");
    EXPECT_FALSE(last.reasons[0].own.has_value());
    EXPECT_EQ(last.reasons[0].gap_median, 5);
  }
  const End first = ReadEnds(*batch).ValueOrDie()[0];
  EXPECT_EQ(first.ts, 1000);
  EXPECT_EQ(first.segment, "office");
  EXPECT_EQ(first.kind, Kind::kScanning);
  EXPECT_EQ(first.evidence[static_cast<size_t>(Kind::kScanning)], 2.2);
  EXPECT_EQ(first.evidence[static_cast<size_t>(Kind::kVolume)], 0);
  EXPECT_EQ(first.reasons[0].own, 786);
  EXPECT_EQ(first.reasons[0].at, "25");
}

TEST(ReadEnds, AnotherTableIsRefused) {
  const auto catalogue = catalogue::Catalogue::Make({}).ValueOrDie();
  const auto batch =
      arrow::RecordBatch::MakeEmpty(catalogue->Schema(catalogue::Dataset::kFgCPair)).ValueOrDie();
  EXPECT_FALSE(ReadEnds(*batch).ok());
}

}  // namespace
}  // namespace ndr::findings
