// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/s3_file.h"

#include <arrow/buffer.h>

#include "scripted_s3.h"

namespace ndr::storage {
namespace {

using testing::HasSubstr;

constexpr int64_t kLarge = (int64_t{8} << 20) + 100;
constexpr int64_t kKept = 64 * 1024;  // of a large object's end

using S3FileTest = ScriptedS3;

TEST_F(S3FileTest, ASmallObjectComesWholeWithTheFirstRead) {
  Answers({Object("0123456789")});
  const auto file = store_->Open("f", 10).ValueOrDie();
  EXPECT_TRUE(script_.requests.empty());
  EXPECT_EQ(file->ReadAt(2, 3).ValueOrDie()->ToString(), "234");
  EXPECT_EQ(file->ReadAt(8, 100).ValueOrDie()->ToString(), "89");
  EXPECT_EQ(file->Read(4).ValueOrDie()->ToString(), "0123");
  EXPECT_EQ(file->Read(100).ValueOrDie()->ToString(), "456789");
  EXPECT_EQ(file->Read(100).ValueOrDie()->size(), 0);
  EXPECT_EQ(script_.requests.size(), 1u);
  EXPECT_EQ(Sent(0, "Range"), "");
}

TEST_F(S3FileTest, AnUnknownSizeIsAskedFor) {
  Answers({aws::Response{200, "", {{"content-length", "3"}, {"etag", "\"9\""}}}, Object("abc", "\"9\"")});
  const auto file = store_->Open("f").ValueOrDie();
  EXPECT_EQ(file->GetSize().ValueOrDie(), 3);
  EXPECT_EQ(file->ReadAt(0, 3).ValueOrDie()->ToString(), "abc");
  EXPECT_EQ(Asked(0).method, "HEAD");
  EXPECT_EQ(Sent(1, "If-Match"), "\"9\"");
  Answers({aws::Response{404, ""}});
  EXPECT_TRUE(store_->Open("f").status().IsKeyError());
}

TEST_F(S3FileTest, OfALargeObjectTheEndIsKeptAndTheRestComesInParts) {
  Answers({Part(std::string(kKept, 'e')), Part("abcd")});
  const auto file = store_->Open("f", kLarge).ValueOrDie();
  EXPECT_EQ(file->ReadAt(kLarge - 8, 8).ValueOrDie()->ToString(), "eeeeeeee");
  EXPECT_EQ(file->ReadAt(kLarge - kKept, kKept).ValueOrDie()->size(), kKept);
  EXPECT_EQ(file->ReadAt(1000, 4).ValueOrDie()->ToString(), "abcd");
  ASSERT_EQ(script_.requests.size(), 2u);
  // The last 65536 bytes of 8388708.
  EXPECT_EQ(Sent(0, "Range"), "bytes=8323172-8388707");
  EXPECT_EQ(Sent(1, "Range"), "bytes=1000-1003");
  EXPECT_EQ(Sent(1, "If-Match"), "\"1\"");
}

TEST_F(S3FileTest, AnObjectThatIsNotTheOneThatWasAskedFor) {
  Answers({Object("abc"), Error(412, "PreconditionFailed"), Error(404, "NoSuchKey")});
  EXPECT_THAT(store_->Open("f", 5).ValueOrDie()->ReadAt(0, 5).status().message(),
              HasSubstr("s3://lake/ndr/f: 3 bytes came where 5 were expected"));
  EXPECT_THAT(store_->Open("f", 5).ValueOrDie()->ReadAt(0, 5).status().message(),
              HasSubstr("changed while it was read"));
  EXPECT_TRUE(store_->Open("f", 5).ValueOrDie()->ReadAt(0, 5).status().IsKeyError());
}

TEST_F(S3FileTest, ABodyThatBreaksOffGoesOnWhereItStopped) {
  Answers({Broken(Object("01234")), arrow::Status::IOError("broke"), Broken(Part("56")), Part("789")});
  EXPECT_EQ(store_->Read("f").ValueOrDie(), "0123456789");
  EXPECT_EQ(Sent(1, "Range"), "bytes=5-");
  EXPECT_EQ(Sent(2, "Range"), "bytes=5-");
  EXPECT_EQ(Sent(3, "Range"), "bytes=7-");
  EXPECT_EQ(Sent(3, "If-Match"), "\"1\"");
  // Without a tag nobody knows whether the rest would belong to it.
  Answers({Broken({200, "01234", {}}), Object("0123456789")});
  EXPECT_EQ(store_->Read("f").ValueOrDie(), "0123456789");
  EXPECT_EQ(Sent(5, "Range"), "");
  // A part of an object: its first five bytes are 100 to 104.
  Answers({Broken(Part("01234")), Part("56789")});
  EXPECT_EQ(store_->Open("f", kLarge).ValueOrDie()->ReadAt(100, 10).ValueOrDie()->ToString(), "0123456789");
  EXPECT_EQ(Sent(7, "Range"), "bytes=105-109");
}

TEST_F(S3FileTest, ABodyOfAnObjectThatChangedBeginsAnew) {
  Answers({Broken(Object("01234")), Error(412, "PreconditionFailed"), Object("new", "\"2\"")});
  EXPECT_EQ(store_->Read("f").ValueOrDie(), "new");
  EXPECT_EQ(Sent(2, "If-Match"), "");
  EXPECT_EQ(Sent(2, "Range"), "");
  // A server that knows no ranges gives all of it once more.
  Answers({Broken(Object("01234")), Object("0123456789")});
  EXPECT_EQ(store_->Read("f").ValueOrDie(), "0123456789");
}

}  // namespace
}  // namespace ndr::storage
