// SPDX-License-Identifier: Apache-2.0
// Tables on a real server, and what they ask of it (tests/s3/test_object_store.py).
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "ndr/base/exit_code.h"
#include "ndr/storage/object_store.h"
#include "ndr/storage/table_reader.h"
#include "ndr/storage/table_writer.h"

namespace ndr::storage {
namespace {

using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

class RealS3TableTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* location = std::getenv("NDR_TEST_S3");
    if (location == nullptr) GTEST_SKIP() << "NDR_TEST_S3 names no s3://bucket/prefix";
    base_ = std::string(location) + "/tables";
  }
  // Requests since the last call, by method.
  std::map<std::string, int64_t> Asked() {
    std::map<std::string, int64_t> now, since;
    for (const auto& kind : TrafficSoFar().kinds) now[kind.method] = kind.requests;
    for (const auto& [method, requests] : now)
      if (requests > asked_[method]) since[method] = requests - asked_[method];
    asked_ = now;
    return since;
  }
  static int64_t Sum(const std::string& input, std::vector<TableCondition> partitions = {}) {
    const auto reader = TableReader::Open({input}, {.partitions = std::move(partitions)}).ValueOrDie();
    int64_t sum = 0;
    while (const auto batch = reader->Next().ValueOrDie()) {
      const auto& n = static_cast<const arrow::Int64Array&>(*batch->GetColumnByName("n"));
      for (int64_t i = 0; i < n.length(); ++i) sum += n.Value(i);
    }
    return sum;
  }
  std::string base_;
  std::map<std::string, int64_t> asked_;
};

TEST_F(RealS3TableTest, SmallFilesCostOnePutAndOneGet) {
  arrow::StringBuilder days;
  arrow::Int64Builder numbers;
  ASSERT_TRUE(days.AppendValues({"mon", "a/b=c%", "tue"}).ok() && numbers.AppendValues({1, 2, 4}).ok());
  const auto schema = arrow::schema({arrow::field("day", arrow::utf8()), arrow::field("n", arrow::int64())});
  const auto table = arrow::Table::Make(schema, {days.Finish().ValueOrDie(), numbers.Finish().ValueOrDie()});
  Asked();
  ASSERT_TRUE(WriteParquet(*table, base_, {"day"}).ok());
  EXPECT_THAT(Asked(), UnorderedElementsAre(Pair("PUT", 3), Pair("LIST", 3)));
  EXPECT_EQ(Sum(base_ + "/"), 7);
  // The first file also for the schema.
  EXPECT_THAT(Asked(), UnorderedElementsAre(Pair("GET", 4), Pair("LIST", 1)));
  EXPECT_EQ(Sum(base_ + "/", {{"day", TableComparison::kEqual, "a/b=c%"}}), 2);
  EXPECT_THAT(Asked(), UnorderedElementsAre(Pair("GET", 2), Pair("LIST", 1)));
  EXPECT_EQ(Sum(base_ + "/day=[mt]*/*.parquet"), 5);
  // Monday now and nothing else.
  ASSERT_TRUE(WriteParquet(*table->Slice(0, 1), base_, {"day"}, WriteMode::kOverwriteAll).ok());
  EXPECT_EQ(Sum(base_ + "/"), 1);
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(WriteParquet(*table->Slice(2), base_, {"day"}, WriteMode::kAppend).ok());
  EXPECT_EQ(Sum(base_ + "/"), 5);
  const auto exists = WriteParquet(*table, base_, {"day"}, WriteMode::kErrorIfExists);
  EXPECT_THAT(exists.message(), HasSubstr(base_ + " is not empty"));
}

TEST_F(RealS3TableTest, CommitRecordsAboveRefuseToAppend) {
  arrow::Int64Builder numbers;
  ASSERT_TRUE(numbers.Append(1).ok());
  const auto table =
      arrow::Table::Make(arrow::schema({arrow::field("n", arrow::int64())}), {numbers.Finish().ValueOrDie()});
  const std::string root = base_ + "-root";
  ASSERT_TRUE(OpenStore(root).ValueOrDie()->Put("_commits/delta/x.json", "{}").ok());
  const auto status = WriteParquet(*table, root + "/mine/deep", {}, WriteMode::kAppend);
  EXPECT_EQ(base::ExitCode(status), base::kExitUsage);
  EXPECT_THAT(status.message(), HasSubstr(root + "/mine/deep: " + root + " has commit records"));
}

}  // namespace
}  // namespace ndr::storage
