// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/spine.h"

#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ndr/base/exit_code.h"
#include "ndr/storage/parquet_file.h"
#include "temporary_folder.h"

namespace ndr::feature_store {
namespace {

constexpr const char* kInstant = "2024-04-20T12:00:00Z";

// Five rows of 10.0.0.1 to 10.0.0.5.
std::string Csv() {
  std::string text = "host_ip,time,label\n";
  for (int i = 1; i <= 5; ++i) text += "10.0.0." + std::to_string(i) + "," + kInstant + ",1\n";
  return text;
}

std::string Parquet(int64_t group_rows) {
  arrow::StringBuilder hosts, times;
  for (int i = 1; i <= 5; ++i) {
    EXPECT_TRUE(hosts.Append("10.0.0." + std::to_string(i)).ok());
    EXPECT_TRUE(times.Append(kInstant).ok());
  }
  const auto schema =
      arrow::schema({arrow::field("host_ip", arrow::utf8()), arrow::field("time", arrow::utf8())});
  const auto encoder = storage::ParquetEncoder::Make(schema, group_rows).ValueOrDie();
  EXPECT_TRUE(encoder->Append(arrow::RecordBatch::Make(schema, 5, {*hosts.Finish(), *times.Finish()})).ok());
  return std::string(encoder->Finish().ValueOrDie().view());
}

// Of three rows and two, whatever a file's row groups.
TEST(SpineReader, PassesAreOfSoManyRows) {
  const TemporaryFolder folder;
  for (const std::string& bytes : {Csv(), Parquet(1), Parquet(2), Parquet(5)}) {
    folder.Put("spine", bytes);
    const auto reader = SpineReader::Open(folder / "spine", "|outbound|w_1h", 3).ValueOrDie();
    const auto first = reader->Next().ValueOrDie(), second = reader->Next().ValueOrDie();
    EXPECT_THAT(first->entities, ::testing::ElementsAre("10.0.0.1|outbound|w_1h", "10.0.0.2|outbound|w_1h",
                                                        "10.0.0.3|outbound|w_1h"));
    EXPECT_THAT(second->entities, ::testing::ElementsAre("10.0.0.4|outbound|w_1h", "10.0.0.5|outbound|w_1h"));
    EXPECT_TRUE(second->batch->schema()->Equals(*reader->schema()));
    EXPECT_EQ(second->times.back(), base::ParseCompact("20240420T120000Z"));
    EXPECT_EQ(reader->Next().ValueOrDie(), nullptr);
  }
}

TEST(SpineReader, ErrorsNameTheFileAndTheRow) {
  const TemporaryFolder folder;
  const auto message = [&](const std::string& text) {
    folder.Put("spine.csv", text);
    const auto reader = SpineReader::Open(folder / "spine.csv", "", 2);
    const auto status = !reader.ok() ? reader.status() : (*reader)->Next().status();
    EXPECT_EQ(base::ExitCode(status), base::kExitUsage);
    return status.message();
  };
  const std::string path = folder / "spine.csv";
  EXPECT_EQ(message("time\n2024-04-20T12:00:00Z\n"), path + " has no text column host_ip or entity_id");
  EXPECT_EQ(message("host_ip,time\n10.0.0.1,2024-04-20T12:00:00Z\n10.0.0.1,2024-04-20T12:00:00\n"),
            path + ": row 2: time is no instant with a zone");
  folder.Put("spine.csv", "host_ip,time\n10.0.0.1\n");
  EXPECT_THAT(SpineReader::Open(path, "", 2).status().message(), ::testing::StartsWith("the spine " + path));
  const std::string parquet = Parquet(1);
  folder.Put("spine.csv", "PAR1" + std::string(64, 'x') + parquet.substr(68));
  EXPECT_THAT((*SpineReader::Open(path, "", 2))->Next().status().message(), ::testing::StartsWith(path));
  EXPECT_EQ(SpineReader::Open(folder / "none.csv", "", 2).status().message(),
            "the spine " + (folder / "none.csv") + ": " + (folder / "none.csv") + " does not exist");
}

}  // namespace
}  // namespace ndr::feature_store
