// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/encoding.h"

#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <limits>

#include "rows.h"

namespace ndr::feature_store {
namespace {

using catalogue::Dataset;
using testing::MakeBatch;
using testing::Row;
using testing::Words;

// A group of three features of fg_a.
Group Three() {
  Group group = GroupsOf(*Words(), Dataset::kFgA, "g").ValueOrDie().front();
  std::erase_if(group.features, [](const Feature& f) {
    return f.name != "sessions_cnt" && f.name != "deny_ratio" && f.name != "time_band";
  });
  return group;  // time_band, sessions_cnt, deny_ratio
}

std::string Encoded(const Group& group, const Row& row) {
  const Records records = Records::Make(group, MakeBatch(*Words(), Dataset::kFgA, {row})).ValueOrDie();
  std::string bytes;
  Encode(RecordSchema::Of(group), records, 0, &bytes);
  return bytes;
}

TEST(EncodingTest, TheFormIsAsTheHeaderSays) {
  const std::string bytes = Encoded(Three(), {.numbers = {{"sessions_cnt", 3}, {"deny_ratio", 0.25}}});
  const std::string id = "10.0.0.1|outbound|w_15m|2024-04-20T12:00:00Z";  // 44 characters
  ASSERT_EQ(id.size(), 44u);
  // Tags: time_band short (2), sessions_cnt short (2), deny_ratio long (3): 2 + 2 * 4 + 3 * 16 = 58.
  // `word` is 4 and its letters; 3 in zigzag is 6; 0.25 is 0x3FD0000000000000.
  EXPECT_EQ(bytes.substr(8), "\x2c" + id + "\x3a" + "\x04word" + "\x06" + std::string(6, '\0') + "\xd0\x3f");
}

TEST(EncodingTest, ZeroAndAbsentTakeNoBytes) {
  const std::string bytes = Encoded(Three(), {.numbers = {{"deny_ratio", {}}}});
  // word, zero (1), absent (0): 2 + 1 * 4 = 6.
  EXPECT_EQ(bytes.substr(8 + 45), "\x06\x04word");
}

TEST(EncodingTest, NumbersComeBackBitByBit) {
  const Group group = Three();
  const RecordSchema schema = RecordSchema::Of(group);
  for (const double x :
       {0.0, -0.0, 1.0, -1.0, 0.1, 1e300, -1e-300, 9'007'199'254'740'991.0, 9'007'199'254'740'992.0,
        std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::max()}) {
    const std::string bytes = Encoded(group, {.numbers = {{"deny_ratio", x}}});
    DecodedRecord decoded;
    ASSERT_TRUE(Decode(schema, bytes, &decoded).ok());
    EXPECT_EQ(std::bit_cast<uint64_t>(decoded.values[2].fractional), std::bit_cast<uint64_t>(x)) << x;
    EXPECT_EQ(decoded.values[2].kind, Value::Kind::kFractional);
  }
  for (const double n : {0.0, 1.0, -1.0, 63.0, 64.0, -64.0, -65.0, 4e18, -4e18}) {
    const std::string bytes = Encoded(group, {.numbers = {{"sessions_cnt", n}}});
    DecodedRecord decoded;
    ASSERT_TRUE(Decode(schema, bytes, &decoded).ok());
    EXPECT_EQ(decoded.values[1].integral, static_cast<int64_t>(n));
  }
}

TEST(EncodingTest, DamagedBytesAreRefusedWhereverTheyAreCut) {
  const RecordSchema schema = RecordSchema::Of(Three());
  const std::string bytes = Encoded(Three(), {.numbers = {{"sessions_cnt", 300}, {"deny_ratio", 0.3}}});
  DecodedRecord decoded;
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(Decode(schema, std::string_view(bytes).substr(0, size), &decoded).ok()) << size;
  EXPECT_FALSE(Decode(schema, bytes + "x", &decoded).ok());
  Group other = Three();
  other.features.pop_back();
  EXPECT_FALSE(Decode(RecordSchema::Of(other), bytes, &decoded).ok());
}

TEST(EncodingTest, ASchemaIsReadFromItsText) {
  const RecordSchema schema = RecordSchema::Of(Three());
  EXPECT_EQ(schema.text, "String time_band\nIntegral sessions_cnt\nFractional deny_ratio\n");
  const RecordSchema parsed = RecordSchema::Parse(schema.text).ValueOrDie();
  EXPECT_EQ(parsed.hash, schema.hash);
  ASSERT_EQ(parsed.features.size(), 3u);
  EXPECT_EQ(parsed.features[1].name, "sessions_cnt");
  EXPECT_EQ(parsed.features[1].type, FeatureType::kIntegral);
  for (const char* wrong : {"Integral", "Whole x\n", "Integral x"})
    EXPECT_FALSE(RecordSchema::Parse(wrong).ok()) << wrong;
}

}  // namespace
}  // namespace ndr::feature_store
