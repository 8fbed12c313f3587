// SPDX-License-Identifier: Apache-2.0
#include "ndr/base/printable.h"

#include <gtest/gtest.h>

namespace ndr::base {
namespace {

using namespace std::string_view_literals;

TEST(Printable, WhatIsReadStaysAsItIs) {
  for (const std::string_view text : {"", "plain, with \\ and \"quotes\"", "Zürich 東京 😀", "\u00a0\u00ff"})
    EXPECT_EQ(Printable(text), text);
}

TEST(Printable, ControlCharactersAreNamed) {
  EXPECT_EQ(Printable("\x1b[31mEVIL\x1b]0;title\a"), "\\x1b[31mEVIL\\x1b]0;title\\x07");
  EXPECT_EQ(Printable("a\tb\r\nc\0d\x7f"sv), "a\\tb\\r\\nc\\x00d\\x7f");
  EXPECT_EQ(Printable("\u0080\u009b31m\u009f"), "\\u0080\\u009b31m\\u009f");  // C1: CSI in one character
}

TEST(Printable, BytesThatAreNoUtf8AreNamed) {
  EXPECT_EQ(Printable("\x9b\x33m"), "\\x9b3m");             // C1 of an 8-bit terminal
  EXPECT_EQ(Printable("a\xc3"), "a\\xc3");                  // cut off
  EXPECT_EQ(Printable("\xc3\x28"), "\\xc3(");               // no second byte
  EXPECT_EQ(Printable("\xc0\x9b"), "\\xc0\\x9b");           // overlong: two bytes for U+001B
  EXPECT_EQ(Printable("\xe0\x82\x9b"), "\\xe0\\x82\\x9b");  // overlong: three for U+009B
  EXPECT_EQ(Printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(Printable("\xf4\x90\x80\x80\xff"), "\\xf4\\x90\\x80\\x80\\xff");  // above U+10FFFF
}

TEST(Printable, LinesStayLines) { EXPECT_EQ(PrintableLines("a\x1b\nb\r\n"), "a\\x1b\nb\\r\n"); }

}  // namespace
}  // namespace ndr::base
