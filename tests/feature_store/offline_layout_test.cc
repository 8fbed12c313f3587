// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/offline_layout.h"

#include <arrow/type.h>
#include <gmock/gmock.h>

#include "ndr/base/exit_code.h"
#include "rows.h"

namespace ndr::feature_store {
namespace {

using catalogue::Dataset;
using testing::kNoon;
using testing::Words;

Group Judged() { return GroupsOf(*Words(), Dataset::kFgCHost, "c").ValueOrDie().front(); }

TEST(OfflineLayoutTest, FilesLieByAccountRegionGroupAndHour) {
  spec::FeatureGroups settings;
  EXPECT_EQ(OfflineFolder(settings, "c"), "000000000000/sagemaker/local/offline-store/c-0/data");
  settings.account = "123456789012", settings.region = "eu-central-1", settings.created = {{"c", 1713571200}};
  EXPECT_EQ(OfflineFolder(settings, "c"),
            "123456789012/sagemaker/eu-central-1/offline-store/c-1713571200/data");
  EXPECT_EQ(HourFolder(kNoon), "year=2024/month=04/day=20/hour=12");
  EXPECT_EQ(HourFolder(kNoon - 1), "year=2024/month=04/day=20/hour=11");
}

TEST(OfflineLayoutTest, ANameIsTheLatestEventTimeAndTheContentsHash) {
  const std::string name = OfflineFileName(kNoon, "a", Judged());
  ASSERT_EQ(name.size(), 16u + 1 + 16 + 8);
  EXPECT_EQ(name.substr(0, 17), "20240420T120000Z_");
  EXPECT_EQ(name, OfflineFileName(kNoon, "a", Judged())) << "whenever it is written";
  EXPECT_NE(name, OfflineFileName(kNoon, "b", Judged())) << "other rows";
  Group fewer = Judged();
  fewer.features.pop_back();
  EXPECT_NE(name, OfflineFileName(kNoon, "a", fewer)) << "other columns";
  EXPECT_EQ(EventTimeOfName(name), kNoon);
  for (const char* other : {"20240420T120000Z_0.parquet.part", "part-0.parquet", "_SUCCESS", ""})
    EXPECT_FALSE(EventTimeOfName(other)) << other;
}

TEST(OfflineLayoutTest, ColumnsHaveTheTypesOfAGlueTable) {
  const auto schema = OfflineSchema(Judged());
  EXPECT_EQ(schema->num_fields(), 3 + 280 + 3);
  EXPECT_EQ(schema->field(0)->name(), "entity_id");
  EXPECT_EQ(schema->GetFieldByName("window_end_ts")->type()->id(), arrow::Type::STRING);
  EXPECT_EQ(schema->GetFieldByName("is_cold_start")->type()->id(), arrow::Type::INT64);
  EXPECT_EQ(schema->GetFieldByName("peer_rank_score")->type()->id(), arrow::Type::DOUBLE);
  EXPECT_EQ(schema->GetFieldByName("reference_ts")->type()->id(), arrow::Type::STRING);
  EXPECT_EQ(schema->GetFieldByName("is_deleted")->type()->id(), arrow::Type::BOOL);
  EXPECT_EQ(schema->GetFieldByName("write_time")->type()->ToString(), "timestamp[ms, tz=UTC]");
}

TEST(OfflineLayoutTest, APrefixIsNeeded) {
  EXPECT_EQ(base::ExitCode(OpenOffline({}).status()), base::kExitUsage);
  spec::FeatureGroups settings;
  settings.offline_prefix = "gs://lake";
  EXPECT_EQ(base::ExitCode(OpenOffline(settings).status()), base::kExitUsage);
}

}  // namespace
}  // namespace ndr::feature_store
