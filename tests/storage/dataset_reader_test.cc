// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/dataset_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "ndr/catalogue/batch.h"
#include "temporary_folder.h"

namespace ndr::storage {
namespace {

using catalogue::Dataset;
using testing::HasSubstr;

// A committed file of a dataset of two integer columns' worth of rows.
class CommittedFile : public testing::Test {
 protected:
  CommittedFile() {
    const auto schema = words_->Schema(Dataset::kLookback);
    catalogue::BatchBuilder builder(schema, 2);
    const std::vector<base::Address> sources = {base::Address::V4(0x0a000001), base::Address::V4(0x0a000002)};
    builder.PutAddresses("src_ip", sources);
    builder.PutAddresses("dst_ip", sources);
    builder.Put("dst_port", std::vector<uint16_t>{443, 53});
    builder.Put("sessions_cnt", std::vector<int64_t>{7, 1});
    const auto encoded = EncodeParquet(builder.Finish().ValueOrDie()).ValueOrDie();
    bytes_ = encoded.view();
    file_ = {"part.parquet", encoded.rows, encoded.bytes->size(), encoded.sha256};
    Store(bytes_);
  }
  void Store(const std::string& bytes) {
    std::ofstream(folder_ / "part.parquet", std::ios::binary | std::ios::trunc) << bytes;
  }
  arrow::Result<Batches> Read() { return ReadFiles(folder_.path(), *words_, Dataset::kLookback, {file_}); }

  TemporaryFolder folder_;
  const std::shared_ptr<const catalogue::Catalogue> words_ = catalogue::Catalogue::Make({}).ValueOrDie();
  std::string bytes_;
  FileEntry file_;
};

TEST_F(CommittedFile, IsReadAsItWasCommitted) {
  const Batches batches = Read().ValueOrDie();
  ASSERT_EQ(batches.size(), 1u);
  EXPECT_EQ(batches[0]->num_rows(), 2);
}

// Every byte, since pages' checksums leave out headers and the footer.
TEST_F(CommittedFile, NoFlippedByteIsReadSilently) {
  for (size_t i = 0; i < bytes_.size(); ++i) {
    std::string damaged = bytes_;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    Store(damaged);
    const arrow::Status status = Read().status();
    ASSERT_TRUE(status.IsIOError()) << "byte " << i << ": " << status.ToString();
    ASSERT_THAT(status.message(), HasSubstr("part.parquet is not what was committed"));
  }
}

TEST_F(CommittedFile, OfAnotherSizeOrGoneIsNamed) {
  Store(bytes_.substr(0, bytes_.size() - 1));
  EXPECT_THAT(Read().status().message(), HasSubstr("bytes, not"));
  std::remove((folder_ / "part.parquet").c_str());
  EXPECT_TRUE(Read().status().IsKeyError());
  EXPECT_THAT(Read().status().message(), HasSubstr("committed but not there"));
}

}  // namespace
}  // namespace ndr::storage
