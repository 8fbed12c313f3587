// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "store_case.h"

namespace ndr::spec {
namespace {

using testing::HasSubstr;

std::string warned;

class OpenStoreTest : public StoreCase {
 protected:
  OpenStoreTest() {
    warned.clear();
    for (const char* name : {"NDR_SPEC_STORE", "ML_PROJECTS_PARAMETERS_TABLE_NAME", "JOB_SPEC_DDB_TABLE_NAME",
                             "NDR_SPEC_SORT_ATTRIBUTE"})
      ::unsetenv(name);
    Set("XDG_DATA_HOME", folder_);
  }
  static void Set(const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); }
  static arrow::Result<std::unique_ptr<SpecStore>> Open(const std::string& store,
                                                        const std::string& table = "") {
    return OpenStore(
        {.store = store, .table_name = table, .warn = [](const std::string& text) { warned += text; }});
  }
  static std::string Name(const std::string& store, const std::string& table = "") {
    const auto opened = Open(store, table);
    return opened.ok() ? (*opened)->name() : opened.status().message();
  }
};

TEST_F(OpenStoreTest, SqliteIsTheDefault) {
  EXPECT_EQ(Name(""), "sqlite:" + folder_ + "/ndr/specs.sqlite");
  Set("HOME", folder_ + "/home");
  ::unsetenv("XDG_DATA_HOME");
  EXPECT_EQ(Name("sqlite"), "sqlite:" + folder_ + "/home/.local/share/ndr/specs.sqlite");
  ::unsetenv("HOME");
  EXPECT_THAT(Name("sqlite"), HasSubstr("HOME and XDG_DATA_HOME are not set"));
}

TEST_F(OpenStoreTest, StoresByName) {
  EXPECT_EQ(Name("sqlite:" + folder_ + "/a:b.sqlite"), "sqlite:" + folder_ + "/a:b.sqlite");
  EXPECT_EQ(Name("files:" + folder_), "files:" + folder_);
  EXPECT_EQ(Name("dynamodb:tab"), "dynamodb:tab");
  for (const char* wrong : {"files", "files:", "redis", "dynamo:t", ":"}) {
    const auto status = Open(wrong).status();
    EXPECT_EQ(base::ExitCode(status), base::kExitUsage);
    EXPECT_EQ(status.message(),
              std::string("'") + wrong +
                  "' is no store of job specs: sqlite, sqlite:PATH, files:FOLDER, dynamodb, dynamodb:TABLE");
  }
  Set("NDR_SPEC_STORE", "files:" + folder_);
  EXPECT_EQ(Name(""), "files:" + folder_);
}

TEST_F(OpenStoreTest, TablesByTheirOrder) {
  const auto status = Open("dynamodb").status();
  EXPECT_EQ(base::ExitCode(status), base::kExitUsage);
  EXPECT_EQ(status.message(),
            "no table of job specs is named: give table_name (dynamodb:TABLE), or set "
            "ML_PROJECTS_PARAMETERS_TABLE_NAME "
            "(JOB_SPEC_DDB_TABLE_NAME is its older name)");
  Set("JOB_SPEC_DDB_TABLE_NAME", "old");
  EXPECT_EQ(Name("dynamodb"), "dynamodb:old");
  EXPECT_EQ(warned,
            "the table's name comes from JOB_SPEC_DDB_TABLE_NAME; set ML_PROJECTS_PARAMETERS_TABLE_NAME in "
            "its place");
  warned.clear();
  Set("ML_PROJECTS_PARAMETERS_TABLE_NAME", "new");
  EXPECT_EQ(Name("dynamodb"), "dynamodb:new");
  EXPECT_EQ(Name("dynamodb:named"), "dynamodb:named");
  EXPECT_EQ(Name("dynamodb:named", "argument"), "dynamodb:argument");
  EXPECT_EQ(warned, "");
}

TEST_F(OpenStoreTest, NamesThatNoTableHas) {
  const std::string arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/specs";
  EXPECT_EQ(Name("", arn), "dynamodb:" + arn);
  for (const std::string& wrong :
       {std::string("ab"), std::string("a b c"), std::string("a/b"), std::string(256, 'x')})
    EXPECT_EQ(Name("", wrong),
              "'" + wrong + "' is no table's name: 3 to 255 letters, digits, '_', '-' and '.', or an ARN");
}

TEST_F(OpenStoreTest, ATablesNameChoosesDynamoDb) {
  EXPECT_EQ(Name("", "tab"), "dynamodb:tab");
  Set("NDR_SPEC_STORE", "sqlite");
  EXPECT_EQ(Name("", "tab"), "dynamodb:tab");
  Set("ML_PROJECTS_PARAMETERS_TABLE_NAME", "new");
  EXPECT_EQ(Name(""), "sqlite:" + folder_ + "/ndr/specs.sqlite");
  ::unsetenv("NDR_SPEC_STORE");
  EXPECT_EQ(Name(""), "dynamodb:new");
  EXPECT_EQ(Name("sqlite", "tab"), "a table's name ('tab') is of DynamoDB, and the store is sqlite");
}

TEST_F(OpenStoreTest, Keys) {
  EXPECT_EQ(SortKey(key_), "delta_builder#v1");
  EXPECT_TRUE(CheckKey(key_).ok());
  const auto refusal = [](const SpecKey& key) {
    EXPECT_EQ(base::ExitCode(CheckKey(key)), base::kExitUsage);
    return CheckKey(key).message();
  };
  EXPECT_EQ(refusal({"acme", "delta_builder", ""}),
            "a job spec is found by project, job and version; the feature spec version is missing");
  EXPECT_EQ(refusal({"acme", "delta#builder", "v1"}),
            "the job name 'delta#builder' has a '#', which separates job and version in the key");
  EXPECT_THAT(refusal({"a b", "delta_builder", "v1"}),
              HasSubstr("the project name 'a b' is no name: 1 to 128 "));
}

TEST_F(OpenStoreTest, ABodyOfAnotherKeyIsRefused) {
  const auto store = Open("sqlite").ValueOrDie();
  const auto load = [&](const char* body) {
    EXPECT_TRUE(store->Put(key_, Json::parse(body), true).ok());
    return LoadJobSpec(store.get(), key_);
  };
  const char* right =
      R"({"project_name": "acme", "job_name": "delta_builder", "feature_spec_version": "v1", "x": 1})";
  EXPECT_EQ(*load(right), Json::parse(right));
  EXPECT_TRUE(load("{}").ok());
  ExpectUsage(load(R"({"project_name": "acne"})").status(), *store,
              "the body's own project_name is \"acne\", and was asked for as \"acme\"; correct the body, or "
              "ask for what "
              "it names");
  EXPECT_THAT(load(R"({"job_name": "fg_a_builder"})").status().message(),
              HasSubstr("own job_name is \"fg_a_builder\""));
  EXPECT_THAT(load(R"({"feature_spec_version": 1})").status().message(),
              HasSubstr("own feature_spec_version is 1"));
}

TEST_F(OpenStoreTest, LoadJobSpecFindsItsStore) {
  const Json body = {{"x", 1}};
  ASSERT_TRUE(Open("").ValueOrDie()->Put(key_, body, false).ok());
  EXPECT_EQ(*LoadJobSpec("acme", "delta_builder", "v1"), body);
  const auto missing = LoadJobSpec("acme", "delta_builder", "v2").status();
  EXPECT_EQ(base::ExitCode(missing), base::kExitUsage);
  EXPECT_EQ(
      missing.message(),
      "job spec of project acme, job delta_builder, version v2 in sqlite:" + folder_ +
          "/ndr/specs.sqlite: there is none; acme has the version v1, and `ndr spec init --project-name "
          "acme --feature-spec-version v2` makes a new set");
  EXPECT_EQ(base::ExitCode(LoadJobSpec("acme", "delta_builder", "").status()), base::kExitUsage);
}

}  // namespace
}  // namespace ndr::spec
