// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/table_reader.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/util/compression.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ndr/base/exit_code.h"
#include "ndr/storage/parquet_file.h"
#include "ndr/storage/table_source.h"
#include "ndr/storage/table_writer.h"
#include "temporary_folder.h"

namespace ndr::storage {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

// Each row as `a|b`, then the error if there is one.
std::vector<std::string> RowsOf(const std::vector<std::string>& inputs, TableOptions options = {}) {
  const auto reader = TableReader::Open(inputs, std::move(options));
  if (!reader.ok()) return {reader.status().message()};
  std::vector<std::string> lines;
  while (true) {
    const auto read = (*reader)->Next();
    if (!read.ok()) lines.push_back(read.status().message());
    if (!read.ok() || *read == nullptr) return lines;
    const auto& batch = **read;
    EXPECT_TRUE(batch.ValidateFull().ok());
    EXPECT_TRUE(batch.schema()->Equals(*(*reader)->schema()));
    for (int64_t row = 0; row < batch.num_rows(); ++row) {
      std::string line;
      for (const auto& column : batch.columns())
        line += (line.empty() ? "" : "|") + column->GetScalar(row).ValueOrDie()->ToString();
      lines.push_back(line);
    }
  }
}

std::string Packed(arrow::Compression::type kind, const std::string& text) {
  const auto codec = arrow::util::Codec::Create(kind).ValueOrDie();
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  std::string out(static_cast<size_t>(codec->MaxCompressedLen(static_cast<int64_t>(text.size()), bytes)),
                  '\0');
  const int64_t n = codec
                        ->Compress(static_cast<int64_t>(text.size()), bytes, static_cast<int64_t>(out.size()),
                                   reinterpret_cast<uint8_t*>(out.data()))
                        .ValueOrDie();
  out.resize(static_cast<size_t>(n));
  return out;
}

// A Parquet file of what a JSON Lines file holds, in row groups of so many rows.
void PutParquet(const TemporaryFolder& folder, const std::string& name, const std::string& json,
                int64_t group_rows = kRowGroupRows) {
  folder.Put("_source/rows.json", json);
  const auto reader = TableReader::Open({folder / "_source/rows.json"}).ValueOrDie();
  const auto encoder =
      ParquetEncoder::Make(reader->schema(), group_rows, /*all_statistics=*/true).ValueOrDie();
  while (const auto batch = reader->Next().ValueOrDie()) ASSERT_TRUE(encoder->Append(batch).ok());
  folder.Put(name, std::string(encoder->Finish().ValueOrDie().view()));
}

const char kTwoHosts[] = "{\"host\":\"a\",\"n\":1}\n{\"host\":\"b\",\"n\":2}\n";

TEST(TableReader, ReadsEveryFormatPlainOrPacked) {
  TemporaryFolder folder;
  const std::string csv = "host,n\na,1\nb,2\n";
  folder.Put("1.csv", csv);
  folder.Put("2.csv.gz", Packed(arrow::Compression::GZIP, csv));
  folder.Put("3.jsonl", kTwoHosts);
  folder.Put("4.json.zst", Packed(arrow::Compression::ZSTD, kTwoHosts));
  folder.Put("5.ndjson", "");
  PutParquet(folder, "6.parquet", kTwoHosts);
  std::vector<std::string> expected;
  for (int i = 0; i < 5; ++i) expected.insert(expected.end(), {"a|1", "b|2"});
  EXPECT_EQ(RowsOf({folder.path()}), expected);
  EXPECT_THAT(RowsOf({folder / "[24].*"}), ElementsAre("a|1", "b|2", "a|1", "b|2"));
  EXPECT_THAT(RowsOf({folder / "1.csv", folder / "1.csv"}), ElementsAre("a|1", "b|2"));
  folder.Put("7.txt", csv);
  EXPECT_THAT(RowsOf({folder.path()}), ElementsAre(HasSubstr(folder / "7.txt is of no known format")));
  EXPECT_THAT(RowsOf({folder / "7.txt"}, {.format = TableFormat::kCsv}), ElementsAre("a|1", "b|2"));
  EXPECT_THAT(RowsOf({folder / "nothing"}), ElementsAre(HasSubstr(folder / "nothing")));
}

TEST(TableReader, ColumnsLeaveInTheOrderAskedFor) {
  TemporaryFolder folder;
  PutParquet(folder, "dt=x/1.parquet", kTwoHosts);
  EXPECT_THAT(RowsOf({folder.path()}), ElementsAre("a|1|x", "b|2|x"));
  EXPECT_THAT(RowsOf({folder.path()}, {.columns = {"n", "host"}}), ElementsAre("1|a", "2|b"));
  // Rows are counted even where no column of the file is read.
  EXPECT_THAT(RowsOf({folder.path()}, {.columns = {"dt"}}), ElementsAre("x", "x"));
  EXPECT_THAT(RowsOf({folder.path()}, {.columns = {"nn"}}), ElementsAre("no column 'nn' in the table"));
}

TEST(TableReader, FilesOfOtherPartitionsAreNotTouched) {
  TemporaryFolder folder;
  for (const char* day : {"hh=9", "hh=10", "hh=11", "hh=__HIVE_DEFAULT_PARTITION__"})
    folder.Put(std::string(day) + "/a.csv", "n\n7\n");
  // No CSV file: to open it is an error.
  const auto spoil = [&](const std::string& day) { folder.Put(day + "/b.parquet", "no Parquet"); };
  spoil("hh=9");
  spoil("hh=__HIVE_DEFAULT_PARTITION__");
  using enum TableComparison;
  const auto rows = [&](std::vector<TableCondition> conditions) {
    return RowsOf({folder.path()}, {.partitions = std::move(conditions)});
  };
  EXPECT_THAT(rows({{"hh", kAbove, "9"}}), ElementsAre("7|10", "7|11"));
  EXPECT_THAT(rows({{"hh", kFrom, "10"}, {"hh", kBelow, "11"}}), ElementsAre("7|10"));
  EXPECT_THAT(rows({{"hh", kEqual, "11"}}), ElementsAre("7|11"));
  EXPECT_THAT(rows({{"hh", kFrom, "10"}, {"hh", kUpTo, "10"}}), ElementsAre("7|10"));
  EXPECT_THAT(rows({{"hh", kAbove, "11"}}), ElementsAre());
  EXPECT_THAT(rows({{"dt", kAbove, "11"}}), ElementsAre(HasSubstr("hh=10/a.csv has no partition 'dt'")));
  EXPECT_THAT(rows({{"hh", kEqual, "9"}}), testing::Contains(HasSubstr(folder / "hh=9/b.parquet")));
}

TEST(TableReader, RowGroupsThatStatisticsExcludeAreNotRead) {
  TemporaryFolder folder;
  // Three row groups: 1 2, 3 4, 5 6.
  std::string json;
  for (int i = 1; i <= 6; ++i)
    json += "{\"n\":" + std::to_string(i) + ",\"x\":" + std::to_string(i) + ".5,\"t\":\"2024-04-0" +
            std::to_string(i) + "T00:00:00Z\"}\n";
  PutParquet(folder, "a.parquet", json, 2);
  using enum TableComparison;
  const auto rows = [&](std::vector<TableCondition> conditions) {
    return RowsOf({folder.path()}, {.columns = {"n"}, .row_groups = std::move(conditions)});
  };
  EXPECT_THAT(rows({{"n", kEqual, "3"}}), ElementsAre("3", "4"));  // rows are not looked at
  EXPECT_THAT(rows({{"n", kAbove, "4"}}), ElementsAre("5", "6"));
  EXPECT_THAT(rows({{"n", kFrom, "4"}}), ElementsAre("3", "4", "5", "6"));
  EXPECT_THAT(rows({{"n", kBelow, "3"}}), ElementsAre("1", "2"));
  EXPECT_THAT(rows({{"n", kUpTo, "3"}}), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(rows({{"x", kAbove, "2.5"}, {"x", kBelow, "5.5"}}), ElementsAre("3", "4"));
  EXPECT_THAT(rows({{"t", kFrom, "2024-04-05T00:00:00Z"}}), ElementsAre("5", "6"));
  EXPECT_THAT(rows({{"n", kEqual, "many"}}),
              ElementsAre(AllOf(HasSubstr(folder / "a.parquet"), HasSubstr("'many'"))));
  EXPECT_THAT(rows({{"m", kEqual, "1"}}), ElementsAre(HasSubstr("no column 'm'")));
}

TEST(TableReader, FilesThatDoNotAgreeAreNamedWithColumnAndTypes) {
  TemporaryFolder folder;
  PutParquet(folder, "a.parquet", kTwoHosts);
  PutParquet(folder, "b.parquet", "{\"host\":\"c\",\"n\":\"three\"}");
  folder.Put("c.csv", "host,n\nc,three\n");
  folder.Put("d.json", "{\"host\":\"c\",\"n\":\"three\"}");
  for (const char* other : {"b.parquet", "c.csv", "d.json"}) {
    const auto reader = TableReader::Open({folder / "a.parquet", folder / other}).ValueOrDie();
    EXPECT_EQ(reader->Next().ValueOrDie()->num_rows(), 2);
    const auto status = reader->Next().status();
    EXPECT_EQ(status.message(),
              folder / other + ": column 'n' has type string, but int64 in " + folder / "a.parquet");
    EXPECT_EQ(base::ExitCode(status), base::kExitContract);
  }
  folder.Put("e.csv", "host,n,x\nc,3,4\n");
  folder.Put("f.csv", "host\nc\n");
  folder.Put("g.json", "{\"x\":5}");
  const auto last = [&](const std::string& other) {
    return RowsOf({folder / "a.parquet", folder / other}).back();
  };
  EXPECT_THAT(last("e.csv"), HasSubstr(folder / "e.csv: column 'x' (int64) is not in the table"));
  EXPECT_THAT(last("f.csv"), HasSubstr(folder / "f.csv: column 'n' (int64) is missing"));
  EXPECT_THAT(last("g.json"), HasSubstr(folder / "g.json: column 'x' (int64) is not in the table"));
}

TEST(TableReader, SchemasAreUnitedOnRequest) {
  TemporaryFolder folder;
  PutParquet(folder, "a.parquet", kTwoHosts);
  folder.Put("b.csv", "x,host\n4,c\n");
  folder.Put("dt=y/c.json", "{\"n\":3}");
  EXPECT_THAT(RowsOf({folder.path()}, {.union_schemas = true}),
              ElementsAre("a|1|null|null", "b|2|null|null", "c|null|4|null", "null|3|null|y"));
  PutParquet(folder, "d.parquet", "{\"n\":true}");
  EXPECT_THAT(
      RowsOf({folder.path()}, {.union_schemas = true}),
      ElementsAre(folder / "d.parquet: column 'n' has type bool, but int64 in " + folder / "a.parquet"));
}

TEST(TableReader, AGivenSchemaDecides) {
  TemporaryFolder folder;
  const auto schema =
      arrow::schema({arrow::field("host", arrow::fixed_size_binary(16)), arrow::field("n", arrow::float64()),
                     arrow::field("hh", arrow::int64())});
  folder.Put("hh=03/a.csv", "host,n\n10.0.0.1,1\n");
  folder.Put("hh=04/b.json", "{\"host\":\"10.0.0.2\",\"n\":2}\n{\"host\":\"10.0.0.3\"}\n");
  const auto mapped = [](char last) {
    return std::string(10, '\0') + "\xff\xff\x0a" + std::string(2, '\0') + last;
  };
  EXPECT_THAT(RowsOf({folder.path()}, {.schema = schema}),
              ElementsAre(mapped(1) + "|1|3", mapped(2) + "|2|4", mapped(3) + "|null|4"));
  folder.Put("hh=05/c.csv", "host,n\n10.0.0.1,many\n");
  EXPECT_EQ(RowsOf({folder / "hh=05"}, {.schema = schema}).back(),
            folder / "hh=05/c.csv: column 'n' has type string, but double in the schema that is given");
  folder.Put("hh=06/d.csv", "n,y\n1,2\n");
  EXPECT_THAT(RowsOf({folder / "hh=06"}, {.schema = schema}).back(),
              HasSubstr("column 'y' (int64) is not in the"));
  EXPECT_THAT(RowsOf({folder / "hh=06"}, {.schema = schema, .union_schemas = true}), ElementsAre("null|1|6"));
  folder.Put("hh=late/e.csv", "host,n\n10.0.0.1,1\n");
  EXPECT_THAT(RowsOf({folder / "hh=late"}, {.schema = schema}).back(),
              HasSubstr("partition 'hh' is 'late', which is no value of type int64"));
  EXPECT_THAT(
      RowsOf({folder / "hh=03"}, {.schema = schema, .partitions = {{"hh", TableComparison::kAbove, "3"}}}),
      ElementsAre());
}

TEST(TableReader, WhatTheWriterWroteComesBack) {
  TemporaryFolder folder;
  folder.Put("in.json", "{\"d\":\"a/b=c%\",\"n\":1}\n{\"d\":null,\"n\":2}\n{\"d\":\"x:y\",\"n\":3}\n");
  const auto reader = TableReader::Open({folder / "in.json"}).ValueOrDie();
  const auto table = arrow::Table::FromRecordBatches({reader->Next().ValueOrDie()}).ValueOrDie();
  ASSERT_TRUE(WriteParquet(*table, folder / "out", {"d"}).ok());
  folder.Put("out/_temporary/b.parquet", "hidden");
  folder.Put("out/.c.parquet", "hidden");
  EXPECT_THAT(RowsOf({folder / "out"}), ElementsAre("2|null", "1|a/b=c%", "3|x:y"));
}

TEST(TableReader, HundredsOfFilesAreOneStream) {
  TemporaryFolder folder;
  std::vector<std::string> expected;
  for (int i = 100; i < 300; ++i) {
    folder.Put(std::to_string(i) + ".csv", "n\n" + std::to_string(i) + "\n");
    expected.push_back(std::to_string(i));
  }
  EXPECT_EQ(RowsOf({folder.path()}), expected);
}

TEST(TableReader, TextFilesOfManyBlocksAreReadToTheEnd) {
  // 5,000 rows of 1,000 bytes and more: beyond the 4 MiB that types are inferred from.
  TemporaryFolder folder, other;
  const std::string long_text(1000, 'x');
  std::string csv = "s,n\n", json;
  for (int i = 0; i < 5000; ++i) csv += long_text + ",1\n";
  for (int i = 0; i < 5000; ++i) json += "{\"s\":\"" + long_text + "\",\"n\":1}\n";
  folder.Put("a.csv", csv);
  EXPECT_EQ(RowsOf({folder.path()}).size(), 5000);
  folder.Put("a.csv", csv + "x,late\n");
  EXPECT_THAT(RowsOf({folder.path()}).back(), AllOf(HasSubstr(folder / "a.csv: "), HasSubstr("'late'")));
  other.Put("a.json", json + "{\"n\":1,\"late\":2}\n");
  EXPECT_THAT(RowsOf({other.path()}).back(),
              AllOf(HasSubstr(other / "a.json: "), HasSubstr("unexpected field")));
}

TEST(TableReader, DamagedFilesAreNamed) {
  TemporaryFolder folder;
  const std::string packed = Packed(arrow::Compression::GZIP, "n\n1\n2\n");
  folder.Put("a.csv.gz", packed.substr(0, packed.size() - 6));
  EXPECT_THAT(RowsOf({folder.path()}).back(), HasSubstr(folder / "a.csv.gz"));
  TemporaryFolder other;
  PutParquet(other, "a.parquet", kTwoHosts);
  std::string bytes = other.Get("a.parquet");
  bytes[30] = static_cast<char>(bytes[30] ^ 0x40);  // in the first page
  other.Put("a.parquet", bytes);
  EXPECT_THAT(RowsOf({other.path()}).back(), HasSubstr(other / "a.parquet"));
}

// Neither name nor looks decide: 007 is a text where it is to be one.
TEST(OpenParquetOrCsv, ByTheFirstBytes) {
  const TemporaryFolder folder;
  const std::string csv = "host,n,tag\na,1,007\n";
  folder.Put("csv", csv);
  folder.Put("packed", Packed(arrow::Compression::GZIP, csv));
  PutParquet(folder, "parquet.csv", R"({"host":"a","n":1,"tag":"007"})");
  for (const char* name : {"csv", "packed", "parquet.csv"}) {
    const auto all = OpenParquetOrCsv(folder / name, {"tag"}).ValueOrDie();
    EXPECT_EQ(all->schema().ToString(), "host: string\nn: int64\ntag: string") << name;
    EXPECT_EQ(all->Next().ValueOrDie()->GetColumnByName("tag")->GetScalar(0).ValueOrDie()->ToString(), "007");
    const auto some = OpenParquetOrCsv(folder / name, {"tag"}, {"tag"}).ValueOrDie();
    EXPECT_EQ(some->Next().ValueOrDie()->schema()->ToString(), "tag: string") << name;
    EXPECT_EQ(some->Next().ValueOrDie(), nullptr);
  }
}

TEST(OpenParquetOrCsv, AColumnThatIsNotThereIsNoFileThatIsNotThere) {
  const TemporaryFolder folder;
  folder.Put("csv", "host\na\n");
  EXPECT_TRUE(OpenParquetOrCsv(folder / "none", {"host"}).status().IsKeyError());
  const auto status = OpenParquetOrCsv(folder / "csv", {"tag"}, {"tag"}).status();
  EXPECT_FALSE(status.IsKeyError());
  EXPECT_THAT(status.message(), HasSubstr("'tag'"));
}

}  // namespace
}  // namespace ndr::storage
