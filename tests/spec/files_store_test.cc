// SPDX-License-Identifier: Apache-2.0
#include <thread>

#include "ndr/spec/store_files.h"
#include "store_case.h"

namespace ndr::spec {
namespace {

using testing::HasSubstr;

class FilesStoreTest : public StoreCase {
 protected:
  const std::unique_ptr<SpecStore> store_ = OpenFilesStore(folder_ + "/specs");
  const std::string path_ = folder_ + "/specs/acme/v1/delta_builder.json";
};

TEST_F(FilesStoreTest, KeepsDocuments) { ExpectKeepsDocuments(store_.get()); }
TEST_F(FilesStoreTest, GuardsDocuments) { ExpectGuardsDocuments(store_.get()); }

TEST_F(FilesStoreTest, AFileForEachKeyAndNothingElse) {
  ASSERT_TRUE(store_->Put(key_, Json::parse(R"({"b": 1, "a": [2]})"), false).ok());
  std::ifstream file(path_);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}),
            "{\n  \"b\": 1,\n  \"a\": [\n    2\n  ]\n}\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_ + "/specs/acme/v1"), {}), 1);
}

TEST_F(FilesStoreTest, FilesOfAnEditorAreRead) {
  WriteFile(path_, "{\"a\": 1}");
  WriteFile(folder_ + "/specs/acme/v1/notes.txt", "x");
  WriteFile(folder_ + "/specs/acme/v1/.draft.json", "x");
  WriteFile(folder_ + "/specs/project.schema.json", "{}");
  EXPECT_EQ(**store_->Get(key_), Json::parse(R"({"a": 1})"));
  EXPECT_EQ(*store_->List(""), std::vector<SpecKey>{key_});
}

TEST_F(FilesStoreTest, BodiesThatAreNone) {
  WriteFile(path_, " \n");
  ExpectUsage(store_->Get(key_).status(), *store_,
              "the item has no body in " + path_ + "; `ndr spec put --replace` stores one");
  WriteFile(path_, "\"text\"");
  ExpectUsage(store_->Get(key_).status(), *store_, "the body is a JSON string, and must be a JSON object");
  WriteFile(path_, "{\n \"a\": 1,\n}");
  const auto status = store_->Get(key_).status();
  EXPECT_EQ(base::ExitCode(status), base::kExitUsage);
  EXPECT_THAT(status.message(),
              HasSubstr("job spec of project acme, job delta_builder, version v1 in files:"));
  EXPECT_THAT(status.message(), HasSubstr(path_ + ": "));
  EXPECT_THAT(status.message(), HasSubstr("line 3, column 1"));
  WriteFile(path_, R"({"a": 1, "a": 2})");
  EXPECT_THAT(store_->Get(key_).status().message(), HasSubstr("the key 'a' stands twice in one object"));
}

TEST_F(FilesStoreTest, AFolderThatCannotBeMadeIsAFailure) {
  WriteFile(folder_ + "/specs", "");
  const auto status = store_->Put(key_, Json::object(), true);
  EXPECT_EQ(base::ExitCode(status), base::kExitFailure);
  EXPECT_THAT(status.message(), HasSubstr("cannot make the folder " + folder_ + "/specs/acme/v1"));
}

// A reader sees the old document or the new one, never a part.
TEST_F(FilesStoreTest, AReplacedFileIsWholeAtAnyMoment) {
  const std::string filler(20'000, 'x');
  const auto body = [&](int i) { return Json{{"begin", i}, {"filler", filler}, {"end", i}}; };
  ASSERT_TRUE(store_->Put(key_, body(0), false).ok());
  std::thread writer([&] {
    const auto store = OpenFilesStore(folder_ + "/specs");
    for (int i = 1; i <= 50; ++i) EXPECT_TRUE(store->Put(key_, body(i), true).ok());
  });
  for (int last = 0; last < 50;) {
    const Json seen = store_->Get(key_).ValueOrDie().value();
    ASSERT_EQ(seen["begin"], seen["end"]);
    ASSERT_GE(seen["end"], last);
    last = seen["end"];
  }
  writer.join();
}

}  // namespace
}  // namespace ndr::spec
