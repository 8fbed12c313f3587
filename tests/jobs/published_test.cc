// SPDX-License-Identifier: Apache-2.0
// What a batch sees of a root: its own and earlier mini-batches' partials, in whichever slice they lie.
#include "ndr/jobs/published.h"

#include <gmock/gmock.h>

#include "ndr/base/exit_code.h"
#include "ndr/catalogue/meaning.h"

namespace ndr::jobs {
namespace {

using base::kSliceMicros;
using base::Micros;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr Micros kStart = 1'713'614'400'000'000;  // 2024-04-20T12:00:00Z
Micros At(int slice) { return kStart + slice * kSliceMicros; }

class PublishedTest : public testing::Test {
 protected:
  PublishedTest() { Use(spec::DefaultProject()); }

  void Use(spec::Project project) {
    context_ = *spec::MakeContext(std::move(project));
    published_ = *Published::Read(testing::TempDir() + "/no-such-root", *context_);
  }

  // A delta commit of the slot with rows in these slices.
  void Deliver(int slot, const std::vector<int>& slices) {
    storage::CommitRecord record = published_->Draft("delta", base::FormatCompact(At(slot)), At(slot));
    for (const int slice : slices)
      record.files.push_back({storage::FolderOf({catalogue::Dataset::kDeltaPair, "v1", "", At(slice)}) + "/" +
                                  record.key.id + "-00000000.parquet",
                              1, 1, ""});
    published_->Put(std::move(record));
  }

  std::vector<int> Holding(int from, int to, int last_slot) const {
    std::vector<int> slots;
    for (const storage::CommitRecord* record : published_->Holding(At(from), At(to), At(last_slot)))
      slots.push_back(static_cast<int>((record->at - kStart) / kSliceMicros));
    return slots;
  }

  std::shared_ptr<const spec::Context> context_;
  std::unique_ptr<Published> published_;
};

TEST_F(PublishedTest, LateRowsAreHeldByTheirSliceFromTheirBatchOn) {
  Deliver(0, {0});
  Deliver(1, {1});
  Deliver(4, {0, 4});  // an hour late, into slice 0
  EXPECT_THAT(Holding(0, 1, 0), ElementsAre(0));
  EXPECT_THAT(Holding(0, 1, 3), ElementsAre(0));
  EXPECT_THAT(Holding(0, 1, 4), ElementsAre(0, 4));
  EXPECT_THAT(Holding(1, 2, 4), ElementsAre(1));
  EXPECT_THAT(Holding(0, 5, 4), ElementsAre(0, 1, 4));
  EXPECT_TRUE(published_->Straggles(At(4)));
  EXPECT_FALSE(published_->Straggles(At(1)));
}

TEST_F(PublishedTest, AnEmptyBatchIsHeldByItsOwnSlice) {
  Deliver(2, {});
  EXPECT_THAT(Holding(2, 3, 2), ElementsAre(2));
}

TEST_F(PublishedTest, LateRowsMayLieBeforeTheFirstCommittedSlice) {
  Deliver(3, {1, 3});
  Deliver(5, {0, 5});
  EXPECT_EQ(published_->FirstSlice(), At(3));
  EXPECT_EQ(published_->FirstRows(At(3)), At(1));
  EXPECT_EQ(published_->FirstRows(At(5)), At(0));
  EXPECT_EQ(published_->FirstRows(At(2)), std::nullopt);
}

TEST_F(PublishedTest, TheIdentityOfARangeFollowsLateRowsAndNothingLater) {
  Deliver(0, {0});
  Deliver(1, {1});
  const auto before = published_->DeltaAsInput(At(0), At(1), At(1));
  EXPECT_EQ(before.bytes, 1);
  Deliver(2, {0, 2});
  EXPECT_EQ(published_->DeltaAsInput(At(0), At(1), At(1)), before);
  EXPECT_EQ(published_->DeltaAsInput(At(0), At(1), At(2)).bytes, 2);
  // Taken back, or replaced by a batch without late rows, it is as before.
  published_->Remove("delta", At(2));
  EXPECT_EQ(published_->DeltaAsInput(At(0), At(1), At(2)), before);
  Deliver(2, {0, 2});
  Deliver(2, {2});
  EXPECT_EQ(published_->DeltaAsInput(At(0), At(1), At(2)), before);
}

TEST_F(PublishedTest, AnotherConfigurationIsNamedByKeyAndBothValues) {
  Deliver(0, {0});
  EXPECT_TRUE(published_->CheckAgreement("delta").ok());
  const storage::CommitRecord there = *published_->Find("delta", At(0));
  spec::Project project = spec::DefaultProject();
  project.calendar.timezone = "Europe/Prague";
  Use(project);
  published_->Put(there);
  const arrow::Status status = published_->CheckAgreement("delta");
  EXPECT_EQ(base::ExitCode(status), base::kExitContract);
  EXPECT_THAT(status.message(), HasSubstr("calendar.timezone (there \"UTC\", now \"Europe/Prague\")"));
  EXPECT_THAT(status.message(), HasSubstr("--replace"));
}

TEST_F(PublishedTest, OtherFormulasUnderTheSameKeysAreRefusedWithTheRemedy) {
  Deliver(0, {0});
  storage::CommitRecord there = *published_->Find("delta", At(0));
  const storage::CommitRecord draft = published_->Draft("delta", there.key.id, At(0));
  EXPECT_TRUE(published_->IsCurrent(draft));
  // As a release with another revision of delta's formulas would have committed it.
  auto families = catalogue::kFamilies;
  --families[catalogue::FindFamily("delta")].revision;
  there.catalogue_hash =
      catalogue::HashMeaning(*context_->catalogue, families)[catalogue::FindFamily("delta")];
  published_->Put(there);
  EXPECT_FALSE(published_->IsCurrent(draft)) << "a replay computes it again";
  const arrow::Status status = published_->CheckAgreement("delta");
  EXPECT_EQ(base::ExitCode(status), base::kExitContract);
  EXPECT_THAT(
      status.message(),
      HasSubstr("1 of 1 batch of delta, version v1, was made under the formulas of another release of "
                "ndr, with the same keys. Datasets made under different ones do not join: use a new "
                "--feature-spec-version, or run the job of delta again with --replace"));
}

TEST_F(PublishedTest, AKeyOfALaterStageRefusesNothingEarlier) {
  Deliver(0, {0});
  const storage::CommitRecord there = *published_->Find("delta", At(0));
  spec::Project project = spec::DefaultProject();
  project.z_max = 5;
  project.catalogue.transforms = {"z_mad"};
  Use(project);
  published_->Put(there);
  EXPECT_TRUE(published_->CheckAgreement("delta").ok());
}

}  // namespace
}  // namespace ndr::jobs
