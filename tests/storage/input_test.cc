// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "ndr/base/hash.h"
#include "temporary_folder.h"

namespace ndr::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Gzip(const std::string& bytes) {
  z_stream stream = {};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string Zstd(const std::string& bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3));
  return out;
}

// Lines that do not compress to nothing.
std::string Lines(int n) {
  std::string text;
  for (int i = 0; i < n; ++i)
    text += std::to_string(base::Mix(static_cast<uint64_t>(i))) + (i % 3 == 0 ? "\r\n" : "\n");
  return text;
}

struct Content {
  std::string bytes;
  arrow::Status status;
};

Content ReadAll(InputFile* file) {
  Content content;
  for (;;) {
    const auto chunk = file->Next();
    content.status = chunk.status();
    if (!chunk.ok() || chunk->empty()) return content;
    content.bytes += *chunk;
  }
}

Content ReadAll(const std::string& path, size_t chunk_bytes = 1 << 20) {
  const auto file = InputFile::Open(path, chunk_bytes).ValueOrDie();
  return ReadAll(file.get());
}

TEST(InputFile, EveryShapeGivesTheSameBytesInChunksOfAnySize) {
  TemporaryFolder folder;
  const std::string a = Lines(40'000), b = Lines(5);
  // More than one read from the disk, two members or frames, an empty one between.
  Put(folder / "plain", a + b);
  Put(folder / "gzip", Gzip(a) + Gzip("") + Gzip(b));
  Put(folder / "zstd", Zstd(a) + Zstd("") + Zstd(b));
  Put(folder / "padded", Gzip(a) + Gzip(b) + std::string(512, '\0'));
  for (const std::string name : {"plain", "gzip", "zstd", "padded"})
    for (const size_t chunk : {size_t{1000}, size_t{1} << 20}) {
      const Content content = ReadAll(folder / name, chunk);
      EXPECT_TRUE(content.status.ok()) << name << content.status;
      EXPECT_TRUE(content.bytes == a + b) << name << " in chunks of " << chunk;
    }
}

TEST(InputFile, CompressionFollowsFromTheBytesNotTheName) {
  TemporaryFolder folder;
  Put(folder / "a.gz", "plain\n");
  Put(folder / "b.log", Gzip("packed\n"));
  EXPECT_EQ(ReadAll(folder / "a.gz").bytes, "plain\n");
  EXPECT_EQ(ReadAll(folder / "b.log").bytes, "packed\n");
  EXPECT_EQ(InputFile::Open(folder / "b.log").ValueOrDie()->compression(), Compression::kGzip);
}

TEST(InputFile, EmptyFilesHaveNoBytes) {
  TemporaryFolder folder;
  Put(folder / "empty", "");
  Put(folder / "empty.gz", Gzip(""));
  EXPECT_TRUE(ReadAll(folder / "empty").status.ok());
  EXPECT_EQ(ReadAll(folder / "empty.gz").bytes, "");
  EXPECT_FALSE(InputFile::Open(folder / "absent").ok());
}

TEST(InputFile, ACutOffStreamGivesWhatItHoldsThenSaysWhere) {
  TemporaryFolder folder;
  const std::string text = Lines(40'000);
  const std::string gzip = Gzip(text), zstd = Zstd(text);
  Put(folder / "cut.gz", gzip.substr(0, gzip.size() / 2));
  Put(folder / "cut.zst", zstd.substr(0, zstd.size() / 2));
  Put(folder / "head.gz", gzip.substr(0, 5));
  for (const std::string name : {"cut.gz", "cut.zst"}) {
    const Content content = ReadAll(folder / name);
    EXPECT_GT(content.bytes.size(), 10'000u) << name;
    EXPECT_TRUE(text.starts_with(content.bytes)) << name;
    EXPECT_TRUE(content.status.IsIOError()) << name;
    EXPECT_THAT(content.status.message(), HasSubstr(folder / name));
    EXPECT_THAT(content.status.message(),
                HasSubstr("cut off after " + std::to_string(BytesOf(folder / name).size()) + " bytes"));
  }
  EXPECT_TRUE(ReadAll(folder / "head.gz").status.IsIOError());
}

TEST(InputFile, ADamagedStreamSaysWhere) {
  TemporaryFolder folder;
  std::string gzip = Gzip(Lines(40'000));
  gzip[gzip.size() - 6] ^= 1;  // in the checksum
  Put(folder / "bad.gz", gzip);
  Put(folder / "trailing.gz", Gzip("a\n") + "no member");
  EXPECT_THAT(ReadAll(folder / "bad.gz").status.message(), HasSubstr("incorrect data check"));
  const Content trailing = ReadAll(folder / "trailing.gz");
  EXPECT_EQ(trailing.bytes, "a\n");
  EXPECT_THAT(trailing.status.message(), HasSubstr("incorrect header check"));
}

TEST(InputFile, IdentityIsOfTheStoredBytesWhetherReadOrNot) {
  TemporaryFolder folder;
  const std::string gzip = Gzip(Lines(40'000));
  Put(folder / "conn.log.gz", gzip);
  const auto file = InputFile::Open(folder / "conn.log.gz").ValueOrDie();
  ReadAll(file.get());
  const InputIdentity read = file->Identity().ValueOrDie();
  EXPECT_EQ(read.name, "conn.log.gz");
  EXPECT_EQ(read.bytes, static_cast<int64_t>(gzip.size()));
  EXPECT_EQ(read.sha256, base::Sha256Hex(gzip));
  const InputIdentity unread = InputFile::Open(folder / "conn.log.gz").ValueOrDie()->Identity().ValueOrDie();
  EXPECT_EQ(unread.sha256, read.sha256);
  EXPECT_EQ(unread.bytes, read.bytes);
}

std::vector<std::string> Paths(const std::vector<std::string>& inputs) {
  std::vector<std::string> paths;
  for (const InputPath& input : ExpandInputs(inputs).ValueOrDie()) paths.push_back(input.path);
  return paths;
}

TEST(ExpandInputs, FilesFoldersAndGlobsSortedOnce) {
  TemporaryFolder folder;
  for (const std::string name :
       {"day2/conn.log", "day1/conn.log", "day1/.conn.log.swp", ".hidden/x.log", "one.log", "two[1].log"})
    Put(folder / name, "");
  EXPECT_THAT(Paths({folder.path()}), ElementsAre(folder / "day1/conn.log", folder / "day2/conn.log",
                                                  folder / "one.log", folder / "two[1].log"));
  EXPECT_THAT(Paths({folder / "day?/*.log", folder / "day1"}),
              ElementsAre(folder / "day1/conn.log", folder / "day2/conn.log"));
  EXPECT_THAT(Paths({folder / "two[1].log"}), ElementsAre(folder / "two[1].log"));
  EXPECT_THAT(ExpandInputs({folder / "none"}).status().message(), HasSubstr("does not exist"));
  EXPECT_THAT(ExpandInputs({folder / "*.gz"}).status().message(), HasSubstr("matches no file"));
}

}  // namespace
}  // namespace ndr::storage
