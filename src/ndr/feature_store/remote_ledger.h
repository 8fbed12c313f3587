// SPDX-License-Identifier: Apache-2.0
// What an ingestion into a remote store has settled, so that a stopped one goes on where it was
// (specification 4, Feature store).
#pragma once

#include <arrow/result.h>

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "ndr/feature_store/online_store.h"

namespace ndr::feature_store {

/// A file of lines that only grows: `unit 3 ["group","file","sha256"]`, then `row 3 17` for each record that
/// was accepted or dead-lettered and `done 3` for the whole unit. A line without its end is of a run that was
/// killed: it is cut off. What is not in it is sent again. One process at a time, any thread of it.
class RemoteLedger {
 public:
  /// `target` names the store and its group names do not: a ledger of another one is a usage error, as is one
  /// that another process holds. `only_look`: nothing is written, and a missing file is an empty one.
  static arrow::Result<std::unique_ptr<RemoteLedger>> Open(const std::string& path, const std::string& target,
                                                           bool only_look = false);
  ~RemoteLedger();
  RemoteLedger(const RemoteLedger&) = delete;
  RemoteLedger& operator=(const RemoteLedger&) = delete;

  /// The number of a unit; a new one is written.
  arrow::Result<int> NumberOf(const Unit& unit);
  bool IsDone(int unit) const;
  bool Knows(int unit, int64_t row) const;
  int64_t KnownRows(int unit) const;

  struct Row {
    int unit = 0;
    int64_t row = 0;
  };
  /// One write for all of them.
  arrow::Status Settle(const std::vector<Row>& rows);
  arrow::Status Complete(int unit);
  /// To the disk.
  arrow::Status Sync();

 private:
  struct State {
    bool done = false;
    std::set<int64_t> rows;
  };

  explicit RemoteLedger(std::string path) : path_(std::move(path)) {}
  arrow::Status Load(const std::string& target);
  arrow::Status Apply(std::string_view line);
  arrow::Status Write(const std::string& lines);
  const State& At(int unit) const { return units_[static_cast<size_t>(unit)]; }

  std::string path_;
  int fd_ = -1;
  bool only_look_ = false;
  mutable std::mutex mutex_;  // of both below
  std::map<std::tuple<std::string, std::string, std::string>, int> numbers_;
  std::vector<State> units_;
};

}  // namespace ndr::feature_store
