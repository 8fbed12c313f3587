// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ndr/storage/commit.h"
#include "temporary_folder.h"

namespace ndr::storage {
namespace {

using base::Micros;
using testing::ElementsAre;

const Micros kFirstDay = *base::ParseCompact("20240420T000000Z");

// Three days' records of two families, in a folder, which has no index of them.
class CommitLogTest : public ::testing::Test {
 protected:
  CommitLogTest() {
    for (const char* family : {"lookback", "delta"})
      for (int day = 0; day < 3; ++day) {
        CommitRecord record;
        record.at = kFirstDay + day * base::kMicrosPerDay;
        record.key = {family, "v1", base::FormatCompact(record.at)};
        folder_.Put(CommitPath(record.key), record.ToJson());
      }
  }
  std::vector<std::string> Ids(const std::string& family, Micros from) {
    std::vector<std::string> ids;
    const auto records = CommitLog(folder_.path()).ReadAll(family, "v1", from).ValueOrDie();
    for (const CommitRecord& record : records) ids.push_back(record.key.id.substr(0, 8));
    return ids;
  }

  const TemporaryFolder folder_;
};

TEST_F(CommitLogTest, RollUpsBeforeTheReachAreNotRead) {
  EXPECT_THAT(Ids("lookback", INT64_MIN), ElementsAre("20240420", "20240421", "20240422"));
  EXPECT_THAT(Ids("lookback", kFirstDay + base::kMicrosPerDay), ElementsAre("20240421", "20240422"));
}

TEST_F(CommitLogTest, TheLastRollUpComesWhereNoneIsAsLate) {
  EXPECT_THAT(Ids("lookback", kFirstDay + 9 * base::kMicrosPerDay), ElementsAre("20240422"));
}

TEST_F(CommitLogTest, IdsOfBatchesSayNothingOfTheirTimes) {
  EXPECT_THAT(Ids("delta", kFirstDay + 9 * base::kMicrosPerDay),
              ElementsAre("20240420", "20240421", "20240422"));
}

}  // namespace
}  // namespace ndr::storage
