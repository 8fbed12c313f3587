// SPDX-License-Identifier: Apache-2.0
#include "ndr/sqlite/database.h"

#include <sqlite3.h>

#include <filesystem>

namespace ndr::sqlite {
namespace {

using arrow::Status;

constexpr int kBusyMillis = 30'000;

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement::Statement(const Database* database, const char* sql) : database_(database) {
  sqlite3_stmt* made = nullptr;
  code_ = sqlite3_prepare_v3(database->database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr);
  statement_.reset(made);
}

Statement& Statement::Bind(std::string_view text) {
  if (text.data() == nullptr) text = "";  // an empty text, not NULL
  if (code_ == SQLITE_OK)
    code_ =
        sqlite3_bind_text64(statement_.get(), ++bound_, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}
Statement& Statement::BindBytes(std::string_view bytes) {
  if (code_ == SQLITE_OK)
    code_ = sqlite3_bind_blob64(statement_.get(), ++bound_, bytes.data(), bytes.size(), SQLITE_STATIC);
  return *this;
}
Statement& Statement::Bind(int64_t value) {
  if (code_ == SQLITE_OK) code_ = sqlite3_bind_int64(statement_.get(), ++bound_, value);
  return *this;
}

arrow::Result<bool> Statement::Step() {
  int code = code_;
  if (code == SQLITE_OK) code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  // The message must be taken before the reset.
  Status status;
  if (code != SQLITE_DONE)
    status = database_->Failed(
        code, statement_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database_->database_));
  Reset();
  if (!status.ok()) return status;
  return false;
}

Status Statement::Run() {
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const bool more, Step());
    if (!more) return Status::OK();
  }
}

void Statement::Reset() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_.get());
  code_ = SQLITE_OK, bound_ = 0;
}

int64_t Statement::Integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
std::string_view Statement::Bytes(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  return {bytes, static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column))};
}
bool Statement::IsNull(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}
bool Statement::IsText(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_TEXT;
}

arrow::Result<std::unique_ptr<Database>> Database::Open(const std::string& path, bool make,
                                                        const std::string& name, std::string remedy) {
  std::unique_ptr<Database> opened(new Database());
  opened->name_ = name.empty() ? "" : name + ": ";
  opened->remedy_ = std::move(remedy);
  std::error_code error;
  const auto folder = std::filesystem::path(path).parent_path();
  if (make && !folder.empty()) std::filesystem::create_directories(folder, error);
  if (error)
    return Status::IOError(opened->name_, "cannot make the folder ", folder.string(), ": ", error.message());
  // Readers too open it for writing: what a writer's log holds must be readable.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (make ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(path.c_str(), &opened->database_, flags, nullptr);
  if (code != SQLITE_OK) return opened->Failed(code, sqlite3_errmsg(opened->database_));
  sqlite3_busy_timeout(opened->database_, kBusyMillis);
  return opened;
}

Database::~Database() { sqlite3_close(database_); }

Status Database::Failed(int code, const char* why) const {
  return Status::IOError(name_, "SQLite: ", why,
                         code == SQLITE_BUSY     ? "; another process has held it for 30 seconds"
                         : code == SQLITE_NOTADB ? "; name another file with " + remedy_
                                                 : "");
}

Status Database::Execute(const char* sql) {
  const int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? Status::OK() : Failed(code, sqlite3_errmsg(database_));
}

}  // namespace ndr::sqlite
