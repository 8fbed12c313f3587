// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/quarantine.h"

#include <arrow/array.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include "ndr/catalogue/batch.h"
#include "temporary_folder.h"

namespace ndr::storage {
namespace {

const InputIdentity kInput{"conn.log", 1000, std::string(64, 'a')};

std::shared_ptr<arrow::Schema> Columns() {
  return arrow::schema(
      {arrow::field("file", arrow::utf8(), false), arrow::field("byte_offset", arrow::int64(), false),
       arrow::field("rule", arrow::utf8(), false), arrow::field("reason", arrow::utf8(), false),
       arrow::field("first_bytes", arrow::binary(), false)});
}

TEST(Quarantine, HoldsRowsByOffsetAndTheFirstBytesOnly) {
  TemporaryFolder root;
  const auto writer = Writer::Open(root.path()).ValueOrDie();
  QuarantineFile file(writer.get());
  ASSERT_TRUE(file.Add(500, "unparsable", "no JSON", std::string(5000, 'x')).ok());
  ASSERT_TRUE(file.Add(20, "malformed_address", "'10.0.0.256' is no address", "\xff line").ok());
  EXPECT_EQ(file.rows(), 2);
  ASSERT_TRUE(file.Finish("v1", kInput).ok());
  const std::string path = root / QuarantinePath("v1", kInput.sha256);
  const auto rows = ParquetReader::Open(path, Columns()).ValueOrDie()->Next().ValueOrDie();
  ASSERT_EQ(rows->num_rows(), 2);
  EXPECT_EQ(catalogue::Values<int64_t>(*rows, "byte_offset").ValueOrDie()[0], 20);
  EXPECT_EQ(catalogue::TextsOf(*rows, "rule").ValueOrDie()[0], "malformed_address");
  EXPECT_EQ(catalogue::TextsOf(*rows, "file").ValueOrDie()[1], "conn.log");
  EXPECT_EQ(catalogue::TextsOf(*rows, "reason").ValueOrDie()[1], "no JSON");
  const auto& bytes = static_cast<const arrow::BinaryArray&>(*rows->GetColumnByName("first_bytes"));
  EXPECT_EQ(bytes.GetView(0), "\xff line");
  EXPECT_EQ(bytes.GetView(1), std::string(4096, 'x'));
}

TEST(Quarantine, RunningAgainNeverDoublesAndACleanRunRemoves) {
  TemporaryFolder root;
  const auto writer = Writer::Open(root.path()).ValueOrDie();
  const std::string path = root / QuarantinePath("v1", kInput.sha256);
  auto run = [&](int rows) {
    QuarantineFile file(writer.get());
    for (int i = 0; i < rows; ++i) EXPECT_TRUE(file.Add(i, "unparsable", "r", "b").ok());
    EXPECT_TRUE(file.Finish("v1", kInput).ok());
  };
  run(3);
  const std::string first = BytesOf(path);
  run(3);
  EXPECT_EQ(BytesOf(path), first);
  run(0);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Quarantine, BeyondItsMemoryTheSameFileComesOut) {
  // 10,000 rows of 4,096 bytes: 40 MB, so two of three parts go over the disk.
  TemporaryFolder root;
  const auto writer = Writer::Open(root.path()).ValueOrDie();
  QuarantineFile file(writer.get());
  for (int i = 9'999; i >= 0; --i)
    ASSERT_TRUE(
        file.Add(i, "unparsable", std::to_string(i), std::string(4096, static_cast<char>('a' + i % 26)))
            .ok());
  ASSERT_TRUE(file.Finish("v1", kInput).ok());
  const auto reader = ParquetReader::Open(root / QuarantinePath("v1", kInput.sha256), Columns()).ValueOrDie();
  int64_t expected = 0;
  while (const auto rows = reader->Next().ValueOrDie()) {
    const auto& bytes = static_cast<const arrow::BinaryArray&>(*rows->GetColumnByName("first_bytes"));
    const auto reasons = catalogue::TextsOf(*rows, "reason").ValueOrDie();
    for (int64_t i = 0; i < rows->num_rows(); ++i, ++expected) {
      ASSERT_EQ(reasons[static_cast<size_t>(i)], std::to_string(expected));
      ASSERT_EQ(bytes.GetView(i)[4095], static_cast<char>('a' + expected % 26));
    }
  }
  EXPECT_EQ(expected, 10'000);
}

}  // namespace
}  // namespace ndr::storage
