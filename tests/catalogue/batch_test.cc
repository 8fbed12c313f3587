// SPDX-License-Identifier: Apache-2.0
#include "ndr/catalogue/batch.h"

#include <arrow/type.h>
#include <gmock/gmock.h>

#include "ndr/base/exit_code.h"

namespace ndr::catalogue {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::shared_ptr<arrow::RecordBatch> CountBatch(const std::vector<int64_t>& counts) {
  BatchBuilder batch(arrow::schema({arrow::field("sessions_cnt", arrow::int64(), false)}),
                     static_cast<int64_t>(counts.size()));
  batch.Put("sessions_cnt", counts);
  return *batch.Finish();
}

TEST(Counts, AreNumbersOfSessions) {
  const auto batch = CountBatch({0, 7, kLargestCount});  // the span is of its memory
  EXPECT_THAT(*Counts(*batch, "sessions_cnt"), ElementsAre(0, 7, kLargestCount));
  EXPECT_TRUE(Counts(*CountBatch({}), "sessions_cnt").ok());
  EXPECT_TRUE(Counts(*CountBatch({1}), "deny_cnt").status().IsInvalid()) << "no such column";
}

TEST(Counts, OthersAreRefusedWithTheirPlace) {
  for (const int64_t other : {kLargestCount + 1, INT64_MAX, int64_t{-1}, INT64_MIN}) {
    const arrow::Status refusal = Counts(*CountBatch({3, other, 4}), "sessions_cnt").status();
    EXPECT_EQ(base::ExitCode(refusal), base::kExitContract) << other;
    EXPECT_THAT(refusal.message(), HasSubstr("'sessions_cnt' is " + std::to_string(other) + " in row 1"));
  }
}

}  // namespace
}  // namespace ndr::catalogue
