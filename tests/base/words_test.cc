// SPDX-License-Identifier: Apache-2.0
// What messages are made of.
#include <gtest/gtest.h>

#include "ndr/base/calendar_day.h"
#include "ndr/base/json_error.h"

namespace ndr::base {
namespace {

TEST(JsonErrors, HaveAPlaceAndAReason) {
  EXPECT_EQ(
      JsonErrorInWords("[json.exception.parse_error.101] parse error at line 2, column 5: syntax error while "
                       "parsing object key - unexpected '}'; expected string literal"),
      "line 2, column 5: unexpected '}'; expected string literal");
  EXPECT_EQ(JsonErrorInWords("[json.exception.type_error.302] type must be string, but is number"),
            "type must be string, but is number");
  EXPECT_EQ(JsonErrorInWords("out of memory"), "out of memory");
}

TEST(ImpossibleDays, AreThoseOfNoCalendar) {
  EXPECT_EQ(ImpossibleDay("2024-02-30"), "2024-02-30");
  EXPECT_EQ(ImpossibleDay("2023-02-29T12:00:00Z"), "2023-02-29");
  EXPECT_EQ(ImpossibleDay("2024-13-01"), "2024-13-01");
  EXPECT_EQ(ImpossibleDay("2024-02-29"), "");
  EXPECT_EQ(ImpossibleDay("yesterday"), "");
  EXPECT_EQ(ImpossibleDay("2024/02/30"), "");
}

}  // namespace
}  // namespace ndr::base
