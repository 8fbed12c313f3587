// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "ndr/base/hash.h"
#include "ndr/storage/results.h"
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
    EXPECT_TRUE(content.status.IsSerializationError()) << name;
    EXPECT_THAT(content.status.message(), HasSubstr(folder / name));
    EXPECT_THAT(content.status.message(),
                HasSubstr("cut off after " + std::to_string(BytesOf(folder / name).size()) + " bytes"));
  }
  EXPECT_TRUE(ReadAll(folder / "head.gz").status.IsSerializationError());
}

TEST(InputFile, AFrameToBeSkippedBeginsZstdToo) {
  TemporaryFolder folder;
  // As parallel compressors write: magic, 4 bytes follow, the size of the next frame.
  const std::string skipped("\x50\x2a\x4d\x18\x04\0\0\0\x2a\0\0\0", 12);
  Put(folder / "p.zst", skipped + Zstd("a\nb\n"));
  EXPECT_EQ(ReadAll(folder / "p.zst").bytes, "a\nb\n");
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

TEST(ExpandInputs, SaysWhichFilesWereNamedHoweverTheyAreWritten) {
  TemporaryFolder folder;
  Put(folder / "a.log", "");
  Put(folder / "b.log", "");
  const auto files = ExpandInputs({folder.path(), folder / "./b.log"}).ValueOrDie();
  ASSERT_EQ(files.size(), 2u);
  EXPECT_FALSE(files[0].named);
  EXPECT_TRUE(files[1].named);
  EXPECT_FALSE(ExpandInputs({folder / "a*.log"}).ValueOrDie()[0].named);
}

TEST(ExpandInputs, LinksAreFollowedAndAFileIsReadOnce) {
  TemporaryFolder folder;
  Put(folder / "logs/2024-04-20/conn.log", "");
  Put(folder / "elsewhere/conn.log", "");
  namespace fs = std::filesystem;
  fs::create_directory_symlink("2024-04-20", folder / "logs/current");
  fs::create_directory_symlink("../elsewhere", folder / "logs/other");
  fs::create_directory_symlink("..", folder / "logs/2024-04-20/up");
  fs::create_symlink("2024-04-20/conn.log", folder / "logs/again.log");
  EXPECT_THAT(Paths({folder / "logs"}),
              ElementsAre(folder / "logs/2024-04-20/conn.log", folder / "logs/other/conn.log"));
}

TEST(ExpandInputs, ResultsBelowTheLogsAreNoLogs) {
  TemporaryFolder folder;
  for (const std::string name :
       {"conn.log", "out/_commits/delta/x.json", "out/fg_a/x.parquet", "_watch/files.jsonl"})
    Put(folder / name, "");
  EXPECT_THAT(Paths({folder.path()}), ElementsAre(folder / "conn.log"));
  EXPECT_THAT(Paths({folder / "out"}), ElementsAre(folder / "out/fg_a/x.parquet"))
      << "named, it is what it is";
}

TEST(ExpandInputs, APipeIsRefused) {
  TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(ExpandInputs({folder / "pipe"}).status().message(), HasSubstr("is no file or folder"));
}

std::vector<std::string> NamesWithoutResults(std::vector<ObjectInfo> objects, std::string_view folder) {
  std::vector<std::string> names;
  for (const ObjectInfo& object : WithoutResults(std::move(objects), folder)) names.push_back(object.name);
  return names;
}

TEST(WithoutResults, ObjectsOfRootsBelowTheFolderAreLeftOut) {
  EXPECT_THAT(NamesWithoutResults({{"logs/a.json"},
                                   {"logs/_a.json"},
                                   {"logs/_watch/files.jsonl"},
                                   {"logs/out/_commits/delta/x.json"},
                                   {"logs/out/fg_a/x.parquet"},
                                   {"logs/outer/b.json"}},
                                  "logs"),
              ElementsAre("logs/a.json", "logs/_a.json", "logs/outer/b.json"));
}

TEST(WithoutResults, ARootThatWasAskedForIsWhatItIs) {
  EXPECT_THAT(NamesWithoutResults({{"out/_commits/delta/x.json"}, {"out/fg_a/x.parquet"}}, "out"),
              ElementsAre("out/fg_a/x.parquet"));
  EXPECT_THAT(NamesWithoutResults({{"_commits/delta/x.json"}, {"fg_a/x.parquet"}}, ""),
              ElementsAre("fg_a/x.parquet"));
}

}  // namespace
}  // namespace ndr::storage
