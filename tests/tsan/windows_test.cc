// SPDX-License-Identifier: Apache-2.0
// The windows stage on the parallel primitive: its pairs lie in shards, each advanced by a thread of its own.
#include <gtest/gtest.h>

#include <random>

#include "windows/window_case.h"

namespace ndr::windows {
namespace {

using testing::Case;
using testing::Record;

// Forty hosts in ten hours, which meet each other and the world: pairs for every shard.
std::vector<Record> Traffic(int slices) {
  std::mt19937 random(1);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<uint32_t>(n)); };
  const auto address = [&](const char* network) { return testing::Ip(network + std::to_string(below(40))); };
  std::vector<Record> records;
  for (int i = 0; i < 40 * slices; ++i) {
    Record r;
    r.slice = below(slices), r.minute = below(15);
    r.src = address("10.0.0."), r.dst = address(below(2) == 0 ? "10.0.0." : "203.0.113.");
    r.port = below(3) == 0 ? 443 : 20 + below(60);
    r.bytes_src = below(9'000), r.bytes_dst = below(9'000), r.duration_us = below(3'000'000);
    records.push_back(r);
  }
  return records;
}

TEST(WindowsInParallel, EightThreadsGiveTheRowsOfOne) {
  constexpr int kSlices = 40;
  const auto records = Traffic(kSlices);
  const auto alone = testing::MakeTestContext(testing::kWindows, 1, 1);
  const auto together = testing::MakeTestContext(testing::kWindows, 1, 8);
  Case history(alone, testing::kFirst, records), same(together, testing::kFirst, records);
  const auto one = *WindowBuilder::Make(alone, testing::kFirst, &history);
  const auto eight = *WindowBuilder::Make(together, testing::kFirst, &same);
  ASSERT_TRUE(one->Start(testing::kFirst).ok() && eight->Start(testing::kFirst).ok());
  for (int slice = 0; slice < kSlices; ++slice) {
    ASSERT_TRUE(history.Step(one.get(), 1).ok() && same.Step(eight.get(), 1).ok());
    const auto wanted = *one->Rows("b");
    ASSERT_GT(wanted->num_rows(), 20);
    ASSERT_TRUE((*eight->Rows("b"))->Equals(*wanted)) << slice;
  }
}

}  // namespace
}  // namespace ndr::windows
