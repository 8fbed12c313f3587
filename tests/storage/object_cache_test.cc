// SPDX-License-Identifier: Apache-2.0
#include "ndr/storage/object_cache.h"

#include <gtest/gtest.h>

#include "ndr/base/hash.h"
#include "temporary_folder.h"

namespace ndr::storage {
namespace {

std::string Keep(ObjectCache* cache, const std::string& content) {
  const std::string sha256 = base::Sha256Hex(content);
  cache->Put(sha256, content);
  return sha256;
}

bool Keeps(const ObjectCache& cache, const std::string& sha256) { return cache.Get(sha256) != nullptr; }

TEST(ObjectCacheTest, GivesBackWhatItKeeps) {
  const TemporaryFolder folder;
  ObjectCache cache(folder / "cache", 1000);
  const std::string a = Keep(&cache, "content");
  EXPECT_EQ(cache.Get(a)->ToString(), "content");
  EXPECT_FALSE(Keeps(cache, base::Sha256Hex("other")));
  EXPECT_TRUE(Keeps(ObjectCache(folder / "cache", 1000), a)) << "the next process finds it";
}

// Room for 1000 bytes is kept to 875 when it is looked at: after each 62 bytes put.
TEST(ObjectCacheTest, WhatWasUsedLongestAgoMakesRoom) {
  const TemporaryFolder folder;
  ObjectCache cache(folder / "cache", 1000);
  std::vector<std::string> kept;
  for (char c = 'a'; c <= 'p'; ++c) {
    kept.push_back(Keep(&cache, std::string(100, c)));
    const auto path = folder / "cache" + "/" + kept.back().substr(0, 2) + "/" + kept.back();
    std::filesystem::last_write_time(
        path, std::filesystem::file_time_type::clock::now() - std::chrono::hours('z' - c));
    Keeps(cache, kept.front());  // used again and again
  }
  EXPECT_TRUE(Keeps(cache, kept.front()));
  EXPECT_FALSE(Keeps(cache, kept[1]));
  EXPECT_TRUE(Keeps(cache, kept.back()));
}

TEST(ObjectCacheTest, WithoutRoomOrFolderNothingIsKeptAndNothingFails) {
  const TemporaryFolder folder;
  ObjectCache none(folder / "cache", 0), nowhere("", 1000), blocked("/dev/null/cache", 1000);
  for (ObjectCache* cache : {&none, &nowhere, &blocked}) EXPECT_FALSE(Keeps(*cache, Keep(cache, "content")));
  EXPECT_FALSE(std::filesystem::exists(folder / "cache"));
}

}  // namespace
}  // namespace ndr::storage
