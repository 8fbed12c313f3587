// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/store_sqlite.h"

#include "ndr/spec/store_errors.h"
#include "ndr/sqlite/database.h"

namespace ndr::spec {
namespace {

using arrow::Result;
using arrow::Status;

constexpr const char* kMakeTable =
    "CREATE TABLE IF NOT EXISTS job_specs (project_name TEXT NOT NULL, job_name TEXT NOT NULL, "
    "feature_spec_version "
    "TEXT NOT NULL, spec TEXT, PRIMARY KEY (project_name, job_name, feature_spec_version)) WITHOUT ROWID";
constexpr const char* kHasTable = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'job_specs'";
constexpr const char* kGet =
    "SELECT spec FROM job_specs WHERE project_name = ? AND job_name = ? AND feature_spec_version = ?";
constexpr const char* kList =
    "SELECT project_name, job_name, feature_spec_version FROM job_specs WHERE ?1 = '' OR project_name = ?1 "
    "ORDER BY 1, 2, 3";
constexpr const char* kPut = "INSERT OR REPLACE INTO job_specs VALUES (?, ?, ?, ?)";

sqlite::Statement& Bind(sqlite::Statement* statement, const SpecKey& key) {
  return statement->Bind(key.project).Bind(key.job).Bind(key.version);
}

class SqliteStore : public SpecStore {
 public:
  explicit SqliteStore(const std::string& path) : name_("sqlite:" + path) {}

  Status Open(const std::string& path);
  const std::string& name() const override { return name_; }
  Result<std::optional<Json>> Get(const SpecKey& key) override;
  Result<std::vector<SpecKey>> List(const std::string& project) override;
  Status Put(const SpecKey& key, const Json& body, bool replace) override;

 private:
  std::string name_;
  std::unique_ptr<sqlite::Database> database_;
};

Status SqliteStore::Open(const std::string& path) {
  // Its errors are given a context here.
  auto opened = sqlite::Database::Open(path, true, "", "--spec-store sqlite:PATH");
  Status status = opened.status();
  if (status.ok()) {
    database_ = *std::move(opened);
    const auto has_table = database_->Prepare(kHasTable).Step();
    status = has_table.status();
    if (status.ok() && !*has_table)
      status = database_->Atomically([&] { return database_->Execute(kMakeTable); });
  }
  return status.ok() ? status : status.WithMessage(name_, ": ", status.message());
}

Result<std::optional<Json>> SqliteStore::Get(const SpecKey& key) {
  ARROW_RETURN_NOT_OK(CheckKey(key));
  auto get = database_->Prepare(kGet);
  const auto found = Bind(&get, key).Step();
  if (!found.ok()) return InContext(key, name_, found.status());
  if (!*found) return std::nullopt;
  if (get.IsNull(0)) return NoBody(key, name_, "the column spec of job_specs");
  if (!get.IsText(0)) return WrongBodyType(key, name_, "no text");
  return ParseBody(key, name_, get.Bytes(0), "column spec of job_specs");
}

Result<std::vector<SpecKey>> SqliteStore::List(const std::string& project) {
  std::vector<SpecKey> keys;
  auto list = database_->Prepare(kList);
  list.Bind(project);
  while (true) {
    const auto more = list.Step();
    if (!more.ok()) return more.status().WithMessage(name_, ": ", more.status().message());
    if (!*more) return keys;
    keys.push_back({std::string(list.Bytes(0)), std::string(list.Bytes(1)), std::string(list.Bytes(2))});
  }
}

Status SqliteStore::Put(const SpecKey& key, const Json& body, bool replace) {
  ARROW_RETURN_NOT_OK(CheckKey(key));
  const std::string text = body.dump(2);
  bool stands = false;
  const Status status = database_->Atomically([&]() -> Status {
    auto get = database_->Prepare(kGet);
    ARROW_ASSIGN_OR_RAISE(const bool found, Bind(&get, key).Step());
    if (found && Json::parse(get.Bytes(0), nullptr, false) == body) return Status::OK();
    stands = found && !replace;
    if (stands) return Status::OK();
    auto put = database_->Prepare(kPut);
    return Bind(&put, key).Bind(text).Run();
  });
  if (!status.ok()) return InContext(key, name_, status);
  return stands ? AnotherBody(key, name_) : status;
}

}  // namespace

Result<std::unique_ptr<SpecStore>> OpenSqliteStore(const std::string& path) {
  auto store = std::make_unique<SqliteStore>(path);
  ARROW_RETURN_NOT_OK(store->Open(path));
  return store;
}

}  // namespace ndr::spec
