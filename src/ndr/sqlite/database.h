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

namespace ndr::sqlite {

class Database;

/// Made once, run often. Texts and bytes that are bound, and those of a row, are not copied: they live until
/// the next call of Run or Step.
class Statement {
 public:
  Statement(const Database* database, const char* sql);

  Statement& Bind(std::string_view text);
  Statement& BindBytes(std::string_view bytes);
  Statement& Bind(int64_t value);
  /// True where there is a row; at the end the statement is ready for its next parameters.
  arrow::Result<bool> Step();
  /// Steps through to the end.
  arrow::Status Run();
  /// Ready for the next parameters, though there may be more rows.
  void Reset();

  int64_t Integer(int column) const;
  std::string_view Bytes(int column) const;
  bool IsNull(int column) const;
  bool IsText(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  const Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int code_ = 0, bound_ = 0;
};

class Database {
 public:
  /// Makes the file and its folder where `make`; else a missing file is an error. Errors, of statements too,
  /// begin with `name`, unless it is empty. Waits 30 seconds for another process. `remedy`: the flag that
  /// names another file where this one is no database.
  static arrow::Result<std::unique_ptr<Database>> Open(const std::string& path, bool make,
                                                       const std::string& name, std::string remedy);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Statement Prepare(const char* sql) const { return {this, sql}; }
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
  Database() = default;
  arrow::Status Failed(int code, const char* why) const;
  friend class Statement;

  std::string name_, remedy_;
  sqlite3* database_ = nullptr;
};

}  // namespace ndr::sqlite
