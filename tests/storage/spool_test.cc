// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/spool.h"

#include <arrow/array/builder_binary.h>
#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "ndr/catalogue/batch.h"
#include "temporary_folder.h"

namespace ndr::storage {
namespace {

using testing::ElementsAre;

// A column of numbers and one of words, each batch with words of its own.
std::shared_ptr<arrow::RecordBatch> Batch(int64_t number, const std::string& word) {
  const auto schema = arrow::schema({arrow::field("n", arrow::int64()),
                                     arrow::field("w", arrow::dictionary(arrow::int32(), arrow::utf8()))});
  arrow::StringBuilder words;
  EXPECT_TRUE(words.Append(word).ok());
  catalogue::BatchBuilder builder(schema, 3);
  builder.Put("n", std::vector<int64_t>{number, number + 1, number + 2});
  builder.PutDictionary("w", {0, -1, 0}, words.Finish().ValueOrDie());
  return builder.Finish().ValueOrDie();
}

void TakesInInputOrder(int64_t budget, bool spills) {
  TemporaryFolder folder;
  SliceSpool spool(folder.path(), budget);
  const base::Micros a = 0, b = base::kSliceMicros;
  const std::vector<std::shared_ptr<arrow::RecordBatch>> batches = {Batch(1, "x"), Batch(10, "y"),
                                                                    Batch(20, "z"), Batch(30, "u")};
  ASSERT_TRUE(spool.Add(b, batches[0]).ok());
  ASSERT_TRUE(spool.Add(a, batches[1]).ok());
  ASSERT_TRUE(spool.Add(b, batches[2]).ok());
  ASSERT_TRUE(spool.Add(b, batches[3]).ok());
  EXPECT_THAT(spool.Slices(), ElementsAre(a, b));
  EXPECT_EQ(!std::filesystem::is_empty(folder.path()), spills);
  EXPECT_LE(spool.memory_bytes(), budget);
  const auto second = spool.Take(b).ValueOrDie();
  ASSERT_EQ(second.size(), 3u);
  EXPECT_TRUE(second[0]->Equals(*batches[0]));
  EXPECT_TRUE(second[1]->Equals(*batches[2]));
  EXPECT_TRUE(second[2]->Equals(*batches[3]));
  EXPECT_TRUE(spool.Take(b).ValueOrDie().empty()) << "taken once";
  EXPECT_TRUE(spool.Take(a).ValueOrDie()[0]->Equals(*batches[1]));
  EXPECT_EQ(spool.memory_bytes(), 0);
}

TEST(SliceSpool, HoldsInMemoryWithinItsBudget) { TakesInInputOrder(1 << 20, false); }
TEST(SliceSpool, SpillsBatchByBatchBeyondIt) { TakesInInputOrder(0, true); }
TEST(SliceSpool, MixesSpilledAndHeld) { TakesInInputOrder(120, true); }

TEST(SliceSpool, RemovesItsFile) {
  TemporaryFolder folder;
  {
    SliceSpool spool(folder.path(), 0);
    ASSERT_TRUE(spool.Add(0, Batch(1, "x")).ok());
    EXPECT_FALSE(std::filesystem::is_empty(folder.path()));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace ndr::storage
