// SPDX-License-Identifier: Apache-2.0
#include "store_case.h"

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace ndr::storage {

using testing::ElementsAre;
using testing::IsEmpty;

void CheckObjects(ObjectStore* store) {
  EXPECT_THAT(store->Names("c").ValueOrDie(), IsEmpty());
  EXPECT_THAT(store->List("c").ValueOrDie(), IsEmpty());
  EXPECT_EQ(store->Read("c/no").ValueOrDie(), std::nullopt);
  const std::vector<std::string> names = {"c/dt=2026-01-02/hh=03/part.parquet", "c/dt=2026-01-02/a b+c%20d",
                                          "c/\xC3\xBC\xE2\x82\xAC&<'\">", "c/~(x)!*"};
  for (const std::string& name : names) ASSERT_TRUE(store->Put(name, name).ok()) << name;
  for (const std::string& name : names) EXPECT_EQ(store->Read(name).ValueOrDie(), name);
  EXPECT_THAT(store->Names("c").ValueOrDie(),
              ElementsAre("dt=2026-01-02", "~(x)!*", "\xC3\xBC\xE2\x82\xAC&<'\">"));
  EXPECT_THAT(store->Names("c/dt=2026-01-02").ValueOrDie(), ElementsAre("a b+c%20d", "hh=03"));
  EXPECT_THAT(store->Names("c/dt").ValueOrDie(), IsEmpty());  // a folder, no prefix of names

  std::vector<std::string> listed;
  for (const ObjectInfo& object : store->List("c").ValueOrDie()) {
    listed.push_back(object.name);
    EXPECT_EQ(object.bytes, static_cast<int64_t>(object.name.size()));
    EXPECT_GT(object.modified_micros, 1'700'000'000'000'000);  // 2023
  }
  EXPECT_THAT(listed, testing::UnorderedElementsAreArray(names));
  EXPECT_TRUE(std::is_sorted(listed.begin(), listed.end()));

  ASSERT_TRUE(store->Put(names[0], "").ok());
  EXPECT_EQ(store->Read(names[0]).ValueOrDie(), "");
  for (const std::string& name : names) {
    EXPECT_TRUE(store->Remove(name).ok());
    EXPECT_TRUE(store->Remove(name).ok());
    EXPECT_EQ(store->Read(name).ValueOrDie(), std::nullopt);
  }
  EXPECT_THAT(store->List("c").ValueOrDie(), IsEmpty());
}

void CheckConditionalPuts(ObjectStore* store, bool keeps_tokens) {
  const std::string name = "c/commit.json";
  const auto put = [&](const char* bytes, const std::optional<std::string>& tag, const char* token) {
    return store->PutIf(name, bytes, tag, token).ValueOrDie();
  };
  EXPECT_FALSE(store->ReadTagged(name).ValueOrDie().has_value());
  EXPECT_EQ(put("one", "\"00000000000000000000000000000000\"", "me"), PutOutcome::kLost);
  EXPECT_EQ(put("one", std::nullopt, "me"), PutOutcome::kWritten);
  EXPECT_EQ(put("one", std::nullopt, "you"), PutOutcome::kSame);
  EXPECT_EQ(put("two", std::nullopt, "you"), PutOutcome::kLost);
  EXPECT_EQ(put("one", std::nullopt, "me"), keeps_tokens ? PutOutcome::kWritten : PutOutcome::kSame);
  const auto first = store->ReadTagged(name).ValueOrDie();
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->bytes, "one");
  EXPECT_EQ(first->token, keeps_tokens ? "me" : "");

  EXPECT_EQ(put("two", first->tag, "me"), PutOutcome::kWritten);
  EXPECT_EQ(put("three", first->tag, "you"), PutOutcome::kLost);
  EXPECT_EQ(store->Read(name).ValueOrDie(), "two");
  EXPECT_TRUE(store->Remove(name).ok());

  // Of eight writers at one time exactly one wins.
  std::atomic<int> written{0}, lost{0};
  std::vector<std::thread> writers;
  for (int i = 0; i < 8; ++i)
    writers.emplace_back([&, i] {
      const std::string me = std::to_string(i);
      const auto outcome = store->PutIf(name, me, std::nullopt, me);
      EXPECT_TRUE(outcome.ok()) << outcome.status();
      if (!outcome.ok()) return;
      (*outcome == PutOutcome::kWritten ? written : lost)++;
    });
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(written, 1);
  EXPECT_EQ(lost, 7);
  EXPECT_TRUE(store->Remove(name).ok());
}

void CheckFiles(ObjectStore* store) {
  EXPECT_TRUE(store->Open("c/no").status().IsKeyError());
  std::string bytes((size_t{9} << 20) + 5, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31 / 7);
  ASSERT_TRUE(store->Put("c/large", bytes).ok());
  ASSERT_TRUE(store->Put("c/small", bytes.substr(0, 100)).ok());
  for (const char* name : {"c/large", "c/small"}) {
    const std::string expected = *store->Read(name).ValueOrDie();
    const auto size = static_cast<int64_t>(expected.size());
    EXPECT_EQ(expected, bytes.substr(0, expected.size()));
    for (const int64_t known : {int64_t{-1}, size}) {
      const auto file = store->Open(name, known).ValueOrDie();
      EXPECT_EQ(file->GetSize().ValueOrDie(), size);
      EXPECT_EQ(file->ReadAt(size - 8, 100).ValueOrDie()->ToString(), expected.substr(expected.size() - 8));
      EXPECT_EQ(file->ReadAt(17, 40).ValueOrDie()->ToString(), expected.substr(17, 40));
      ASSERT_TRUE(file->Seek(0).ok());  // reading in order begins anew after parts were read
      std::string in_order;
      while (true) {
        const auto part = file->Read(1'000'003).ValueOrDie();
        if (part->size() == 0) break;
        in_order += part->ToString();
      }
      EXPECT_EQ(in_order, expected);
    }
    EXPECT_TRUE(store->Remove(name).ok());
  }
}

}  // namespace ndr::storage
