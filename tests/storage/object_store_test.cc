// SPDX-License-Identifier: Apache-2.0
// The contract of object stores: on a folder, and on the S3 location that NDR_TEST_S3 names (its environment
// holds keys and endpoint; tests/s3/test_object_store.py starts the servers).
#include "ndr/storage/object_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "store_case.h"
#include "temporary_folder.h"

namespace ndr::storage {
namespace {

using testing::ElementsAre;

class FolderStoreTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  std::shared_ptr<ObjectStore> store_ = OpenStore(folder_ / "root").ValueOrDie();
};

TEST_F(FolderStoreTest, Objects) { CheckObjects(store_.get()); }
TEST_F(FolderStoreTest, ConditionalPuts) { CheckConditionalPuts(store_.get(), false); }
TEST_F(FolderStoreTest, Files) { CheckFiles(store_.get()); }

TEST_F(FolderStoreTest, NothingIsMadeBeforeTheFirstPutAndNothingStaysInStaging) {
  EXPECT_TRUE(store_->List("").ValueOrDie().empty());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "root"));
  ASSERT_TRUE(store_->Put("a/b", "1").ok());
  EXPECT_THAT(store_->Names("").ValueOrDie(), ElementsAre("_staging", "a"));
  EXPECT_TRUE(store_->Names("_staging").ValueOrDie().empty());
}

TEST_F(FolderStoreTest, WhatAKilledPutLeftGoesWithTheNextWriter) {
  ASSERT_TRUE(store_->Put("a", "1").ok());
  const std::string staging = folder_ / "root/_staging";
  std::ofstream(staging + "/put-1-0") << "half";
  std::filesystem::create_directories(staging + "/4711-1");  // a writer's own folder, which is its business
  {
    const int fd = ::open(staging.c_str(), O_RDONLY | O_DIRECTORY);
    ASSERT_EQ(::flock(fd, LOCK_SH), 0);  // as whoever puts does
    ASSERT_TRUE(OpenStore(folder_ / "root").ValueOrDie()->Put("a", "2").ok());
    EXPECT_THAT(store_->Names("_staging").ValueOrDie(), ElementsAre("4711-1", "put-1-0"));
    ::close(fd);
  }
  ASSERT_TRUE(OpenStore(folder_ / "root").ValueOrDie()->Put("a", "3").ok());
  EXPECT_THAT(store_->Names("_staging").ValueOrDie(), ElementsAre("4711-1"));
}

TEST_F(FolderStoreTest, ErrorsNameTheFile) {
  ASSERT_TRUE(store_->Put("a", "1").ok());
  const arrow::Status status = store_->Put("a/b", "2");  // a folder where a file is
  EXPECT_TRUE(status.IsIOError());
  EXPECT_THAT(status.message(), testing::HasSubstr(folder_ / "root/a"));
  EXPECT_TRUE(store_->Names("_staging").ValueOrDie().empty());
}

class RealS3Test : public testing::Test {
 protected:
  void SetUp() override {
    const char* location = std::getenv("NDR_TEST_S3");
    if (location == nullptr) GTEST_SKIP() << "NDR_TEST_S3 names no s3://bucket/prefix";
    store_ = OpenStore(location).ValueOrDie();
  }
  std::shared_ptr<ObjectStore> store_;
};

TEST_F(RealS3Test, Objects) { CheckObjects(store_.get()); }
TEST_F(RealS3Test, ConditionalPuts) { CheckConditionalPuts(store_.get(), true); }
TEST_F(RealS3Test, Files) { CheckFiles(store_.get()); }

TEST_F(RealS3Test, MoreObjectsThanAPageHolds) {
  constexpr int kObjects = 1003;
  std::vector<std::thread> writers;
  for (int thread = 0; thread < 4; ++thread)
    writers.emplace_back([&, thread] {
      for (int i = thread; i < kObjects; i += 4)
        EXPECT_TRUE(store_->Put("many/" + std::to_string(i / 2) + "/" + std::to_string(i), "x").ok());
    });
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(store_->List("many").ValueOrDie().size(), size_t{kObjects});
  EXPECT_EQ(store_->Names("many").ValueOrDie().size(), size_t{(kObjects + 1) / 2});
  EXPECT_THAT(store_->Names("many/500").ValueOrDie(), ElementsAre("1000", "1001"));
}

}  // namespace
}  // namespace ndr::storage
