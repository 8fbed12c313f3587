// SPDX-License-Identifier: Apache-2.0
#include "ndr/base/hash.h"

#include <gtest/gtest.h>

#include "ndr/base/counters.h"

namespace ndr::base {
namespace {

// FIPS 180-4, examples.
TEST(Sha256, KnownDigests) {
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 pieces;
  pieces.Update("a");
  pieces.Update("");
  pieces.Update("bc");
  EXPECT_EQ(pieces.Hex(), Sha256Hex("abc"));
}

// SplitMix64 seeded with 0 adds 0x9e3779b97f4a7c15 and finalises; its first output is 0xe220a8397b1dcdaf.
TEST(Mix, IsTheFinaliserOfSplitMix64) {
  EXPECT_EQ(Mix(0x9e3779b97f4a7c15ull), 0xe220a8397b1dcdafull);
  EXPECT_EQ(Mix(0, 0), Mix(0x9e3779b97f4a7c15ull));
  EXPECT_NE(Mix(1, 2), Mix(2, 1));
}

TEST(Counters, AddInAnyOrder) {
  Counters a, b, ab, ba;
  a.Add("rows", 2);
  a.Add("late", 1);
  b.Add("rows", 3);
  ab.Add(a), ab.Add(b);
  ba.Add(b), ba.Add(a);
  EXPECT_EQ(ab.values(), ba.values());
  EXPECT_EQ(ab.Get("rows"), 5);
  EXPECT_EQ(ab.Get("late"), 1);
  EXPECT_EQ(ab.Get("absent"), 0);
}

}  // namespace
}  // namespace ndr::base
