// SPDX-License-Identifier: Apache-2.0
#include "ndr/feature_store/embedded_store.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>

namespace ndr::feature_store {

using arrow::Result;

namespace {

constexpr const char* kRemedy = "--store";  // names another file
// A log beside the file, so that readers never wait for the writer; and no barrier for each transaction:
// after a loss of power the last ones may be gone, records and ledger alike.
constexpr const char* kPragmas =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; "
    "PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824";
constexpr const char* kTables =
    "CREATE TABLE IF NOT EXISTS feature_groups (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE IF NOT EXISTS record_schemas (hash BLOB PRIMARY KEY, features TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS records (entity_id TEXT NOT NULL, feature_group INTEGER NOT NULL, "
    "event_time INTEGER NOT NULL, value BLOB NOT NULL, UNIQUE (entity_id, feature_group));"
    "CREATE TABLE IF NOT EXISTS ledger (feature_group TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT "
    "NULL, "
    "rows_done INTEGER NOT NULL, complete INTEGER NOT NULL, PRIMARY KEY (feature_group, file, sha256)) "
    "WITHOUT "
    "ROWID";
// Of equal event times the later one stands: a batch was published anew.
constexpr const char* kPut =
    "INSERT INTO records (entity_id, feature_group, event_time, value) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (entity_id, feature_group) DO UPDATE SET event_time = excluded.event_time, value = "
    "excluded.value WHERE excluded.event_time >= event_time";
constexpr const char* kMark =
    "INSERT INTO ledger VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET rows_done = max(rows_done, "
    "excluded.rows_done), complete = max(complete, excluded.complete)";
constexpr const char* kMarked =
    "SELECT rows_done, complete FROM ledger WHERE feature_group = ? AND file = ? AND sha256 = ?";
#define NDR_SELECT_RECORDS                                                                                \
  "SELECT g.name, r.entity_id, r.event_time, r.value FROM records r JOIN feature_groups g ON g.number = " \
  "r.feature_group WHERE "
#define NDR_GROUP_AND_ORDER " AND (?2 = '' OR g.name = ?2) ORDER BY r.entity_id, g.name"
// The id of a host is its address, or begins with it and a '|', which '}' follows.
constexpr const char* kGetHost = NDR_SELECT_RECORDS "r.entity_id = ?1" NDR_GROUP_AND_ORDER;
constexpr const char* kGetBelow =
    NDR_SELECT_RECORDS "r.entity_id > ?1 || '|' AND r.entity_id < ?1 || '}'" NDR_GROUP_AND_ORDER;
#undef NDR_SELECT_RECORDS
#undef NDR_GROUP_AND_ORDER
constexpr const char* kStatus =
    "SELECT g.name, count(r.value), coalesce(sum(length(r.value)), 0), coalesce(min(r.event_time), 0), "
    "coalesce(max(r.event_time), 0), (SELECT count(*) FROM ledger l WHERE l.feature_group = g.name), "
    "(SELECT count(*) FROM ledger l WHERE l.feature_group = g.name AND NOT complete) "
    "FROM feature_groups g LEFT JOIN records r ON r.feature_group = g.number GROUP BY g.number ORDER BY "
    "g.name";

double MillisSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

double Percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values[std::max<size_t>(rank, 1) - 1];
}

struct EmbeddedStore::Statements {
  explicit Statements(sqlite::Database* database)
      : put(database->Prepare(kPut)),
        mark(database->Prepare(kMark)),
        marked(database->Prepare(kMarked)),
        get_host(database->Prepare(kGetHost)),
        get_below(database->Prepare(kGetBelow)),
        schema(database->Prepare("SELECT features FROM record_schemas WHERE hash = ?")) {}
  sqlite::Statement put, mark, marked, get_host, get_below, schema;
};

EmbeddedStore::EmbeddedStore(std::unique_ptr<sqlite::Database> database) : database_(std::move(database)) {}
EmbeddedStore::~EmbeddedStore() = default;

Result<std::unique_ptr<EmbeddedStore>> EmbeddedStore::Open(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto database, sqlite::Database::Open(path, true, path, kRemedy));
  std::unique_ptr<EmbeddedStore> store(new EmbeddedStore(std::move(database)));
  ARROW_RETURN_NOT_OK(store->database_->Execute(kPragmas));
  ARROW_RETURN_NOT_OK(store->database_->Atomically([&] { return store->database_->Execute(kTables); }));
  store->statements_ = std::make_unique<Statements>(store->database_.get());
  return store;
}

Result<std::unique_ptr<EmbeddedStore>> EmbeddedStore::OpenToRead(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return arrow::Status::KeyError(path, ": no such feature store; ndr features ingest makes it");
  ARROW_ASSIGN_OR_RAISE(auto database, sqlite::Database::Open(path, false, path, kRemedy));
  std::unique_ptr<EmbeddedStore> store(new EmbeddedStore(std::move(database)));
  ARROW_RETURN_NOT_OK(
      store->database_->Execute("PRAGMA mmap_size = 1073741824; SELECT 1 FROM records LIMIT 0"));
  store->statements_ = std::make_unique<Statements>(store->database_.get());
  return store;
}

Result<int64_t> EmbeddedStore::GroupNumber(const Group& group) {
  KnownGroup& known = groups_[group.name];
  if (known.number != 0 && known.schema.features.size() == group.features.size()) return known.number;
  known.schema = RecordSchema::Of(group);
  sqlite::Statement schema = database_->Prepare("INSERT OR IGNORE INTO record_schemas VALUES (?, ?)");
  sqlite::Statement name = database_->Prepare("INSERT OR IGNORE INTO feature_groups (name) VALUES (?)");
  sqlite::Statement number = database_->Prepare("SELECT number FROM feature_groups WHERE name = ?");
  ARROW_RETURN_NOT_OK(database_->Atomically([&]() -> arrow::Status {
    ARROW_RETURN_NOT_OK(schema.BindBytes(known.schema.hash).Bind(known.schema.text).Run());
    return name.Bind(group.name).Run();
  }));
  ARROW_RETURN_NOT_OK(number.Bind(group.name).Step().status());
  known.number = number.Integer(0);
  return known.number;
}

Result<int64_t> EmbeddedStore::RowsDone(const Unit& unit, bool* complete) {
  sqlite::Statement& marked = statements_->marked;
  ARROW_ASSIGN_OR_RAISE(const bool found, marked.Bind(unit.group).Bind(unit.file).Bind(unit.sha256).Step());
  const int64_t rows = found ? marked.Integer(0) : 0;
  *complete = found && marked.Integer(1) != 0;
  marked.Reset();
  return rows;
}

Result<bool> EmbeddedStore::IsDone(const Unit& unit, int64_t rows) {
  bool complete = false;
  ARROW_RETURN_NOT_OK(RowsDone(unit, &complete).status());
  if (complete) report_.known += rows;
  return complete;
}

arrow::Status EmbeddedStore::PutRows(int64_t group, const RecordSchema& schema, const Records& records,
                                     size_t from, size_t to) {
  for (size_t row = from; row < to; ++row) {
    scratch_.clear();
    Encode(schema, records, row, &scratch_);
    ARROW_RETURN_NOT_OK(statements_->put.Bind(records.entity_id(row))
                            .Bind(group)
                            .Bind(records.event_time(row))
                            .BindBytes(scratch_)
                            .Run());
  }
  return arrow::Status::OK();
}

arrow::Status EmbeddedStore::Put(const Group& group, const Unit& unit, int64_t first_row,
                                 std::shared_ptr<const Records> records) {
  ARROW_ASSIGN_OR_RAISE(const int64_t number, GroupNumber(group));
  bool complete = false;
  ARROW_ASSIGN_OR_RAISE(const int64_t done, RowsDone(unit, &complete));
  const size_t rows = records->rows();
  size_t from = std::min(static_cast<size_t>(std::max<int64_t>(done - first_row, 0)), rows);
  report_.known += static_cast<int64_t>(from);
  for (; from < rows; from = std::min(from + kTransactionRecords, rows)) {
    const size_t to = std::min(from + kTransactionRecords, rows);
    const auto start = std::chrono::steady_clock::now();
    ARROW_RETURN_NOT_OK(database_->Atomically([&]() -> arrow::Status {
      ARROW_RETURN_NOT_OK(PutRows(number, groups_[group.name].schema, *records, from, to));
      return statements_->mark.Bind(unit.group)
          .Bind(unit.file)
          .Bind(unit.sha256)
          .Bind(first_row + static_cast<int64_t>(to))
          .Bind(int64_t{0})
          .Run();
    }));
    millis_.push_back(MillisSince(start));
    report_.attempted += static_cast<int64_t>(to - from);
    report_.accepted += static_cast<int64_t>(to - from);
  }
  return arrow::Status::OK();
}

arrow::Status EmbeddedStore::Complete(const Unit& unit, int64_t rows) {
  return statements_->mark.Bind(unit.group)
      .Bind(unit.file)
      .Bind(unit.sha256)
      .Bind(rows)
      .Bind(int64_t{1})
      .Run();
}

arrow::Status EmbeddedStore::Finish(IngestReport* report) {
  report_.p50_millis = Percentile(millis_, 0.50);
  report_.p99_millis = Percentile(millis_, 0.99);
  *report = report_;
  return arrow::Status::OK();
}

Result<std::shared_ptr<const RecordSchema>> EmbeddedStore::SchemaFor(std::string_view bytes) {
  const std::string_view hash = SchemaHashOf(bytes);
  if (const auto known = schemas_.find(hash); known != schemas_.end()) return known->second;
  ARROW_ASSIGN_OR_RAISE(const bool found, statements_->schema.BindBytes(hash).Step());
  if (!found) return arrow::Status::Invalid("a record is of a schema that the store does not have");
  auto schema = RecordSchema::Parse(statements_->schema.Bytes(0));
  statements_->schema.Reset();
  ARROW_RETURN_NOT_OK(schema);
  return schemas_[std::string(hash)] = std::make_shared<const RecordSchema>(std::move(*schema));
}

arrow::Status EmbeddedStore::Collect(sqlite::Statement* statement, std::vector<OnlineRecord>* out) {
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const bool more, statement->Step());
    if (!more) return arrow::Status::OK();
    OnlineRecord& record = out->emplace_back();
    record.group = statement->Bytes(0);
    record.entity_id = statement->Bytes(1);
    record.event_time = statement->Integer(2);
    record.bytes = std::make_shared<const std::string>(statement->Bytes(3));
    ARROW_ASSIGN_OR_RAISE(record.schema, SchemaFor(*record.bytes));
    DecodedRecord decoded;
    ARROW_RETURN_NOT_OK(Decode(*record.schema, *record.bytes, &decoded));
    record.record_id = decoded.record_id;
    record.values = std::move(decoded.values);
  }
}

Result<std::vector<OnlineRecord>> EmbeddedStore::Get(std::string_view host, std::string_view group) {
  std::vector<OnlineRecord> records;
  for (sqlite::Statement* statement : {&statements_->get_host, &statements_->get_below})
    ARROW_RETURN_NOT_OK(Collect(&statement->Bind(host).Bind(group), &records));
  return records;
}

Result<std::vector<GroupStatus>> EmbeddedStore::Status() {
  std::vector<GroupStatus> groups;
  sqlite::Statement status = database_->Prepare(kStatus);
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const bool more, status.Step());
    if (!more) return groups;
    groups.push_back({std::string(status.Bytes(0)), status.Integer(1), status.Integer(2), status.Integer(3),
                      status.Integer(4), status.Integer(5), status.Integer(6)});
  }
}

}  // namespace ndr::feature_store
