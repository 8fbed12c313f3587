// SPDX-License-Identifier: Apache-2.0
#include "ndr/base/name.h"

#include <gtest/gtest.h>

#include <string>

namespace ndr::base {
namespace {

TEST(Name, IsWhatMayStandInAPath) {
  for (const char* name : {"v1", "w_24h", "20240420T120000Z", "a.b-C", "-"})
    EXPECT_TRUE(IsName(name)) << name;
  for (const char* text : {"", ".", "..", ".v1", "a/b", "a b", "a=b", "\xc3\xa4"})
    EXPECT_FALSE(IsName(text)) << text;
  EXPECT_TRUE(IsName(std::string(128, 'a')));
  EXPECT_FALSE(IsName(std::string(129, 'a')));
}

}  // namespace
}  // namespace ndr::base
