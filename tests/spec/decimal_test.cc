// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/decimal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstring>

#include "ndr/spec/attribute_value.h"

namespace ndr::spec {
namespace {

using testing::HasSubstr;

std::string Read(std::string_view decimal) {
  const auto json = JsonOfDecimal(decimal);
  return json.ok() ? json->dump() : json.status().message();
}

TEST(JsonOfDecimal, WholeNumbersStayWhole) {
  for (const char* form : {"100", "+100", "1E+2", "1e2", "100.00", "00100", "0.1E3", "1000E-1"}) {
    EXPECT_EQ(Read(form), "100") << form;
    EXPECT_TRUE(JsonOfDecimal(form)->is_number_integer()) << form;
  }
  EXPECT_EQ(Read("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(Read("9007199254740993"), "9007199254740993");  // 2^53 + 1: no double
  EXPECT_EQ(Read("18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(Read("0"), "0");
  EXPECT_EQ(Read("-0.00"), "0");
}

TEST(JsonOfDecimal, FractionsBecomeTheNearestDouble) {
  EXPECT_EQ(JsonOfDecimal("0.1")->get<double>(), 0.1);
  EXPECT_EQ(JsonOfDecimal("-2.50")->get<double>(), -2.5);
  EXPECT_EQ(JsonOfDecimal("0.30000000000000004")->get<double>(), 0.1 + 0.2);
  EXPECT_EQ(JsonOfDecimal("123456789012.345")->get<double>(), 123456789012.345);  // 15 digits
  EXPECT_EQ(JsonOfDecimal("1E-130")->get<double>(), 1e-130);
  EXPECT_EQ(JsonOfDecimal("100000000000000000000")->get<double>(), 1e20);  // above 2^64, and a double
}

TEST(JsonOfDecimal, WhatNoNumberHoldsIsRefused) {
  // The double nearest to it is 0.1; 2^64 + 1 is no double.
  for (const char* decimal :
       {"0.1000000000000000055511151231257827", "18446744073709551617", "1.2345678901234567891"})
    EXPECT_EQ(Read(decimal), std::string("the number ") + decimal +
                                 " has more digits than can be kept; write it with 15 digits at most");
  for (const char* text : {"", "-", ".", "1e", "1e+", "1x", "NaN", "Infinity", "0x10", "1,5", "1e99999"})
    EXPECT_FALSE(JsonOfDecimal(text).ok()) << text;
}

TEST(DecimalOfJson, ShortestText) {
  EXPECT_EQ(*DecimalOfJson(30), "30");
  EXPECT_EQ(*DecimalOfJson(-1), "-1");
  EXPECT_EQ(*DecimalOfJson(UINT64_MAX), "18446744073709551615");
  EXPECT_EQ(*DecimalOfJson(0.1), "0.1");
  EXPECT_EQ(*DecimalOfJson(1e22), "1e+22");
  for (const double value : {1e126, -1e126, 1e-131, 5e-324}) EXPECT_FALSE(DecimalOfJson(value).ok()) << value;
}

RC_GTEST_PROP(DecimalOfJson, EveryNumberComesBackTheSame, (uint64_t bits)) {
  double value = 0;
  std::memcpy(&value, &bits, sizeof(value));
  RC_PRE(std::isfinite(value));
  const auto decimal = DecimalOfJson(value);
  if (decimal.ok()) {
    RC_ASSERT(JsonOfDecimal(*decimal)->get<double>() == value);
  } else {
    RC_ASSERT(std::fabs(value) >= 1e126 || std::fabs(value) < 1e-130);
  }
  const auto whole = static_cast<int64_t>(bits);
  RC_ASSERT(*JsonOfDecimal(*DecimalOfJson(bits)) == Json(bits));
  RC_ASSERT(*JsonOfDecimal(*DecimalOfJson(whole)) == Json(whole));
}

TEST(ToAttribute, IsTheNativeForm) {
  const Json json = Json::parse(R"({"b": [1, 0.5, null], "a": {"t": "x", "f": false}})");
  const Json attribute = ToAttribute(json, "").ValueOrDie();
  EXPECT_EQ(
      attribute.dump(),
      R"({"M":{"b":{"L":[{"N":"1"},{"N":"0.5"},{"NULL":true}]},"a":{"M":{"t":{"S":"x"},"f":{"BOOL":false}}}}})");
  EXPECT_EQ(FromAttribute(attribute, "")->dump(), R"({"a":{"f":false,"t":"x"},"b":[1,0.5,null]})");
}

TEST(ToAttribute, NamesThePathOfANumberThatCannotBeKept) {
  EXPECT_THAT(ToAttribute(Json::parse(R"({"a": {"b": [0, 1e300]}})"), "").status().message(),
              HasSubstr("a.b[1]: DynamoDB keeps no number like 1e+300"));
}

TEST(FromAttribute, NamesThePathOfWhatIsNoJson) {
  const auto refusal = [](const char* text) {
    return FromAttribute(Json::parse(text), "").status().message();
  };
  EXPECT_EQ(refusal(R"({"M": {"a": {"L": [{"SS": ["x"]}]}}})"),
            "a[0] is a set of texts, which JSON does not have; a list stands for a set, text for bytes");
  EXPECT_EQ(refusal(R"({"M": {"a": {"B": "eA=="}}})"),
            "a is bytes, which JSON does not have; a list stands for a set, text for bytes");
  EXPECT_EQ(refusal(R"({"M": {"a": {"N": "1.00000000000000000001"}}})"),
            "a: the number 1.00000000000000000001 has more digits than can be kept; write it with 15 digits "
            "at most");
  for (const char* wrong :
       {R"({"M": []})", R"({"N": 1})", R"({"S": null})", R"({"X": 1})", R"({})", R"({"S": "", "N": "1"})"})
    EXPECT_THAT(refusal(wrong), HasSubstr("the body is no DynamoDB value")) << wrong;
}

}  // namespace
}  // namespace ndr::spec
