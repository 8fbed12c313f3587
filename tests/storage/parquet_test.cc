// SPDX-License-Identifier: Apache-2.0
#include <arrow/array.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_nested.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ndr/base/hash.h"
#include "ndr/catalogue/batch.h"
#include "ndr/storage/parquet_file.h"
#include "temporary_folder.h"

namespace ndr::storage {
namespace {

using catalogue::BatchBuilder;
using catalogue::Dataset;
using testing::HasSubstr;

std::shared_ptr<arrow::DataType> TopFeatures() {
  const auto words = catalogue::Catalogue::Make({}).ValueOrDie();
  return words->Schema(Dataset::kFgCHost)->GetFieldByName("top_features")->type();
}

// A column of each type that a dataset has.
std::shared_ptr<arrow::Schema> AllTypes() {
  const auto instant = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  return arrow::schema({arrow::field("host_ip", arrow::fixed_size_binary(16), false),
                        arrow::field("peer", arrow::fixed_size_binary(16)),
                        arrow::field("role", arrow::utf8(), false), arrow::field("machine", arrow::utf8()),
                        arrow::field("t", instant, false), arrow::field("n", arrow::int64(), false),
                        arrow::field("hour", arrow::int32(), false), arrow::field("port", arrow::uint16()),
                        arrow::field("flag", arrow::int8(), false), arrow::field("x", arrow::float64()),
                        arrow::field("minutes", arrow::list(arrow::int64()), false),
                        arrow::field("exceptions", arrow::list(arrow::utf8()), false),
                        arrow::field("top_features", TopFeatures(), false)});
}

// Row i's metric is m<i>, its value i / 2; odd rows have no features.
std::shared_ptr<arrow::Array> Features(int64_t first, int64_t rows) {
  auto builder = arrow::MakeBuilder(TopFeatures()).ValueOrDie();
  auto& lists = static_cast<arrow::ListBuilder&>(*builder);
  auto& items = static_cast<arrow::StructBuilder&>(*lists.value_builder());
  for (int64_t i = first; i < first + rows; ++i) {
    EXPECT_TRUE(lists.Append().ok());
    if (i % 2 != 0) continue;
    EXPECT_TRUE(items.Append().ok());
    for (int f = 0; f < items.num_fields(); ++f) {
      if (auto* text = dynamic_cast<arrow::StringBuilder*>(items.field_builder(f)))
        EXPECT_TRUE(text->Append("m" + std::to_string(i)).ok());
      else
        EXPECT_TRUE(static_cast<arrow::DoubleBuilder&>(*items.field_builder(f))
                        .Append(static_cast<double>(i) / 2)
                        .ok());
    }
  }
  return builder->Finish().ValueOrDie();
}

template <class Builder, class Value>
std::shared_ptr<arrow::Array> Lists(int64_t rows, Value value) {
  arrow::ListBuilder lists(arrow::default_memory_pool(), std::make_shared<Builder>());
  for (int64_t i = 0; i < rows; ++i) {
    EXPECT_TRUE(lists.Append().ok());
    for (int64_t k = 0; k < i % 3; ++k)
      EXPECT_TRUE(static_cast<Builder&>(*lists.value_builder()).Append(value).ok());
  }
  return lists.Finish().ValueOrDie();
}

std::shared_ptr<arrow::RecordBatch> Rows(int64_t rows) {
  const auto n = static_cast<size_t>(rows);
  BatchBuilder builder(AllTypes(), rows);
  std::vector<base::Address> hosts, peers;
  std::vector<std::string> machines;
  std::vector<int64_t> t, counts;
  std::vector<uint16_t> ports;
  std::vector<double> x;
  std::vector<uint8_t> valid;
  for (size_t i = 0; i < n; ++i) {
    hosts.push_back(base::Address::V4(0x0a000000u + static_cast<uint32_t>(i / 5)));
    peers.push_back({0x20010db8ull << 32, base::Mix(i) % 1000});
    machines.push_back("pc-" + std::to_string(i % 7));
    t.push_back(static_cast<int64_t>(i) * 1'000'003);
    counts.push_back(static_cast<int64_t>(base::Mix(i) >> 20));
    ports.push_back(static_cast<uint16_t>(base::Mix(i)));
    x.push_back(static_cast<double>(i) / 3);
    valid.push_back(i % 4 != 0);
  }
  builder.PutAddresses("host_ip", hosts);
  builder.PutAddresses("peer", peers, valid);
  builder.PutConstant("role", "outbound");
  builder.PutTexts("machine", machines, valid);
  builder.Put("t", std::move(t));
  builder.Put("n", std::move(counts));
  builder.Put("hour", std::vector<int32_t>(n, 7));
  builder.Put("port", std::move(ports), valid);
  builder.Put("flag", std::vector<int8_t>(n, 1));
  builder.Put("x", std::move(x), valid);
  builder.PutArray("minutes", Lists<arrow::Int64Builder>(rows, 5));
  builder.PutArray("exceptions", Lists<arrow::StringBuilder>(rows, "deny_ratio=GLOBAL"));
  builder.PutArray("top_features", Features(0, rows));
  return builder.Finish().ValueOrDie();
}

std::string Write(const TemporaryFolder& folder, const EncodedFile& file) {
  Put(folder / "a.parquet", std::string(file.view()));
  return folder / "a.parquet";
}

TEST(Parquet, EveryTypeComesBackAsItWas) {
  TemporaryFolder folder;
  const auto rows = Rows(1000);
  const EncodedFile file = EncodeParquet(rows).ValueOrDie();
  EXPECT_EQ(file.rows, 1000);
  EXPECT_EQ(file.sha256, base::Sha256Hex(file.view()));
  const auto reader = ParquetReader::Open(Write(folder, file), AllTypes()).ValueOrDie();
  EXPECT_EQ(reader->rows(), 1000);
  const auto read = reader->Next().ValueOrDie();
  EXPECT_TRUE(read->schema()->Equals(*AllTypes())) << read->schema()->ToString();
  EXPECT_TRUE(read->ValidateFull().ok());
  EXPECT_TRUE(read->Equals(*rows));
  EXPECT_EQ(reader->Next().ValueOrDie(), nullptr);
}

TEST(Parquet, TheBytesDependOnTheRowsAloneNotOnTheBatches) {
  // Two row groups, and batches whose borders fall on none of theirs.
  const auto rows = Rows(kRowGroupRows + 1000);
  const EncodedFile whole = EncodeParquet(rows).ValueOrDie();
  const Batches cut = {rows->Slice(0, 3), rows->Slice(3, kRowGroupRows), rows->Slice(kRowGroupRows + 3)};
  const EncodedFile pieces = EncodeParquet(cut, rows->schema()).ValueOrDie();
  EXPECT_EQ(whole.sha256, pieces.sha256);
  TemporaryFolder folder;
  const auto reader = ParquetReader::Open(Write(folder, whole), AllTypes(), {"n", "host_ip"}).ValueOrDie();
  int64_t read = 0;
  while (const auto batch = reader->Next().ValueOrDie()) {
    EXPECT_LE(batch->num_rows(), kRowGroupRows);
    EXPECT_TRUE(batch->Equals(*rows->Slice(read, batch->num_rows())->SelectColumns({0, 5}).ValueOrDie()));
    read += batch->num_rows();
  }
  EXPECT_EQ(read, kRowGroupRows + 1000);
}

TEST(Parquet, NoRowsIsAFileWithAllColumns) {
  TemporaryFolder folder;
  const EncodedFile file = EncodeParquet({}, AllTypes()).ValueOrDie();
  EXPECT_EQ(file.rows, 0);
  const auto reader = ParquetReader::Open(Write(folder, file), AllTypes()).ValueOrDie();
  EXPECT_EQ(reader->rows(), 0);
  EXPECT_EQ(reader->Next().ValueOrDie(), nullptr);
}

TEST(Parquet, AddressesAreTextInTheFile) {
  TemporaryFolder folder;
  const std::string path = Write(folder, EncodeParquet(Rows(2)).ValueOrDie());
  const auto text =
      arrow::schema({arrow::field("host_ip", arrow::utf8(), false), arrow::field("peer", arrow::utf8())});
  const auto read = ParquetReader::Open(path, text).ValueOrDie()->Next().ValueOrDie();
  EXPECT_EQ(catalogue::TextsOf(*read, "host_ip").ValueOrDie()[0], "10.0.0.0");
  EXPECT_TRUE(read->column(1)->IsNull(0));
  EXPECT_THAT(std::string(catalogue::TextsOf(*read, "peer").ValueOrDie()[1]),
              testing::StartsWith("2001:db8::"));
}

TEST(Parquet, ErrorsNameFileAndColumn) {
  TemporaryFolder folder;
  const std::string path = Write(folder, EncodeParquet(Rows(2)).ValueOrDie());
  const auto open = [&](const std::string& name, std::shared_ptr<arrow::DataType> type) {
    return ParquetReader::Open(path, arrow::schema({arrow::field(name, std::move(type))}))
        .ValueOrDie()
        ->Next()
        .status()
        .message();
  };
  EXPECT_THAT(open("absent", arrow::int64()), HasSubstr(path + ": column 'absent' is missing"));
  EXPECT_THAT(open("x", arrow::int64()), HasSubstr(path + ": column 'x' has type double, not int64"));
  EXPECT_THAT(open("role", arrow::fixed_size_binary(16)),
              HasSubstr("column 'role' 'outbound' is no IP address"));
  Put(folder / "text", "no Parquet at all");
  EXPECT_THAT(ParquetReader::Open(folder / "text", AllTypes()).status().message(),
              HasSubstr(folder / "text"));
  const Batches one = {Rows(1)};
  EXPECT_FALSE(EncodeParquet(one, one[0]->SelectColumns({0}).ValueOrDie()->schema()).ok());
}

}  // namespace
}  // namespace ndr::storage
