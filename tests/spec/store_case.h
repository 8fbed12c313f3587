// SPDX-License-Identifier: Apache-2.0
// What tests of stores share: a folder of their own, a key, and what every store promises.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "ndr/base/exit_code.h"
#include "ndr/spec/store.h"
#include "temporary_folder.h"

namespace ndr::spec {

class StoreCase : public testing::Test {
 protected:
  static void WriteFile(const std::string& path, const std::string& text) { Put(path, text); }

  const TemporaryFolder own_folder_;
  const std::string& folder_ = own_folder_.path();
  const SpecKey key_{"acme", "delta_builder", "v1"};
};

/// A usage error that begins with project, job, version and store.
inline void ExpectUsage(const arrow::Status& status, const SpecStore& store, const std::string& rest) {
  EXPECT_EQ(base::ExitCode(status), base::kExitUsage) << status.ToString();
  EXPECT_EQ(status.message(),
            "job spec of project acme, job delta_builder, version v1 in " + store.name() + ": " + rest);
}

/// Documents under several keys come back as they were put, versions side by side.
inline void ExpectKeepsDocuments(SpecStore* store) {
  const Json first =
      Json::parse(R"({"z": 1, "a": [true, null, "\u00e9", 0.1, 18446744073709551615], "m": {}})");
  const Json second = Json::parse(R"({"z": 2})");
  EXPECT_EQ(*store->Get({"acme", "delta_builder", "v1"}), std::nullopt);
  EXPECT_TRUE(store->List("")->empty());
  ASSERT_TRUE(store->Put({"acme", "delta_builder", "v2"}, second, false).ok());
  ASSERT_TRUE(store->Put({"acme", "delta_builder", "v1"}, first, false).ok());
  ASSERT_TRUE(store->Put({"acme", "fg_a_builder", "v1"}, second, true).ok());
  ASSERT_TRUE(store->Put({"another", "delta_builder", "v1"}, second, false).ok());
  EXPECT_EQ(store->Get({"acme", "delta_builder", "v1"})->value().dump(), first.dump());
  EXPECT_EQ(**store->Get({"acme", "delta_builder", "v2"}), second);
  EXPECT_EQ(*store->Get({"acme", "delta_builder", "v3"}), std::nullopt);
  const std::vector<SpecKey> of_acme = {
      {"acme", "delta_builder", "v1"}, {"acme", "delta_builder", "v2"}, {"acme", "fg_a_builder", "v1"}};
  EXPECT_EQ(*store->List("acme"), of_acme);
  EXPECT_EQ(store->List("")->size(), 4u);
  EXPECT_EQ(store->List("")->back(), (SpecKey{"another", "delta_builder", "v1"}));
  EXPECT_TRUE(store->List("nobody")->empty());
}

/// The same body again is no change; another one needs `replace`.
inline void ExpectGuardsDocuments(SpecStore* store) {
  const SpecKey key{"acme", "delta_builder", "v1"};
  const Json first = Json::parse(R"({"a": 1})"), second = Json::parse(R"({"a": 2})");
  ASSERT_TRUE(store->Put(key, first, false).ok());
  EXPECT_TRUE(store->Put(key, first, false).ok());
  ExpectUsage(store->Put(key, second, false), *store,
              "another body stands there already; store this one under a new version, or with --replace in "
              "its place");
  EXPECT_EQ(**store->Get(key), first);
  ASSERT_TRUE(store->Put(key, second, true).ok());
  EXPECT_EQ(**store->Get(key), second);
  for (const SpecKey& wrong :
       {SpecKey{"a#b", "j", "v"}, {"../a", "j", "v"}, {"a", "", "v"}, {"a", "j", ".."}}) {
    EXPECT_EQ(base::ExitCode(store->Put(wrong, first, true)), base::kExitUsage) << wrong.project;
    EXPECT_EQ(base::ExitCode(store->Get(wrong).status()), base::kExitUsage) << wrong.project;
  }
}

}  // namespace ndr::spec
