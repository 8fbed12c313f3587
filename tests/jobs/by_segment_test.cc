// SPDX-License-Identifier: Apache-2.0
#include "ndr/jobs/by_segment.h"

#include <arrow/type.h>
#include <gtest/gtest.h>

#include "ndr/catalogue/batch.h"

namespace ndr::jobs {
namespace {

std::shared_ptr<arrow::RecordBatch> Rows(const std::vector<std::string>& segments,
                                         const std::vector<int64_t>& values) {
  catalogue::BatchBuilder builder(arrow::schema({arrow::field("segment_id", arrow::utf8(), false),
                                                 arrow::field("x", arrow::int64(), false)}),
                                  static_cast<int64_t>(values.size()));
  builder.PutTexts("segment_id", segments);
  builder.Put("x", values);
  return *builder.Finish();
}

TEST(BySegment, EachSegmentGetsItsRowsInTheOrderInWhichTheyCame) {
  BySegment rows({});
  ASSERT_TRUE(rows.Add(Rows({"a", "a", "b", "a"}, {1, 2, 3, 4})).ok());
  ASSERT_TRUE(rows.Add(Rows({"b"}, {5})).ok());
  const auto segments = *rows.Finish();
  ASSERT_EQ(segments.size(), 2u);
  const auto a = *catalogue::Values<int64_t>(*segments.at("a").at(0), "x");
  EXPECT_EQ(std::vector<int64_t>(a.begin(), a.end()), (std::vector<int64_t>{1, 2, 4}));
  const auto b = *catalogue::Values<int64_t>(*segments.at("b").at(0), "x");
  EXPECT_EQ(std::vector<int64_t>(b.begin(), b.end()), (std::vector<int64_t>{3, 5}));
  EXPECT_TRUE(rows.Finish()->empty());
}

TEST(BySegment, APassTakesItsSegmentsOnly) {
  BySegment rows({"b", "d"});
  ASSERT_TRUE(rows.Add(Rows({"a", "b", "c", "d"}, {1, 2, 3, 4})).ok());
  const auto segments = *rows.Finish();
  EXPECT_EQ(segments.size(), 2u);
  EXPECT_TRUE(segments.contains("b") && segments.contains("c"));
}

}  // namespace
}  // namespace ndr::jobs
