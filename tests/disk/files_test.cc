// SPDX-License-Identifier: Apache-2.0
#include "ndr/disk/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace ndr::disk {
namespace {

class FilesTest : public testing::Test {
 protected:
  const TemporaryFolder folder_;
  const std::string file_ = folder_ / "a/b/file";
};

TEST_F(FilesTest, WhatIsNotThereIsNoError) {
  EXPECT_EQ(*ReadWhole(file_), std::nullopt);
  EXPECT_TRUE(NamesIn(folder_ / "a")->empty());
  EXPECT_TRUE(Remove(file_).ok());
}

TEST_F(FilesTest, IsWrittenAnewOrAddedTo) {
  ASSERT_TRUE(MakeFolders(folder_ / "a/b").ok());
  ASSERT_TRUE(WriteFile(file_, "long text").ok());
  ASSERT_TRUE(WriteSynced(file_, "one\n").ok());
  ASSERT_TRUE(AppendSynced(file_, "two\n").ok());
  EXPECT_EQ(**ReadWhole(file_), "one\ntwo\n");
  ASSERT_TRUE(AppendSynced(folder_ / "a/b/new", "first").ok());
  EXPECT_EQ(**ReadWhole(folder_ / "a/b/new"), "first");
  EXPECT_THAT(*NamesIn(folder_ / "a/b"), testing::UnorderedElementsAre("file", "new"));
  ASSERT_TRUE(Move(file_, folder_ / "a/b/new").ok());
  EXPECT_THAT(*NamesIn(folder_ / "a/b"), testing::ElementsAre("new"));
}

TEST_F(FilesTest, ErrorsNameThePathAndTheReason) {
  EXPECT_EQ(AppendSynced(file_, "x").message(), "cannot create " + file_ + ": No such file or directory");
  EXPECT_EQ(AppendSynced("/dev/full", "x").message(), "cannot write /dev/full: No space left on device");
  ASSERT_TRUE(WriteFile(folder_ / "file", "").ok());
  EXPECT_EQ(MakeFolders(folder_ / "file").message(),
            "cannot make folder " + (folder_ / "file") + ": Not a directory");
  EXPECT_EQ(ReadWhole(folder_.path()).status().message(),
            "cannot read " + folder_.path() + ": Is a directory");
}

// /proc answers ENOENT to whoever makes a folder in it, though it is there itself.
TEST(MakeFolders, AFolderThatCannotBeIsAnErrorThatNamesIt) {
  for (const char* folder : {"/proc/ndr", "/proc/ndr/below", "/proc/self/ndr"}) {
    const arrow::Status status = MakeFolders(folder);
    EXPECT_TRUE(status.IsIOError()) << status.ToString();
    EXPECT_THAT(status.message(), testing::HasSubstr("make folder /proc/"));
  }
}

TEST(MakeFolders, WhatIsThereIsNoErrorAndAFileIs) {
  const TemporaryFolder folder;
  EXPECT_TRUE(MakeFolders(folder / "a/b/").ok());
  EXPECT_TRUE(MakeFolders(folder / "a/b").ok());
  std::ofstream(folder / "a/file") << "x";
  EXPECT_THAT(MakeFolders(folder / "a/file").message(), testing::HasSubstr("Not a directory"));
}

}  // namespace
}  // namespace ndr::disk
