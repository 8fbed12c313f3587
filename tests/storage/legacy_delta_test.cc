// SPDX-License-Identifier: Apache-2.0
// Host partials under their older names (specification 2): two rows, one of each role. The outbound host sent
// 100 bytes and received 7, so its sessions' sources sent 100; the inbound host sent 40 and received 3, so
// their sources, the peers, sent 3.
#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ndr/catalogue/batch.h"
#include "ndr/storage/dataset_reader.h"
#include "temporary_folder.h"

namespace ndr::storage {
namespace {

using catalogue::Dataset;
using testing::ElementsAre;
using testing::HasSubstr;

using NamedCounts = std::vector<std::pair<std::string, std::vector<int64_t>>>;
const NamedCounts kOlder = {{"bytes_sent_sum", {100, 40}}, {"bytes_recv_sum", {7, 3}}, {"drop_cnt", {2, 5}}};
const NamedCounts kCurrent = {{"bytes_src_sum", {100, 3}}, {"bytes_dst_sum", {7, 40}}, {"deny_cnt", {2, 5}}};

class LegacyDelta : public testing::Test {
 protected:
  // Writes the rows with these counts.
  void Write(const NamedCounts& counts) {
    arrow::FieldVector fields = {arrow::field("host_ip", arrow::fixed_size_binary(16), false),
                                 arrow::field("role", arrow::utf8(), false)};
    for (const auto& [name, values] : counts) fields.push_back(arrow::field(name, arrow::int64(), false));
    catalogue::BatchBuilder builder(arrow::schema(fields), 2);
    const std::vector<base::Address> hosts = {base::Address::V4(0x0a000001), base::Address::V4(0x0a000002)};
    builder.PutAddresses("host_ip", hosts);
    const std::vector<std::string> roles = {"outbound", "inbound"};
    builder.PutTexts("role", roles);
    for (const auto& [name, values] : counts) builder.Put(name, std::vector<int64_t>(values));
    const auto encoded = EncodeParquet(builder.Finish().ValueOrDie()).ValueOrDie();
    Put(folder_ / "part.parquet", std::string(encoded.view()));
    file_ = {"part.parquet", encoded.rows, encoded.bytes->size(), encoded.sha256};
  }
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> Read(const std::vector<std::string>& columns,
                                                          Dataset dataset = Dataset::kDeltaHost) {
    return DatasetReader(folder_.path(), *words_, dataset, {file_}, columns).Next();
  }
  std::vector<int64_t> Counts(const arrow::RecordBatch& batch, const std::string& name) {
    const auto values = catalogue::Values<int64_t>(batch, name).ValueOrDie();
    return {values.begin(), values.end()};
  }
  void ExpectCurrent(const std::vector<std::string>& columns) {
    const auto batch = Read(columns).ValueOrDie();
    EXPECT_EQ(batch->num_columns(), static_cast<int>(columns.size()));
    for (const auto& [name, values] : kCurrent) EXPECT_EQ(Counts(*batch, name), values) << name;
  }
  std::string Refusal() { return Read(kAll).status().message(); }

  const std::vector<std::string> kAll = {"host_ip", "role", "bytes_src_sum", "bytes_dst_sum", "deny_cnt"};
  TemporaryFolder folder_;
  FileEntry file_;
  const std::shared_ptr<const catalogue::Catalogue> words_ = catalogue::Catalogue::Make({}).ValueOrDie();
};

NamedCounts With(NamedCounts columns, const NamedCounts& more) {
  columns.insert(columns.end(), more.begin(), more.end());
  return columns;
}

TEST_F(LegacyDelta, OlderNamesAreMappedByRole) {
  Write(kOlder);
  ExpectCurrent(kAll);
  ExpectCurrent({"bytes_src_sum", "bytes_dst_sum", "deny_cnt"});  // the role is read, though not wanted
  EXPECT_THAT(Counts(*Read({"bytes_dst_sum"}).ValueOrDie(), "bytes_dst_sum"), ElementsAre(7, 40));
}

TEST_F(LegacyDelta, CurrentNamesAreReadAsTheyAre) {
  Write(kCurrent);
  ExpectCurrent(kAll);
}

TEST_F(LegacyDelta, BothNamesMayStandWhereTheyAreEqual) {
  Write(With(kOlder, kCurrent));
  ExpectCurrent(kAll);
}

TEST_F(LegacyDelta, BothNamesUnequalIsAnError) {
  const std::string path = folder_ / "part.parquet: ";
  Write(With(kOlder, {{"bytes_src_sum", {100, 40}}, {"bytes_dst_sum", {7, 40}}}));  // not swapped for inbound
  EXPECT_EQ(Refusal(),
            path +
                "column 'bytes_src_sum' is 40 in row 1, and bytes_sent_sum with bytes_recv_sum makes it 3; "
                "only one of them can be right");
  Write(With(kOlder, {{"bytes_src_sum", {100, 3}}, {"bytes_dst_sum", {8, 40}}}));
  EXPECT_THAT(Refusal(), HasSubstr("column 'bytes_dst_sum' is 8 in row 0"));
  Write(With(kOlder, {{"deny_cnt", {2, 6}}}));
  EXPECT_THAT(Refusal(), HasSubstr("column 'deny_cnt' is 6 in row 1, and drop_cnt makes it 5"));
  EXPECT_FALSE(Read({"deny_cnt"}).ok());
  EXPECT_TRUE(Read({"bytes_src_sum"}).ok());  // what is not read is not compared
}

TEST_F(LegacyDelta, NeitherNameIsAnError) {
  Write({{"deny_cnt", {2, 5}}});
  EXPECT_THAT(Refusal(), HasSubstr("part.parquet: column 'bytes_src_sum' is missing"));
  Write({{"bytes_src_sum", {100, 3}}, {"bytes_dst_sum", {7, 40}}});
  EXPECT_THAT(Refusal(), HasSubstr("column 'deny_cnt' is missing"));
  Write({{"bytes_sent_sum", {100, 40}}, {"drop_cnt", {2, 5}}});
  EXPECT_THAT(Refusal(), HasSubstr("column 'bytes_recv_sum' is missing beside 'bytes_sent_sum'"));
}

TEST_F(LegacyDelta, OtherDatasetsNeverHadThem) {
  Write(kOlder);
  EXPECT_THAT(Read({"bytes_src_sum"}, Dataset::kDeltaPair).status().message(),
              HasSubstr("column 'bytes_src_sum' is missing"));
}

}  // namespace
}  // namespace ndr::storage
