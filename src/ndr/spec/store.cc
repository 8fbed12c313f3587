// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/store.h"

#include <cstdio>
#include <cstdlib>

#include "ndr/base/exit_code.h"
#include "ndr/base/name.h"
#include "ndr/spec/store_dynamodb.h"
#include "ndr/spec/store_errors.h"
#include "ndr/spec/store_files.h"
#include "ndr/spec/store_sqlite.h"

namespace ndr::spec {

namespace {

using arrow::Result;
using arrow::Status;
using base::UsageError;

constexpr const char* kTableVariable = "ML_PROJECTS_PARAMETERS_TABLE_NAME";
constexpr const char* kLegacyTableVariable = "JOB_SPEC_DDB_TABLE_NAME";

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void Warn(const StoreOptions& options, const std::string& warning) {
  if (options.warn != nullptr) return options.warn(warning);
  std::fprintf(stderr, "warning: %s\n", warning.c_str());
}

Status CheckName(const std::string& name, const std::string& what) {
  if (name.empty())
    return UsageError("a job spec is found by project, job and version; the " + what + " is missing");
  if (name.find('#') != std::string::npos)
    return UsageError("the " + what + " '" + name +
                      "' has a '#', which separates job and version in the key");
  if (base::IsName(name)) return Status::OK();
  return UsageError("the " + what + " " + base::NoName(name));
}

std::string ChosenStore(const StoreOptions& options) {
  if (!options.store.empty()) return options.store;
  if (!options.table_name.empty()) return "dynamodb";
  if (std::string store = Variable("NDR_SPEC_STORE"); !store.empty()) return store;
  const bool has_table = !Variable(kTableVariable).empty() || !Variable(kLegacyTableVariable).empty();
  return has_table ? "dynamodb" : "sqlite";
}

Result<std::string> SqlitePath(const std::string& named) {
  if (!named.empty()) return named;
  if (const std::string data = Variable("XDG_DATA_HOME"); !data.empty()) return data + "/ndr/specs.sqlite";
  if (const std::string home = Variable("HOME"); !home.empty())
    return home + "/.local/share/ndr/specs.sqlite";
  return UsageError("HOME and XDG_DATA_HOME are not set; name the store's file, as in sqlite:specs.sqlite");
}

Result<std::string> TableName(const StoreOptions& options, const std::string& named) {
  if (!options.table_name.empty()) return options.table_name;
  if (!named.empty()) return named;
  if (const std::string table = Variable(kTableVariable); !table.empty()) return table;
  if (const std::string table = Variable(kLegacyTableVariable); !table.empty()) {
    Warn(options, std::string("the table's name comes from ") + kLegacyTableVariable + "; set " +
                      kTableVariable + " in its place");
    return table;
  }
  return UsageError(std::string("no table of job specs is named: give table_name (dynamodb:TABLE), or set ") +
                    kTableVariable + " (" + kLegacyTableVariable + " is its older name)");
}

std::string SortAttribute(const StoreOptions& options) {
  if (!options.sort_attribute.empty()) return options.sort_attribute;
  const std::string named = Variable("NDR_SPEC_SORT_ATTRIBUTE");
  return named.empty() ? "job_name" : named;
}

// A name that the body repeats must be the request's.
Status CheckMember(const SpecKey& key, const std::string& store, const Json& body, const char* name,
                   const std::string& asked) {
  const auto member = body.find(name);
  if (member == body.end() || (member->is_string() && member->get<std::string>() == asked))
    return Status::OK();
  return UsageError(Where(key, store) + ": the body's own " + name + " is " + member->dump() +
                    ", and was asked for as \"" + asked + "\"; correct the body, or ask for what it names");
}

}  // namespace

Status CheckKey(const SpecKey& key) {
  ARROW_RETURN_NOT_OK(CheckName(key.project, "project name"));
  ARROW_RETURN_NOT_OK(CheckName(key.job, "job name"));
  return CheckName(key.version, "feature spec version");
}

std::string SortKey(const SpecKey& key) { return key.job + "#" + key.version; }

Result<std::unique_ptr<SpecStore>> OpenStore(const StoreOptions& options) {
  const std::string chosen = ChosenStore(options);
  const std::string kind = chosen.substr(0, chosen.find(':'));
  const std::string named = kind.size() < chosen.size() ? chosen.substr(kind.size() + 1) : "";
  if (kind != "dynamodb" && !options.table_name.empty())
    return UsageError("a table's name ('" + options.table_name + "') is of DynamoDB, and the store is " +
                      chosen);
  if (kind != "dynamodb" && !options.sort_attribute.empty())
    return UsageError("a sort key's attribute ('" + options.sort_attribute +
                      "') is of DynamoDB, and the store is " + chosen);
  if (kind == "sqlite") {
    ARROW_ASSIGN_OR_RAISE(const std::string path, SqlitePath(named));
    return OpenSqliteStore(path);
  }
  if (kind == "files" && !named.empty()) return OpenFilesStore(named);
  if (kind == "dynamodb") {
    ARROW_ASSIGN_OR_RAISE(const std::string table, TableName(options, named));
    return OpenDynamoDbStore(table, SortAttribute(options), aws::RealOutside());
  }
  return UsageError(
      "'" + chosen +
      "' is no store of job specs: sqlite, sqlite:PATH, files:FOLDER, dynamodb, dynamodb:TABLE");
}

Result<std::optional<Json>> FindJobSpec(SpecStore* store, const SpecKey& key) {
  ARROW_RETURN_NOT_OK(CheckKey(key));
  ARROW_ASSIGN_OR_RAISE(auto body, store->Get(key));
  if (!body) return body;
  ARROW_RETURN_NOT_OK(CheckMember(key, store->name(), *body, "project_name", key.project));
  ARROW_RETURN_NOT_OK(CheckMember(key, store->name(), *body, "job_name", key.job));
  ARROW_RETURN_NOT_OK(CheckMember(key, store->name(), *body, "feature_spec_version", key.version));
  return body;
}

Result<Json> LoadJobSpec(SpecStore* store, const SpecKey& key) {
  ARROW_ASSIGN_OR_RAISE(auto body, FindJobSpec(store, key));
  if (body) return *std::move(body);
  auto there = store->List(key.project);
  if (there.ok() && there->empty()) there = store->List("");
  return there.ok() ? NoItem(key, store->name(), *there) : NoItem(key, store->name());
}

Result<Json> LoadJobSpec(const std::string& project_name, const std::string& job_name,
                         const std::string& feature_spec_version, const std::string& table_name) {
  const SpecKey key{project_name, job_name, feature_spec_version};
  ARROW_RETURN_NOT_OK(CheckKey(key));
  ARROW_ASSIGN_OR_RAISE(const auto store, OpenStore({.store = "", .table_name = table_name}));
  return LoadJobSpec(store.get(), key);
}

}  // namespace ndr::spec
