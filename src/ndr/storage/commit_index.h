// SPDX-License-Identifier: Apache-2.0
// The commit records of an S3 root by day, many in one object, so that a run reads one object a day of its
// reach and not one a batch. The records stay the truth: the index is made from them.
#pragma once

#include <arrow/result.h>

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ndr/storage/commit.h"

namespace ndr::storage {

class ObjectStore;

/// `_commits/<family>/feature_spec_version=<v>/_days/20240420.jsonl.zst`: the records whose `at` lies on that
/// day (UTC), one line each, sorted by id. Families with few records have one object for a month (lookback)
/// or a year (fg_b). Thread-safe.
class CommitIndex {
 public:
  /// The start of the day, month or year whose object holds what is at `at`.
  static base::Micros PeriodStart(std::string_view family, base::Micros at);
  explicit CommitIndex(std::shared_ptr<ObjectStore> store) : store_(std::move(store)) {}

  /// A record as it is now, or that there is none (any more).
  struct Entry {
    CommitKey key;
    base::Micros at = 0;
    std::optional<CommitRecord> record;
  };
  /// Brings the days of these entries up to date, after their records were put or withdrawn. The first
  /// update of a family makes the index of everything that stands there. Writers of one day take turns by
  /// conditional puts. Two requests a day where nobody else writes.
  arrow::Status Update(std::span<const Entry> entries);

  /// Days (months, years) with an index, ascending, each at its start; nullopt where a family has no index.
  arrow::Result<std::optional<std::vector<base::Micros>>> Days(std::string_view family,
                                                               std::string_view version) const;
  /// The records of one day (month, year), in no order that means anything; none where the day has no index.
  arrow::Result<std::vector<CommitRecord>> Read(std::string_view family, std::string_view version,
                                                base::Micros day) const;

 private:
  arrow::Status BuildOnce(const std::string& family, const std::string& version);
  arrow::Result<std::string> LineNow(const Entry& entry, const std::string& indexed) const;
  arrow::Status UpdateDay(const std::string& path, std::span<const Entry* const> entries);

  std::shared_ptr<ObjectStore> store_;
  std::mutex mutex_;
  std::set<std::string> whole_;  // family and version of what was looked at
};

}  // namespace ndr::storage
