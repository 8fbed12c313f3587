// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/publication.h"

#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "ndr/base/hash.h"
#include "ndr/catalogue/batch.h"
#include "ndr/storage/dataset_reader.h"
#include "temporary_folder.h"

namespace ndr::storage {
namespace {

namespace fs = std::filesystem;
using catalogue::Dataset;
using testing::HasSubstr;

const base::Micros kNoon = *base::ParseCompact("20240420T120000Z");
const CommitKey kKey{"lookback", "v1", "20240420T000000Z"};
const Place kPlace{Dataset::kLookback, "v1", "", *base::ParseCompact("20240420T000000Z")};

const catalogue::Catalogue& Words() {
  static const auto words = catalogue::Catalogue::Make({}).ValueOrDie();
  return *words;
}

std::shared_ptr<arrow::RecordBatch> Rows(std::vector<int64_t> sessions) {
  const auto n = sessions.size();
  std::vector<base::Address> src(n, *base::ParseAddress("10.0.0.1")),
      dst(n, *base::ParseAddress("2001:db8::7"));
  catalogue::BatchBuilder builder(Words().Schema(Dataset::kLookback), static_cast<int64_t>(n));
  builder.PutAddresses("src_ip", src);
  builder.PutAddresses("dst_ip", dst);
  builder.Put("dst_port", std::vector<uint16_t>(n, 443));
  builder.Put("sessions_cnt", std::move(sessions));
  return builder.Finish().ValueOrDie();
}

// All files below the root that are no staging, with their bytes.
std::map<std::string, std::string> Everything(const std::string& root) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (entry.is_regular_file() && entry.path().string().find("/_staging/") == std::string::npos)
      files[entry.path().lexically_relative(root).string()] = BytesOf(entry.path().string());
  return files;
}

CommitRecord Record(std::string configuration = "c") {
  CommitRecord record;
  record.at = kPlace.at;
  record.configuration_hash = std::move(configuration);
  return record;
}

CommitRecord PublishRows(const std::string& root, std::vector<int64_t> sessions,
                         CommitRecord record = Record()) {
  const auto writer = Writer::Open(root).ValueOrDie();
  const auto publication = writer->Begin(kKey).ValueOrDie();
  EXPECT_TRUE(publication->Add(kPlace, Rows(std::move(sessions))).ok());
  return publication->Commit(std::move(record)).ValueOrDie();
}

TEST(Publication, PutsFilesWhereReadersLookAndNamesThemByTheirContent) {
  TemporaryFolder root;
  const CommitRecord record = PublishRows(root.path(), {1, 2, 3});
  ASSERT_EQ(record.files.size(), 1u);
  const FileEntry& file = record.files[0];
  EXPECT_EQ(file.path, "lookback/feature_spec_version=v1/dt=2024-04-20/hh=00/mm=00/20240420T000000Z-" +
                           file.sha256.substr(0, 8) + ".parquet");
  const std::string bytes = BytesOf(root / file.path);
  EXPECT_EQ(base::Sha256Hex(bytes), file.sha256);
  EXPECT_EQ(static_cast<int64_t>(bytes.size()), file.bytes);
  EXPECT_EQ(file.rows, 3);
  const auto read = CommitLog(root.path()).Read(kKey).ValueOrDie();
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->ToJson(), record.ToJson());
  EXPECT_TRUE(fs::is_empty(root / "_staging")) << "a writer removes its staging";
}

TEST(Publication, BaselinesAreNumberedParts) {
  TemporaryFolder root;
  const auto writer = Writer::Open(root.path()).ValueOrDie();
  const auto publication = writer->Begin({"fg_b", "v1", "20240420T120000Z"}).ValueOrDie();
  const auto none = arrow::RecordBatch::MakeEmpty(Words().Schema(Dataset::kPairHost)).ValueOrDie();
  ASSERT_TRUE(publication->Add({Dataset::kPairHost, "v1", "7d", kNoon}, none, 12).ok());
  const CommitRecord record = publication->Commit({}).ValueOrDie();
  EXPECT_THAT(record.files[0].path,
              testing::StartsWith("fg_b/pair/host/feature_spec_version=v1/baseline_horizon=7d/"
                                  "reference_ts=20240420T120000Z/part-0012-"));
  EXPECT_EQ(record.FilesOf(Dataset::kPairHost, "7d").size(), 1u);
  EXPECT_EQ(record.FilesOf(Dataset::kPairHost, "30d").size(), 0u);
  EXPECT_EQ(record.FilesOf(Dataset::kFgBHost).size(), 0u);
}

TEST(Publication, WithoutCommitNothingIsSeen) {
  TemporaryFolder root;
  const auto writer = Writer::Open(root.path()).ValueOrDie();
  {
    const auto publication = writer->Begin(kKey).ValueOrDie();
    ASSERT_TRUE(publication->Add(kPlace, Rows({1})).ok());
  }
  EXPECT_TRUE(Everything(root.path()).empty());
}

TEST(Publication, AnEmptyBatchIsAnExplicitCommit) {
  TemporaryFolder root;
  const auto writer = Writer::Open(root.path()).ValueOrDie();
  const CommitRecord record = writer->Begin(kKey).ValueOrDie()->Commit(Record()).ValueOrDie();
  EXPECT_TRUE(record.files.empty());
  EXPECT_TRUE(CommitLog(root.path()).Read(kKey).ValueOrDie().has_value());
}

TEST(Publication, TheSameAgainIsTheSameBytesAndAnotherReplacesAll) {
  TemporaryFolder root, other;
  PublishRows(root.path(), {1, 2});
  const auto first = Everything(root.path());
  PublishRows(root.path(), {1, 2});
  EXPECT_EQ(Everything(root.path()), first);
  PublishRows(root.path(), {5});
  PublishRows(other.path(), {5});
  EXPECT_EQ(Everything(root.path()), Everything(other.path())) << "nothing of the replaced batch is left";
  EXPECT_NE(Everything(root.path()), first);
}

TEST(Publication, OfTwoWritersThatKnewTheSameOneWins) {
  TemporaryFolder root;
  const auto quick = Writer::Open(root.path()).ValueOrDie(), slow = Writer::Open(root.path()).ValueOrDie();
  auto publish = [](Writer* writer, int64_t sessions, std::optional<std::string> expected) {
    const auto publication = writer->Begin(kKey).ValueOrDie();
    EXPECT_TRUE(publication->Add(kPlace, Rows({sessions})).ok());
    std::vector<Pending> one;
    one.push_back({publication.get(), Record(), std::move(expected)});
    return writer->CommitAll(&one);
  };
  ASSERT_TRUE(publish(quick.get(), 1, "").ok());
  EXPECT_TRUE(publish(slow.get(), 1, "").ok()) << "it had the same to say";
  EXPECT_TRUE(publish(slow.get(), 2, "").IsAlreadyExists());
  const auto won = CommitLog(root.path()).Read(kKey).ValueOrDie();
  ASSERT_EQ(won->files.size(), 1u);
  EXPECT_TRUE(publish(slow.get(), 2, won->Hash()).ok()) << "who knows what stands there may replace it";
}

TEST(Publication, SameDataUnderAnotherConfigurationKeepsTheFile) {
  TemporaryFolder root, other;
  PublishRows(root.path(), {1, 2});
  PublishRows(root.path(), {1, 2}, Record("d"));
  PublishRows(other.path(), {1, 2}, Record("d"));
  EXPECT_EQ(Everything(root.path()), Everything(other.path()));
}

TEST(Publication, AFileRemovedByHandComesBack) {
  TemporaryFolder root;
  const CommitRecord record = PublishRows(root.path(), {1, 2});
  const auto whole = Everything(root.path());
  fs::remove(root / record.files[0].path);
  PublishRows(root.path(), {1, 2});
  EXPECT_EQ(Everything(root.path()), whole);
}

// What a writer killed at each step of a replacement leaves: staging with an intent, and data in any state.
TEST(Publication, AfterAKillAnywhereTheNextRunGivesTheSame) {
  TemporaryFolder expected;
  PublishRows(expected.path(), {7, 8});
  for (int step = 0; step < 4; ++step) {
    TemporaryFolder root, donor;
    const CommitRecord old = PublishRows(root.path(), {1, 2});
    const CommitRecord half = PublishRows(donor.path(), {3});
    const std::string dead = root / "_staging/1-2/0";
    Put(dead + "/0", "half a file");
    Put(root / "_staging/1-2/owner", "");
    if (step >= 1)
      Put(dead + ".intent",
          CommitPath(kKey) + "\n" + old.files[0].path + "\n" + half.files[0].path + "\nend\n");
    if (step >= 2) fs::remove(root / CommitPath(kKey));  // its record went, its old data stand
    if (step >= 3)
      Put(root / half.files[0].path, BytesOf(donor / half.files[0].path));  // new data stand, uncommitted
    PublishRows(root.path(), {7, 8});
    EXPECT_EQ(Everything(root.path()), Everything(expected.path())) << "killed in step " << step;
    EXPECT_TRUE(fs::is_empty(root / "_staging")) << "killed in step " << step;
  }
}

TEST(Publication, OpeningAWriterRemovesUncommittedFilesButNoCommittedOnes) {
  TemporaryFolder root;
  const CommitRecord record = PublishRows(root.path(), {1, 2});
  const auto whole = Everything(root.path());
  Put(root / "lookback/left.parquet", "x");
  Put(root / "_staging/1-2/0.intent",
      CommitPath(kKey) + "\nlookback/left.parquet\n" + record.files[0].path + "\nend\n");
  ASSERT_TRUE(Writer::Open(root.path()).ok());
  EXPECT_EQ(Everything(root.path()), whole);
}

// Files are touched once the whole intent is on the disk, so what a shorter one names is not the dead
// writer's.
TEST(Publication, AnIntentThatAKillCutAnywhereIsPassedOver) {
  TemporaryFolder root;
  Put(root / "lookback/kept.parquet", "x");
  const auto whole = Everything(root.path());
  const std::string intent = CommitPath(kKey) + "\nlookback/kept.parquet\nend\n";
  for (size_t length = 0; length <= intent.size(); ++length) {
    Put(root / "_staging/1-2/0.intent", intent.substr(0, length));
    ASSERT_TRUE(Writer::Open(root.path()).ok()) << length;
    EXPECT_EQ(Everything(root.path()) == whole, length < intent.size()) << length;
    EXPECT_TRUE(fs::is_empty(root / "_staging")) << length;
  }
}

TEST(Publication, ALivingWriterKeepsItsStaging) {
  TemporaryFolder root;
  const auto living = Writer::Open(root.path()).ValueOrDie();
  const auto publication = living->Begin(kKey).ValueOrDie();
  ASSERT_TRUE(publication->Add(kPlace, Rows({1})).ok());
  ASSERT_TRUE(Writer::Open(root.path()).ok());
  EXPECT_TRUE(publication->Commit(Record()).ok());
}

TEST(Publication, WithdrawTakesRecordAndFiles) {
  TemporaryFolder root;
  PublishRows(root.path(), {1, 2});
  const auto writer = Writer::Open(root.path()).ValueOrDie();
  ASSERT_TRUE(writer->Withdraw(kKey).ok());
  EXPECT_TRUE(Everything(root.path()).empty());
  EXPECT_TRUE(writer->Withdraw(kKey).ok()) << "again is no error";
}

TEST(Publication, RefusesStrangersAndRepetition) {
  TemporaryFolder root;
  const auto writer = Writer::Open(root.path()).ValueOrDie();
  EXPECT_FALSE(writer->Begin({"fg_a", "v1", "../x"}).ok());
  EXPECT_FALSE(writer->Begin({"fg_a", "v1", ".x"}).ok());
  const auto publication = writer->Begin(kKey).ValueOrDie();
  EXPECT_THAT(publication->Add({Dataset::kFgA, "v1", "", 0}, Rows({1})).message(),
              HasSubstr("does not belong to"));
  ASSERT_TRUE(publication->Add(kPlace, Rows({1})).ok());
  EXPECT_THAT(publication->Add(kPlace, Rows({2})).message(), HasSubstr("added twice"));
}

TEST(Reader, GivesCommittedRowsBackWithTheColumnsWanted) {
  TemporaryFolder root;
  const CommitRecord record = PublishRows(root.path(), {4, 9});
  const Batches all = ReadCommitted(root.path(), Words(), record, Dataset::kLookback).ValueOrDie();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_TRUE(all[0]->Equals(*Rows({4, 9})));
  const Batches some =
      ReadCommitted(root.path(), Words(), record, Dataset::kLookback, "", {"sessions_cnt", "src_ip"})
          .ValueOrDie();
  EXPECT_EQ(some[0]->num_columns(), 2);
  EXPECT_EQ(some[0]->schema()->field(0)->name(), "src_ip") << "the dataset's order, not the asker's";
  EXPECT_FALSE(ReadCommitted(root.path(), Words(), record, Dataset::kLookback, "", {"nonsense"}).ok());
  fs::remove(root / record.files[0].path);
  EXPECT_TRUE(ReadCommitted(root.path(), Words(), record, Dataset::kLookback).status().IsKeyError());
}

}  // namespace
}  // namespace ndr::storage
