// SPDX-License-Identifier: Apache-2.0
#include "ndr/spec/store_sqlite.h"

#include <sqlite3.h>

#include <filesystem>

#include "ndr/spec/store_errors.h"

namespace ndr::spec {
namespace {

using arrow::Result;
using arrow::Status;

constexpr int kBusyMillis = 10'000;
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

class Statement {
 public:
  Statement(sqlite3* database, const char* sql) : database_(database) {
    code_ = sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& Bind(std::string_view text) {
    if (code_ == SQLITE_OK)
      code_ = sqlite3_bind_text(statement_, ++bound_, text.data(), static_cast<int>(text.size()),
                                SQLITE_TRANSIENT);
    return *this;
  }
  Statement& Bind(const SpecKey& key) { return Bind(key.project).Bind(key.job).Bind(key.version); }
  /// True where there is a row.
  Result<bool> Step() {
    if (code_ == SQLITE_OK) code_ = sqlite3_step(statement_);
    const int code = std::exchange(code_, SQLITE_OK);
    if (code == SQLITE_ROW || code == SQLITE_DONE) return code == SQLITE_ROW;
    const char* advice = code == SQLITE_BUSY     ? "; another process has held it for 10 seconds"
                         : code == SQLITE_NOTADB ? "; name another file with --spec-store sqlite:PATH"
                                                 : "";
    return Status::IOError("SQLite: ", sqlite3_errmsg(database_), advice);
  }
  int Type(int column) const { return sqlite3_column_type(statement_, column); }
  std::string Text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return text == nullptr ? ""
                           : std::string(text, static_cast<size_t>(sqlite3_column_bytes(statement_, column)));
  }

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
  int code_ = SQLITE_OK;
  int bound_ = 0;
};

class SqliteStore : public SpecStore {
 public:
  explicit SqliteStore(const std::string& path) : name_("sqlite:" + path) {}
  ~SqliteStore() override { sqlite3_close(database_); }

  Status Open(const std::string& path);
  const std::string& name() const override { return name_; }
  Result<std::optional<Json>> Get(const SpecKey& key) override;
  Result<std::vector<SpecKey>> List(const std::string& project) override;
  Status Put(const SpecKey& key, const Json& body, bool replace) override;

 private:
  Status Run(const char* sql) { return Statement(database_, sql).Step().status(); }
  // Within one transaction, which is undone where `work` fails.
  template <class Work>
  Status Atomically(const Work& work) {
    ARROW_RETURN_NOT_OK(Run("BEGIN IMMEDIATE"));
    Status status = work();
    if (status.ok()) status = Run("COMMIT");
    if (!status.ok()) (void)Run("ROLLBACK");
    return status;
  }

  std::string name_;
  sqlite3* database_ = nullptr;
};

Status SqliteStore::Open(const std::string& path) {
  std::error_code error;
  const auto folder = std::filesystem::path(path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error)
    return Status::IOError(name_, ": cannot make the folder ", folder.string(), ": ", error.message());
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (sqlite3_open_v2(path.c_str(), &database_, flags, nullptr) != SQLITE_OK)
    return Status::IOError(name_, ": SQLite: ", sqlite3_errmsg(database_));
  sqlite3_busy_timeout(database_, kBusyMillis);
  const auto has_table = Statement(database_, kHasTable).Step();
  Status status = has_table.status();
  if (status.ok() && !*has_table) status = Atomically([&] { return Run(kMakeTable); });
  return status.ok() ? status : status.WithMessage(name_, ": ", status.message());
}

Result<std::optional<Json>> SqliteStore::Get(const SpecKey& key) {
  ARROW_RETURN_NOT_OK(CheckKey(key));
  Statement get(database_, kGet);
  const auto found = get.Bind(key).Step();
  if (!found.ok()) return InContext(key, name_, found.status());
  if (!*found) return std::nullopt;
  if (get.Type(0) == SQLITE_NULL) return NoBody(key, name_, "the column spec of job_specs");
  if (get.Type(0) != SQLITE_TEXT) return WrongBodyType(key, name_, "no text");
  return ParseBody(key, name_, get.Text(0), "column spec of job_specs");
}

Result<std::vector<SpecKey>> SqliteStore::List(const std::string& project) {
  std::vector<SpecKey> keys;
  Statement list(database_, kList);
  list.Bind(project);
  while (true) {
    const auto more = list.Step();
    if (!more.ok()) return more.status().WithMessage(name_, ": ", more.status().message());
    if (!*more) return keys;
    keys.push_back({list.Text(0), list.Text(1), list.Text(2)});
  }
}

Status SqliteStore::Put(const SpecKey& key, const Json& body, bool replace) {
  ARROW_RETURN_NOT_OK(CheckKey(key));
  const std::string text = body.dump(2);
  bool stands = false;
  const Status status = Atomically([&]() -> Status {
    Statement get(database_, kGet);
    ARROW_ASSIGN_OR_RAISE(const bool found, get.Bind(key).Step());
    if (found && Json::parse(get.Text(0), nullptr, false) == body) return Status::OK();
    stands = found && !replace;
    if (stands) return Status::OK();
    return Statement(database_, kPut).Bind(key).Bind(text).Step().status();
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
