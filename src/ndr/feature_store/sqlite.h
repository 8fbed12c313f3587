// SPDX-License-Identifier: Apache-2.0
// A SQLite database and its prepared statements, which are used again and again. One thread at a time.
#pragma once

#include <arrow/result.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace ndr::feature_store {

/// Made once, run often. Texts and bytes that are bound, and those of a row, are not copied: they live until
/// the next call of Run or Step.
class SqliteStatement {
 public:
  SqliteStatement() = default;
  SqliteStatement(sqlite3* database, const char* sql);

  SqliteStatement& Bind(std::string_view text);
  SqliteStatement& BindBytes(std::string_view bytes);
  SqliteStatement& Bind(int64_t value);
  /// True where there is a row; at the end the statement is ready for its next parameters.
  arrow::Result<bool> Step();
  /// Steps through to the end.
  arrow::Status Run();
  /// Ready for the next parameters, though there may be more rows.
  void Reset();

  int64_t Integer(int column) const;
  std::string_view Bytes(int column) const;
  bool IsNull(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int code_ = 0, bound_ = 0;
};

class SqliteDatabase {
 public:
  /// Makes the file and its folder where `writable`; else a missing file is KeyError.
  static arrow::Result<std::unique_ptr<SqliteDatabase>> Open(const std::string& path, bool writable);
  ~SqliteDatabase();
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  SqliteStatement Prepare(const char* sql) { return {database_, sql}; }
  /// Statements without parameters, one after the other.
  arrow::Status Execute(const char* sql);
  /// Within one transaction, which is undone where `work` fails.
  template <class Work>
  arrow::Status Atomically(const Work& work) {
    ARROW_RETURN_NOT_OK(Execute("BEGIN IMMEDIATE"));
    arrow::Status status = work();
    if (status.ok()) status = Execute("COMMIT");
    if (!status.ok()) (void)Execute("ROLLBACK");
    return status;
  }

 private:
  SqliteDatabase() = default;
  std::string path_;
  sqlite3* database_ = nullptr;
};

}  // namespace ndr::feature_store
