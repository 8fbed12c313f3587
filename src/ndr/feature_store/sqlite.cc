// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/sqlite.h"

#include <sqlite3.h>

#include <filesystem>

namespace ndr::feature_store {
namespace {

using arrow::Status;

constexpr int kBusyMillis = 30'000;

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

SqliteStatement::SqliteStatement(sqlite3* database, const char* sql) {
  sqlite3_stmt* made = nullptr;
  code_ = sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr);
  statement_.reset(made);
}

SqliteStatement& SqliteStatement::Bind(std::string_view text) {
  if (text.data() == nullptr) text = "";  // an empty text, not NULL
  if (code_ == SQLITE_OK)
    code_ =
        sqlite3_bind_text64(statement_.get(), ++bound_, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}
SqliteStatement& SqliteStatement::BindBytes(std::string_view bytes) {
  if (code_ == SQLITE_OK)
    code_ = sqlite3_bind_blob64(statement_.get(), ++bound_, bytes.data(), bytes.size(), SQLITE_STATIC);
  return *this;
}
SqliteStatement& SqliteStatement::Bind(int64_t value) {
  if (code_ == SQLITE_OK) code_ = sqlite3_bind_int64(statement_.get(), ++bound_, value);
  return *this;
}

arrow::Result<bool> SqliteStatement::Step() {
  int code = code_;
  if (code == SQLITE_OK) code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  // The message must be taken before the reset.
  Status status;
  if (code != SQLITE_DONE)
    status = Status::IOError("SQLite: ", statement_ == nullptr
                                             ? sqlite3_errstr(code)
                                             : sqlite3_errmsg(sqlite3_db_handle(statement_.get())));
  Reset();
  if (!status.ok()) return status;
  return false;
}

Status SqliteStatement::Run() {
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const bool more, Step());
    if (!more) return Status::OK();
  }
}

void SqliteStatement::Reset() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_.get());
  code_ = SQLITE_OK, bound_ = 0;
}

int64_t SqliteStatement::Integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
std::string_view SqliteStatement::Bytes(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  return {bytes, static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column))};
}
bool SqliteStatement::IsNull(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

arrow::Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(const std::string& path, bool writable) {
  std::error_code error;
  if (!writable && !std::filesystem::exists(path, error))
    return Status::KeyError(path, ": no such feature store; ndr features ingest makes it");
  const auto folder = std::filesystem::path(path).parent_path();
  if (writable && !folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) return Status::IOError(path, ": cannot make its folder: ", error.message());
  std::unique_ptr<SqliteDatabase> opened(new SqliteDatabase());
  opened->path_ = path;
  // Readers too open it for writing: what a writer's log holds must be readable.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (writable ? SQLITE_OPEN_CREATE : 0);
  if (sqlite3_open_v2(path.c_str(), &opened->database_, flags, nullptr) != SQLITE_OK)
    return Status::IOError(path, ": SQLite: ", sqlite3_errmsg(opened->database_));
  sqlite3_busy_timeout(opened->database_, kBusyMillis);
  return opened;
}

SqliteDatabase::~SqliteDatabase() { sqlite3_close(database_); }

Status SqliteDatabase::Execute(const char* sql) {
  if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return Status::OK();
  const int code = sqlite3_errcode(database_);
  return Status::IOError(path_, ": SQLite: ", sqlite3_errmsg(database_),
                         code == SQLITE_BUSY     ? "; another process has held it for 30 seconds"
                         : code == SQLITE_NOTADB ? "; name another file with --store"
                                                 : "");
}

}  // namespace ndr::feature_store
