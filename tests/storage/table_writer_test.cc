// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/table_writer.h"

#include <arrow/array.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "ndr/base/address.h"
#include "ndr/base/exit_code.h"
#include "ndr/base/hash.h"
#include "ndr/storage/hive_path.h"
#include "ndr/storage/object_store.h"
#include "ndr/storage/parquet_file.h"
#include "temporary_folder.h"

namespace ndr::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const auto kCountedSchema =
    arrow::schema({arrow::field("day", arrow::utf8()), arrow::field("hour", arrow::int64()),
                   arrow::field("n", arrow::int64())});

// Rows of a day (null: none), an hour and a number.
struct Counted {
  std::optional<std::string> day;
  int64_t hour = 0, n = 0;
};

std::shared_ptr<arrow::Table> CountedTable(const std::vector<Counted>& rows) {
  arrow::StringBuilder days;
  arrow::Int64Builder hours, numbers;
  for (const Counted& row : rows) {
    EXPECT_TRUE((row.day ? days.Append(*row.day) : days.AppendNull()).ok());
    EXPECT_TRUE(hours.Append(row.hour).ok() && numbers.Append(row.n).ok());
  }
  return arrow::Table::Make(kCountedSchema, {days.Finish().ValueOrDie(), hours.Finish().ValueOrDie(),
                                             numbers.Finish().ValueOrDie()});
}

// Paths below a folder, without those of the store's own.
std::vector<std::string> FilesIn(const TemporaryFolder& folder) {
  std::vector<std::string> names;
  for (const auto& object : OpenStore(folder.path()).ValueOrDie()->List("").ValueOrDie())
    if (!IsHiddenPath(object.name)) names.push_back(object.name);
  return names;
}

// `<folder>: n n n` of each file.
std::vector<std::string> Numbers(const TemporaryFolder& folder) {
  std::vector<std::string> lines;
  for (const std::string& name : FilesIn(folder)) {
    const auto schema = arrow::schema({arrow::field("n", arrow::int64())});
    const auto reader = ParquetReader::Open(folder / name, schema).ValueOrDie();
    std::string line = name.substr(0, std::max<size_t>(name.rfind('/') + 1, 1) - 1) + ":";
    while (const auto batch = reader->Next().ValueOrDie()) {
      const auto& numbers = static_cast<const arrow::Int64Array&>(*batch->column(0));
      for (int64_t i = 0; i < numbers.length(); ++i) line += " " + std::to_string(numbers.Value(i));
    }
    lines.push_back(line);
  }
  return lines;
}

const auto kFirst = CountedTable({{"mon", 1, 10}, {"tue", 1, 11}, {"mon", 1, 12}, {"mon", 2, 13}});
const auto kTuesday = CountedTable({{"tue", 1, 20}});

TEST(TableWriter, FilesStandInFoldersOfTheirPartitionsAndHoldTheOtherColumns) {
  TemporaryFolder folder;
  ASSERT_TRUE(WriteParquet(*kFirst, folder.path(), {"day", "hour"}).ok());
  EXPECT_THAT(Numbers(folder),
              ElementsAre("day=mon/hour=1: 10 12", "day=mon/hour=2: 13", "day=tue/hour=1: 11"));
  for (const std::string& name : FilesIn(folder)) {
    const std::string digits = base::Sha256Hex(folder.Get(name)).substr(0, 8);
    EXPECT_THAT(name, testing::EndsWith("/part-" + digits + ".parquet"));
    const auto whole = ParquetReader::Open(folder / name, kCountedSchema).ValueOrDie()->Next();
    EXPECT_THAT(whole.status().message(), HasSubstr("column 'day' is missing"));
  }
}

TEST(TableWriter, OverwritesThePartitionsThatRowsGoToAndNoOthers) {
  TemporaryFolder folder;
  ASSERT_TRUE(WriteParquet(*kFirst, folder.path(), {"day"}).ok());
  folder.Put("day=tue/notes.txt", "not ours");
  folder.Put("day=tue/_old/a.parquet", "hidden");
  ASSERT_TRUE(WriteParquet(*kTuesday, folder.path(), {"day"}).ok());
  EXPECT_TRUE(folder.Has("day=tue/notes.txt") && folder.Has("day=tue/_old/a.parquet"));
  std::filesystem::remove(folder / "day=tue/notes.txt");
  EXPECT_THAT(Numbers(folder), ElementsAre("day=mon: 10 12 13", "day=tue: 20"));
}

TEST(TableWriter, OverwritesAll) {
  TemporaryFolder folder;
  ASSERT_TRUE(WriteParquet(*kFirst, folder.path(), {"day"}).ok());
  ASSERT_TRUE(WriteParquet(*kTuesday, folder.path(), {"day"}, WriteMode::kOverwriteAll).ok());
  EXPECT_THAT(Numbers(folder), ElementsAre("day=tue: 20"));
  // Without partitions the folder is the one partition; no rows are a file of none.
  ASSERT_TRUE(WriteParquet(*kTuesday->Slice(1), folder.path()).ok());
  EXPECT_THAT(Numbers(folder), ElementsAre(":"));
  // With partitions, no rows are no files.
  ASSERT_TRUE(WriteParquet(*kTuesday->Slice(1), folder.path(), {"day"}, WriteMode::kOverwriteAll).ok());
  EXPECT_THAT(FilesIn(folder), ElementsAre());
}

TEST(TableWriter, AppendsOnceAndReplacesNothing) {
  TemporaryFolder folder;
  ASSERT_TRUE(WriteParquet(*kFirst, folder.path(), {"day"}).ok());
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(WriteParquet(*kTuesday, folder.path(), {"day"}, WriteMode::kAppend).ok());
  EXPECT_THAT(Numbers(folder),
              testing::UnorderedElementsAre("day=mon: 10 12 13", "day=tue: 11", "day=tue: 20"));
  TemporaryFolder other;
  ASSERT_TRUE(WriteParquet(*kTuesday, other.path(), {"day"}, WriteMode::kAppend).ok());
  const std::string name = FilesIn(other).at(0);
  other.Put(name, "another file of that name");
  const auto status = WriteParquet(*kTuesday, other.path(), {"day"}, WriteMode::kAppend);
  EXPECT_EQ(base::ExitCode(status), base::kExitContract);
  EXPECT_THAT(status.message(), HasSubstr(other / name + " is there already with other content"));
  EXPECT_EQ(other.Get(name), "another file of that name");
}

TEST(TableWriter, WritesOnlyWhereNothingIsIfAsked) {
  TemporaryFolder folder;
  ASSERT_TRUE(WriteParquet(*kFirst, folder / "new", {"day"}, WriteMode::kErrorIfExists).ok());
  const auto status = WriteParquet(*kTuesday, folder / "new", {"day"}, WriteMode::kErrorIfExists);
  EXPECT_EQ(base::ExitCode(status), base::kExitUsage);
  EXPECT_THAT(status.message(), HasSubstr(folder / "new is not empty"));
}

TEST(TableWriter, NothingButPartitionsIsOverwrittenUnderCommitRecords) {
  TemporaryFolder root;
  root.Put("_commits/delta/x.json", "{}");
  root.Put("fg_a/part-0.parquet", "kept");
  for (const WriteMode mode : {WriteMode::kAppend, WriteMode::kOverwriteAll, WriteMode::kErrorIfExists})
    for (const char* base : {"fg_a", "mine/deep"}) {
      const auto status = WriteParquet(*kFirst, root / base, {"day"}, mode);
      EXPECT_EQ(base::ExitCode(status), base::kExitUsage);
      EXPECT_THAT(status.message(), HasSubstr("/" + std::string(base) + ": "));
      EXPECT_THAT(status.message(), HasSubstr("has commit records"));
    }
  EXPECT_EQ(base::ExitCode(WriteParquet(*kFirst, root.path(), {}, WriteMode::kOverwritePartition)),
            base::kExitUsage);
  EXPECT_THAT(FilesIn(root), ElementsAre("fg_a/part-0.parquet"));
  EXPECT_TRUE(WriteParquet(*kFirst, root / "mine", {"day"}).ok());
}

TEST(TableWriter, ColumnsThatNoPartitionIsMadeOfAreRefused) {
  TemporaryFolder folder;
  const auto say = [&](const arrow::Table& table, const std::vector<std::string>& columns) {
    const auto status = WriteParquet(table, folder.path(), columns);
    EXPECT_EQ(base::ExitCode(status), base::kExitUsage);
    return status.message();
  };
  EXPECT_THAT(say(*kFirst, {"dya"}),
              HasSubstr(folder.path() + ": partition column 'dya' is not in the table"));
  EXPECT_THAT(say(*kFirst, {"day", "day"}), HasSubstr("'day' is named twice"));
  EXPECT_THAT(say(*kFirst, {"day", "hour", "n"}), HasSubstr("all columns are partition columns"));
  const auto twice = kFirst->RenameColumns({"day", "n", "n"}).ValueOrDie();
  EXPECT_THAT(say(*twice, {"day"}), HasSubstr("two columns 'n'"));
  const auto x = arrow::Table::Make(
      arrow::schema({arrow::field("x", arrow::float64()), arrow::field("n", arrow::int64())}),
      {arrow::MakeArrayOfNull(arrow::float64(), 1).ValueOrDie(),
       arrow::MakeArrayOfNull(arrow::int64(), 1).ValueOrDie()});
  EXPECT_THAT(say(*x, {"x"}), HasSubstr("'x' has type double"));
  EXPECT_THAT(FilesIn(folder), ElementsAre());
}

TEST(TableWriter, NullsAndOddCharactersAreWrittenAsHiveDoes) {
  TemporaryFolder folder;
  const auto rows =
      CountedTable({{std::nullopt, 1, 1}, {"", 1, 2}, {"a/b=c%", 1, 3}, {"ü }", 1, 4}, {"x:y\n", 1, 5}});
  ASSERT_TRUE(WriteParquet(*rows, folder.path(), {"day"}).ok());
  EXPECT_THAT(Numbers(folder),
              testing::UnorderedElementsAre("day=__HIVE_DEFAULT_PARTITION__: 1 2", "day=a%2Fb%3Dc%25: 3",
                                            "day=ü }: 4", "day=x%3Ay%0A: 5"));
  const auto parts = HivePartsOf("s3://b/day=a%2Fb%3Dc%25/hour=__HIVE_DEFAULT_PARTITION__/z=9%/n=7");
  ASSERT_EQ(parts.size(), 3);
  EXPECT_EQ(parts[0], std::make_pair(std::string("day"), std::optional<std::string>("a/b=c%")));
  EXPECT_EQ(parts[1].second, std::nullopt);
  EXPECT_EQ(parts[2].second, "9%");
}

TEST(TableWriter, IntegersBooleansDatesAndAddressesAreText) {
  TemporaryFolder folder;
  arrow::FixedSizeBinaryBuilder addresses(arrow::fixed_size_binary(16));
  uint8_t address[base::kAddressBytes];
  base::Address::V4(0x0a000001).ToBytes(address);
  EXPECT_TRUE(addresses.Append(address).ok());
  arrow::Date32Builder dates;
  arrow::BooleanBuilder flags;
  arrow::Int64Builder numbers;
  EXPECT_TRUE(dates.Append(19833).ok() && flags.Append(true).ok() && numbers.Append(-5).ok());  // 2024-04-20
  const auto n = numbers.Finish().ValueOrDie();
  const auto schema = arrow::schema({arrow::field("a", arrow::fixed_size_binary(16)),
                                     arrow::field("d", arrow::date32()), arrow::field("f", arrow::boolean()),
                                     arrow::field("i", arrow::int64()), arrow::field("n", arrow::int64())});
  const auto table = arrow::Table::Make(schema, {addresses.Finish().ValueOrDie(), dates.Finish().ValueOrDie(),
                                                 flags.Finish().ValueOrDie(), n, n});
  ASSERT_TRUE(WriteParquet(*table, folder.path(), {"a", "d", "f", "i"}).ok());
  EXPECT_THAT(Numbers(folder), ElementsAre("a=10.0.0.1/d=2024-04-20/f=true/i=-5: -5"));
}

TEST(TableWriter, AStreamGivesTheSameFilesHoweverItIsCut) {
  // 1,200,000 rows: above the million that is held, so that a partition is closed before the end.
  arrow::Int64Builder days, numbers;
  for (int64_t i = 0; i < 1'200'000; ++i) EXPECT_TRUE(days.Append(i % 3 == 0).ok() && numbers.Append(i).ok());
  const auto schema = arrow::schema({arrow::field("day", arrow::int64()), arrow::field("n", arrow::int64())});
  const auto table = arrow::Table::Make(schema, {days.Finish().ValueOrDie(), numbers.Finish().ValueOrDie()});
  std::vector<std::vector<std::string>> files;
  for (const int64_t chunk : {1'200'000, 77'777}) {
    TemporaryFolder folder;
    arrow::TableBatchReader rows(*table);
    rows.set_chunksize(chunk);
    ASSERT_TRUE(WriteParquetPartitioned(&rows, folder.path(), {"day"}).ok());
    files.push_back(FilesIn(folder));
  }
  EXPECT_EQ(files[0].size(), 3);
  EXPECT_EQ(files[0], files[1]);
}

TEST(TableWriter, ErrorsNameThePlace) {
  TemporaryFolder folder;
  folder.Put("file", "no folder");
  EXPECT_THAT(WriteParquet(*kFirst, folder / "file", {"day"}).message(), HasSubstr(folder / "file"));
  EXPECT_THAT(WriteParquet(*kFirst, "gs://bucket", {}).message(),
              HasSubstr("'gs://bucket' is neither a folder nor"));
}

}  // namespace
}  // namespace ndr::storage
