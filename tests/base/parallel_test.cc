// SPDX-License-Identifier: Apache-2.0
#include "ndr/base/parallel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace ndr::base {
namespace {

using arrow::Status;

class Parallel : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Threads, Parallel, testing::Values(1, 2, 7));

TEST_P(Parallel, TheLowestErrorIsReportedWhateverTheOrder) {
  const Status status = ForEachPartition(
      50, GetParam(), [](size_t i) { return i % 10 == 7 ? Status::Invalid("partition ", i) : Status::OK(); });
  EXPECT_EQ(status.message(), "partition 7");
}

TEST_P(Parallel, AnExceptionIsAnError) {
  const Status status = ForEachPartition(3, GetParam(), [](size_t i) -> Status {
    if (i == 1) throw std::runtime_error("thrown");
    return Status::OK();
  });
  EXPECT_TRUE(status.IsUnknownError());
  EXPECT_EQ(status.message(), "thrown");
}

TEST_P(Parallel, NothingToDoIsDone) {
  EXPECT_TRUE(ForEachPartition(0, GetParam(), [](size_t) { return Status::Invalid("never"); }).ok());
  EXPECT_TRUE(ForEachPartitionInOrder(
                  0, GetParam(), 2, [](size_t) { return Status::Invalid("never"); },
                  [](size_t) { return Status::Invalid("never"); })
                  .ok());
}

TEST_P(Parallel, AnErrorOfTheConsumerStopsTheRun) {
  std::vector<size_t> consumed;
  const Status status = ForEachPartitionInOrder(
      100, GetParam(), 4, [](size_t) { return Status::OK(); },
      [&](size_t i) {
        consumed.push_back(i);
        return i == 3 ? Status::Invalid("full") : Status::OK();
      });
  EXPECT_EQ(status.message(), "full");
  EXPECT_THAT(consumed, testing::ElementsAre(0, 1, 2, 3));
}

TEST_P(Parallel, AnErrorOfTheWorkStopsTheConsumerBeforeIt) {
  std::atomic<size_t> last = 0;
  const Status status = ForEachPartitionInOrder(
      100, GetParam(), 4, [](size_t i) { return i == 5 ? Status::Invalid("bad") : Status::OK(); },
      [&](size_t i) {
        last = i;
        return Status::OK();
      });
  EXPECT_EQ(status.message(), "bad");
  EXPECT_LT(last, 5u);
}

}  // namespace
}  // namespace ndr::base
