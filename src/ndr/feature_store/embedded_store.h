// SPDX-License-Identifier: Apache-2.0
// The embedded online store: one SQLite file with the newest record of each id (specification 4, Feature
// store). A record and what the ledger says of it become visible in one transaction, so a stopped ingestion
// goes on where it stopped.
#pragma once

#include <arrow/result.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/feature_store/encoding.h"
#include "ndr/feature_store/online_store.h"
#include "ndr/sqlite/database.h"

namespace ndr::feature_store {

/// The newest record of one id, as it was found.
struct OnlineRecord {
  std::string group, entity_id, record_id;
  base::Micros event_time = 0;
  std::shared_ptr<const RecordSchema> schema;
  std::shared_ptr<const std::string> bytes;  ///< what `values` look into
  std::vector<Value> values;                 ///< parallel to schema->features
};

struct GroupStatus {
  std::string group;
  int64_t records = 0, bytes = 0;
  base::Micros oldest = 0, newest = 0;      ///< event times
  int64_t files = 0, unfinished_files = 0;  ///< of the ledger
};

/// One thread at a time; several processes may open one file, of which one writes at a time.
class EmbeddedStore : public OnlineStore {
 public:
  /// Records of a transaction.
  static constexpr size_t kTransactionRecords = 4'096;

  static arrow::Result<std::unique_ptr<EmbeddedStore>> Open(const std::string& path);
  ~EmbeddedStore() override;
  /// For Get and Status. KeyError where there is no file.
  static arrow::Result<std::unique_ptr<EmbeddedStore>> OpenToRead(const std::string& path);

  arrow::Result<bool> IsDone(const Unit& unit, int64_t rows) override;
  arrow::Status Put(const Group& group, const Unit& unit, int64_t first_row,
                    std::shared_ptr<const Records> records) override;
  arrow::Status Complete(const Unit& unit, int64_t rows) override;
  arrow::Status Finish(IngestReport* report) override;

  /// All records of a host, by id and group; of one group where it is named. Empty where there is none.
  arrow::Result<std::vector<OnlineRecord>> Get(std::string_view host, std::string_view group = {});
  arrow::Result<std::vector<GroupStatus>> Status();

 private:
  struct Statements;
  explicit EmbeddedStore(std::unique_ptr<sqlite::Database> database);
  arrow::Result<int64_t> GroupNumber(const Group& group);
  arrow::Result<int64_t> RowsDone(const Unit& unit, bool* complete);
  arrow::Status PutRows(int64_t group, const RecordSchema& schema, const Records& records, size_t from,
                        size_t to);
  arrow::Result<std::shared_ptr<const RecordSchema>> SchemaFor(std::string_view bytes);
  arrow::Status Collect(sqlite::Statement* statement, std::vector<OnlineRecord>* out);

  std::unique_ptr<sqlite::Database> database_;
  std::unique_ptr<Statements> statements_;
  struct KnownGroup {
    int64_t number = 0;
    RecordSchema schema;
  };
  std::map<std::string, KnownGroup> groups_;  ///< those that were written
  std::map<std::string, std::shared_ptr<const RecordSchema>, std::less<>> schemas_;  ///< by hash
  std::string scratch_;
  IngestReport report_;
  std::vector<double> millis_;  ///< of each transaction
};

/// The value that `share` of the sorted values do not exceed; 0 of none.
double Percentile(std::vector<double> values, double share);

}  // namespace ndr::feature_store
