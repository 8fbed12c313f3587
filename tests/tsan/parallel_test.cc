// SPDX-License-Identifier: Apache-2.0
// The parallel primitive, in the program that the thread sanitizer builds.
#include "ndr/base/parallel.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

namespace ndr::base {
namespace {

// Partition i holds the numbers 0..i, so its sum is i (i + 1) / 2.
arrow::Result<std::shared_ptr<arrow::RecordBatch>> Partition(size_t i) {
  arrow::Int64Builder builder;
  for (size_t value = 0; value <= i; ++value)
    ARROW_RETURN_NOT_OK(builder.Append(static_cast<int64_t>(value)));
  ARROW_ASSIGN_OR_RAISE(const auto column, builder.Finish());
  return arrow::RecordBatch::Make(arrow::schema({arrow::field("value", arrow::int64())}), column->length(),
                                  {column});
}

int64_t Sum(const arrow::RecordBatch& batch) {
  const auto& column = static_cast<const arrow::Int64Array&>(*batch.column(0));
  return std::accumulate(column.raw_values(), column.raw_values() + column.length(), int64_t{0});
}

class ParallelTest : public testing::TestWithParam<int> {};

TEST_P(ParallelTest, EachPartitionWritesItsOwnSlot) {
  std::vector<int64_t> sums(200, -1);
  const auto status = ForEachPartition(sums.size(), GetParam(), [&](size_t i) -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(const auto batch, Partition(i));
    sums[i] = Sum(*batch);
    return arrow::Status::OK();
  });
  ASSERT_TRUE(status.ok()) << status.ToString();
  for (size_t i = 0; i < sums.size(); ++i) EXPECT_EQ(sums[i], static_cast<int64_t>(i * (i + 1) / 2)) << i;
}

TEST_P(ParallelTest, BatchesPassToTheConsumerInOrderAndBoundedNumber) {
  constexpr size_t kCount = 200, kAhead = 3;
  std::vector<std::shared_ptr<arrow::RecordBatch>> made(kCount);
  std::vector<int64_t> seen;
  const auto status = ForEachPartitionInOrder(
      kCount, GetParam(), kAhead,
      [&](size_t i) -> arrow::Status {
        // What lies `ahead` or more before was consumed, and its memory is free again.
        if (i >= kAhead && made[i - kAhead]) return arrow::Status::Invalid("too far ahead: ", i);
        return Partition(i).Value(&made[i]);
      },
      [&](size_t i) {
        seen.push_back(Sum(*made[i]));
        made[i].reset();
        return arrow::Status::OK();
      });
  ASSERT_TRUE(status.ok()) << status.ToString();
  ASSERT_EQ(seen.size(), kCount);
  for (size_t i = 0; i < kCount; ++i) EXPECT_EQ(seen[i], static_cast<int64_t>(i * (i + 1) / 2)) << i;
}

TEST_P(ParallelTest, TheErrorOfTheLowestFailingPartitionIsReturned) {
  const auto status = ForEachPartition(200, GetParam(), [](size_t i) {
    return i == 7 || i == 8 || i == 150 ? arrow::Status::Invalid("partition ", i) : arrow::Status::OK();
  });
  EXPECT_EQ(status.message(), "partition 7");
}

INSTANTIATE_TEST_SUITE_P(Threads, ParallelTest, testing::Values(1, 2, 8));

}  // namespace
}  // namespace ndr::base
