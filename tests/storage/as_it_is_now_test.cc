// SPDX-License-Identifier: Apache-2.0
// A batch that another writer replaces between the reading of its record and that of its files.
#include "ndr/storage/as_it_is_now.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <utility>

#include "ndr/catalogue/batch.h"
#include "ndr/storage/dataset_reader.h"
#include "ndr/storage/publication.h"
#include "temporary_folder.h"

namespace ndr::storage {
namespace {

using catalogue::Dataset;
using testing::HasSubstr;

class AsItIsNow : public testing::Test {
 protected:
  CommitRecord Publish(int64_t sessions) {
    catalogue::BatchBuilder builder(words_->Schema(Dataset::kLookback), 1);
    const std::vector<base::Address> hosts = {base::Address::V4(0x0a000001)};
    builder.PutAddresses("src_ip", hosts);
    builder.PutAddresses("dst_ip", hosts);
    builder.Put("dst_port", std::vector<uint16_t>{443});
    builder.Put("sessions_cnt", std::vector<int64_t>{sessions});
    const auto publication = writer_->Begin(key_).ValueOrDie();
    EXPECT_TRUE(publication->Add({Dataset::kLookback, "v1", "", 0}, builder.Finish().ValueOrDie()).ok());
    return publication->Commit({}).ValueOrDie();
  }

  // Reads a commit's number of sessions, each time after the next of `meanwhile` has happened.
  arrow::Status Read(const CommitRecord& commit, std::vector<std::function<void()>> meanwhile) {
    return ReadAsItIsNow(folder_.path(), commit, [&](const CommitRecord& now) -> arrow::Status {
      if (reads_ < meanwhile.size()) meanwhile[reads_]();
      ++reads_;
      ARROW_ASSIGN_OR_RAISE(const auto batches,
                            ReadCommitted(folder_.path(), *words_, now, Dataset::kLookback));
      ARROW_ASSIGN_OR_RAISE(const auto sessions, catalogue::Values<int64_t>(*batches.at(0), "sessions_cnt"));
      seen_ = sessions[0];
      return arrow::Status::OK();
    });
  }

  TemporaryFolder folder_;
  const CommitKey key_{"lookback", "v1", "20240420T000000Z"};
  const std::shared_ptr<const catalogue::Catalogue> words_ = catalogue::Catalogue::Make({}).ValueOrDie();
  const std::unique_ptr<Writer> writer_ = Writer::Open(folder_.path()).ValueOrDie();
  size_t reads_ = 0;
  int64_t seen_ = 0;
};

TEST_F(AsItIsNow, AReplacedBatchIsReadAnew) {
  const auto next = [&](int64_t sessions) { return [this, sessions] { Publish(sessions); }; };
  ASSERT_TRUE(Read(Publish(1), {}).ok());
  EXPECT_EQ(seen_, 1);
  EXPECT_EQ(std::exchange(reads_, 0), 1u);
  ASSERT_TRUE(Read(Publish(2), {next(3), next(4)}).ok());
  EXPECT_EQ(seen_, 4);
  EXPECT_EQ(reads_, 3u);
}

TEST_F(AsItIsNow, AWithdrawnBatchHasNothing) {
  ASSERT_TRUE(Read(Publish(1), {[&] { ASSERT_TRUE(writer_->Withdraw(key_).ok()); }}).ok());
  EXPECT_EQ(seen_, 0);
}

TEST_F(AsItIsNow, AFileThatIsGoneForGoodIsNamedAtOnce) {
  const CommitRecord commit = Publish(1);
  const arrow::Status gone = Read(commit, {[&] { std::filesystem::remove(folder_ / commit.files[0].path); }});
  EXPECT_TRUE(gone.IsKeyError());
  EXPECT_THAT(gone.message(), HasSubstr(commit.files[0].path));
  EXPECT_EQ(GoneCommitOf(gone)->hash, commit.Hash());
  EXPECT_FALSE(GoneCommitOf(arrow::Status::KeyError("of something else")).has_value());
  EXPECT_EQ(reads_, 1u);
}

}  // namespace
}  // namespace ndr::storage
