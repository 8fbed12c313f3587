// SPDX-License-Identifier: Apache-2.0
#include "ndr/catalogue/catalogue.h"

#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "ndr/catalogue/batch.h"

namespace ndr::catalogue {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::shared_ptr<const Catalogue> Made(CatalogueOptions options = {}) {
  return Catalogue::Make(std::move(options)).ValueOrDie();
}
std::string Refusal(CatalogueOptions options) {
  return Catalogue::Make(std::move(options)).status().message();
}

TEST(WindowTest, IsCoveredFromNinetyFivePercentOfItsSlicesOn) {
  const Window hour{"w_1h", 4}, day{"w_24h", 96}, five_hours{"w_5h", 20};
  EXPECT_TRUE(hour.IsCoveredBy(4));
  EXPECT_FALSE(hour.IsCoveredBy(3));
  // 0.95 x 96 = 91.2.
  EXPECT_TRUE(day.IsCoveredBy(92));
  EXPECT_FALSE(day.IsCoveredBy(91));
  EXPECT_TRUE(five_hours.IsCoveredBy(19)) << "95 % exactly";
}

TEST(Catalogue, DefaultsAreThoseOfTheSpecification) {
  const auto words = Made();
  EXPECT_EQ(words->baselined().size(), 38u);
  EXPECT_EQ(words->ranked().size(), 30u) << "the first 32 but allow_cnt and traffic_cnt";
  EXPECT_EQ(words->transforms().size(), 6u);
  EXPECT_EQ(words->windows().back().slices, 96);
  EXPECT_EQ(words->delta_counts().size(), 21u);
}

TEST(Catalogue, ColumnsAreUniqueAndKeysAreColumns) {
  const auto words = Made();
  for (int d = 0; d < kDatasets; ++d) {
    const auto dataset = static_cast<Dataset>(d);
    std::set<std::string> names;
    for (const Column& column : words->Columns(dataset))
      EXPECT_TRUE(names.insert(column.name).second) << PathOf(dataset) << " " << column.name;
    for (const std::string& key : words->Key(dataset))
      EXPECT_TRUE(names.contains(key)) << PathOf(dataset) << " " << key;
    EXPECT_EQ(FindDataset(PathOf(dataset)), d);
    EXPECT_EQ(static_cast<size_t>(words->Schema(dataset)->num_fields()), names.size());
  }
  EXPECT_EQ(FindDataset("fg_d"), kDatasets);
}

TEST(Catalogue, AddressesAreBytesInBatchesAndTextOnStorage) {
  const auto words = Made();
  EXPECT_EQ(words->Schema(Dataset::kFgA)->GetFieldByName("host_ip")->type()->ToString(),
            "fixed_size_binary[16]");
  EXPECT_EQ(words->StorageSchema(Dataset::kFgA)->GetFieldByName("host_ip")->type()->ToString(), "string");
  EXPECT_EQ(words->StorageSchema(Dataset::kFgA)->GetFieldByName("window_end_ts")->type()->ToString(),
            "timestamp[us, tz=UTC]");
}

TEST(Catalogue, NoveltyColumnsCarryTheirLookback) {
  CatalogueOptions options;
  options.lookback_days = 7;
  const auto words = Made(options);
  const int i = words->FindMetricIndex("new_peer_cnt");
  EXPECT_EQ(i, words->FindMetricIndex("new_peer_cnt_lookback7d"));
  EXPECT_EQ(words->metrics()[static_cast<size_t>(i)].column, "new_peer_cnt_lookback7d");
  EXPECT_EQ(words->metrics()[static_cast<size_t>(words->FindMetricIndex("lookback_days_covered"))].column,
            "lookback_days_covered");
  EXPECT_EQ(words->FindMetricIndex("new_peer_cnt_lookback30d"), -1);
}

TEST(Catalogue, APortSetOfTheProjectsOwnIsOneMoreMetric) {
  CatalogueOptions options;
  options.extra_port_sets = {"MAIL_PORTS"};
  options.baselined_metrics = {"mail_port_sessions_cnt", "sessions_cnt"};
  const auto words = Made(options);
  EXPECT_EQ(words->delta_counts().back(), "mail_port_sessions_cnt");
  EXPECT_THAT(words->baselined(), ElementsAre(0, static_cast<int>(kMetricCount)))
      << "catalogue order: own port sets come last";
  EXPECT_GE(words->Schema(Dataset::kDeltaHost)->GetFieldIndex("mail_port_sessions_cnt"), 0);
  EXPECT_GE(words->Schema(Dataset::kFgBGlobal)->GetFieldIndex("mail_port_sessions_cnt_mad"), 0);
}

TEST(Catalogue, OfRankedMetricsByDefaultThoseStayThatAreBaselined) {
  CatalogueOptions options;
  options.baselined_metrics = {"sessions_cnt", "allow_cnt", "deny_cnt", "vulnerability_cnt"};
  const auto words = Made(options);
  EXPECT_THAT(words->ranked(),
              ElementsAre(words->FindMetricIndex("sessions_cnt"), words->FindMetricIndex("deny_cnt")));
}

TEST(Catalogue, PortSetsAreFoundByName) {
  EXPECT_EQ(kPortSets[PortSetAt("DIRECTORY_PORTS")].metric, "directory_port_sessions_cnt");
}

TEST(Catalogue, RefusalsNameTheKeyAndTheNearest) {
  CatalogueOptions options;
  options.baselined_metrics = {"sessions_cnt", "deny_ration"};
  EXPECT_THAT(Refusal(options),
              HasSubstr("baselined_metrics: 'deny_ration' is no metric; did you mean 'deny_ratio'?"));
  options.baselined_metrics = {"sessions_cnt", "new_peer_cnt"};
  EXPECT_THAT(Refusal(options), HasSubstr("'new_peer_cnt' can't be baselined"));
  options = {};
  options.windows = {{"w_1h", 4}, {"hour", 4}};
  EXPECT_THAT(Refusal(options), HasSubstr("windows.hour: label or length stands twice"));
  options.windows = {{"w_0", 0}};
  EXPECT_THAT(Refusal(options), HasSubstr("windows.w_0: 0 slices"));
  options = {};
  options.transforms = {"zmad"};
  EXPECT_THAT(Refusal(options), HasSubstr("did you mean 'z_mad'?"));
  options = {};
  options.extra_port_sets = {"ADMIN_PORTS"};
  EXPECT_THAT(Refusal(options), HasSubstr("exists already"));
  options = {};
  options.baselined_metrics = {"sessions_cnt"};
  options.rank_metrics = {"deny_cnt"};
  EXPECT_THAT(Refusal(options), HasSubstr("rank_metrics: deny_cnt is not among baselined_metrics"));
}

TEST(Catalogue, TheHashFollowsWhatActs) {
  const std::string hash = Made()->hash("fg_c");
  EXPECT_EQ(Made()->hash("fg_c"), hash);
  CatalogueOptions options;
  options.lookback_days = 29;
  EXPECT_NE(Made(options)->hash("fg_c"), hash);
  options = {};
  options.windows = {{"w_15m", 1}};
  EXPECT_NE(Made(options)->hash("fg_c"), hash);
  options = {};
  options.transforms = {"z_mad"};
  EXPECT_NE(Made(options)->hash("fg_c"), hash);
  // What is made before FG-C knows nothing of transforms.
  for (const char* family : {"delta", "pair_counts", "lookback", "fg_a", "fg_a_wide", "fg_b"})
    EXPECT_EQ(Made(options)->hash(family), Made()->hash(family)) << family;
}

TEST(Nearest, ByEditDistance) {
  EXPECT_EQ(Nearest("sesions_cnt", {"deny_cnt", "sessions_cnt"}), "sessions_cnt");
  EXPECT_EQ(Nearest("zzzzzz", {"deny_cnt", "sessions_cnt"}), "");
  EXPECT_EQ(Nearest("", {"a"}), "");
}

TEST(BatchBuilder, SaysWhatIsWrongWithAColumn) {
  const auto schema =
      arrow::schema({arrow::field("n", arrow::int64(), false), arrow::field("t", arrow::utf8())});
  const auto refusal = [&](auto fill) {
    BatchBuilder builder(schema, 2);
    fill(&builder);
    return builder.Finish().status().message();
  };
  EXPECT_EQ(refusal([](BatchBuilder* b) {
              b->Put("n", std::vector<int64_t>{1, 2});
            }),
            "column 't' was not filled");
  EXPECT_EQ(refusal([](BatchBuilder* b) {
              b->Put("m", std::vector<int64_t>{1, 2});
            }),
            "no column 'm' in the schema");
  EXPECT_EQ(refusal([](BatchBuilder* b) { b->Put("n", std::vector<int64_t>{1}); }),
            "column 'n' has 1 rows of 2");
  EXPECT_EQ(refusal([](BatchBuilder* b) {
              b->Put("n", std::vector<int64_t>{1, 2}, {1, 0});
            }),
            "column 'n' has nulls");
  EXPECT_EQ(refusal([](BatchBuilder* b) {
              b->Put("n", std::vector<double>{1, 2});
            }),
            "column 'n' has type double");
}

TEST(BatchBuilder, WordsAndTextsReadBack) {
  const auto schema = arrow::schema(
      {arrow::field("w", arrow::utf8()), arrow::field("t", arrow::utf8()), arrow::field("c", arrow::utf8())});
  BatchBuilder builder(schema, 3);
  const std::vector<std::string> words = {"a", "bb"};
  builder.PutWords("w", std::vector<int32_t>{1, -1, 0}, words);
  builder.PutTextBytes("t", {0, 1, 1, 4}, "xyzz", {1, 0, 1});
  builder.PutConstant("c", "same");
  const auto batch = builder.Finish().ValueOrDie();
  const auto w = TextsOf(*batch, "w").ValueOrDie(), t = TextsOf(*batch, "t").ValueOrDie(),
             c = TextsOf(*batch, "c").ValueOrDie();
  EXPECT_EQ(w[0], "bb");
  EXPECT_FALSE(Valid(*batch, "w").ValueOrDie()[1]);
  EXPECT_EQ(t[2], "yzz");
  EXPECT_FALSE(Valid(*batch, "t").ValueOrDie()[1]);
  EXPECT_EQ(c[2], "same");
  // A slice keeps its own rows.
  const auto last = batch->Slice(2);
  EXPECT_EQ(TextsOf(*last, "w").ValueOrDie()[0], "a");
  EXPECT_TRUE(Valid(*last, "t").ValueOrDie()[0]);
  EXPECT_FALSE(Values<int64_t>(*batch, "w").ok());
  EXPECT_THAT(TextsOf(*batch, "absent").status().message(), HasSubstr("column 'absent' is missing"));
}

}  // namespace
}  // namespace ndr::catalogue
