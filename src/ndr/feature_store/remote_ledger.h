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

#include "ndr/feature_store/ledger_file.h"
#include "ndr/feature_store/online_store.h"

namespace ndr::feature_store {

/// A LedgerFile with `unit 3 ["group","file","sha256"]`, then `row 3 17` for each record that was accepted or
/// dead-lettered, and `done 3` for the whole unit, whose rows go when the file is opened and is large. What
/// is not in it is sent again. One process at a time, any thread of it.
class RemoteLedger {
 public:
  using UnitName = std::tuple<std::string, std::string, std::string>;  ///< group, file, sha256

  /// `target` says whose groups they are: a ledger of another one is a usage error. `only_look` and the other
  /// errors: see LedgerFile::Open.
  static arrow::Result<std::unique_ptr<RemoteLedger>> Open(const std::string& path, const std::string& target,
                                                           bool only_look = false);

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

  static constexpr size_t kShortensFrom = size_t{1} << 20;  // bytes

  RemoteLedger() = default;
  bool Apply(std::string_view line);
  arrow::Status Shorten(const std::string& head, size_t now);
  const State& At(int unit) const { return units_[static_cast<size_t>(unit)]; }

  mutable std::mutex mutex_;  // of all below
  LedgerFile file_;
  std::map<UnitName, int> numbers_;
  std::vector<State> units_;
};

}  // namespace ndr::feature_store
